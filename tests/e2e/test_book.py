"""The main job, three times: by mouse, by keyboard only, and without scripts."""

import re

import pytest
from playwright.sync_api import Page

from scheduling.models import Appointment, AuditEvent, Message
from scheduling.tasks import deliver_due_messages
from tests.e2e.walk import ByKeyboard, ByMouse

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

BIRTH_DATE = ("3", "27", "1952")


def book(way: ByMouse | ByKeyboard) -> None:
    """From the home page to the page with the code; every answer is “no”."""
    find(way, "nee mri")
    way.choose("laterality", "left")
    way.choose("order_status", "have_it")
    way.press("Continue")
    take_a_time_at_riverside(way)
    say_who_and_how_to_reach(way)
    be_well(way)
    way.press("Book this visit")
    way.page.wait_for_url("**/booked/")


def find(way: ByMouse | ByKeyboard, exam: str) -> None:
    way.type("q", exam)
    way.type("place", "78704")
    way.press("Find my scan")


def take_a_time_at_riverside(way: ByMouse | ByKeyboard) -> None:
    way.follow("Riverside")
    way.take_a_time(3)


def say_who_and_how_to_reach(way: ByMouse | ByKeyboard, *, phone: str = "") -> None:
    way.choose("booking_for", "self")
    way.type("given_name", "Guðrún")
    way.type("family_name", "O’Connor-Núñez")
    way.birth_date(*BIRTH_DATE)
    way.press("Continue")
    way.tick("by_email")
    way.type("email", "gudrun@example.com")
    if phone:
        way.type("phone", phone)  # its box is ticked, because there is something to call about
    way.press("Continue")


def be_well(way: ByMouse | ByKeyboard) -> None:
    way.choose("emerg", "no")
    way.press("Continue")
    way.tick("sympt", "none")
    for question in ("pos", "isol", "expo", "compan"):
        way.choose(question, "no")
    way.press("Continue")


def state_of_everything() -> list[object]:
    return [list(Appointment.objects.values()), list(Message.objects.values()), AuditEvent.objects.count()]


def open_from_mail(mails, make_page, way_of, **options) -> ByMouse | ByKeyboard:
    """The link of the confirmation, in a browser that knows nothing, then the date of birth."""
    link = re.search(r"http\S+/visit/\S+/", mails[0].get_body(("plain",)).get_content())[0]
    before = state_of_everything()
    page: Page = make_page(**options)
    page.goto(link)
    assert state_of_everything() == before
    assert "O’Connor" not in page.content()

    way = way_of(page)
    way.birth_date(*BIRTH_DATE)
    way.press("Continue")
    page.get_by_role("heading", name="My visit").wait_for()
    return way


@pytest.mark.parametrize(
    ("way_of", "options"),
    [
        pytest.param(ByMouse, {"width": 1280}, id="by mouse"),
        pytest.param(ByKeyboard, {"width": 1280}, id="by keyboard"),
        pytest.param(ByMouse, {"width": 390, "java_script_enabled": False}, id="without scripts"),
    ],
)
def test_from_home_to_the_code_the_mail_and_the_cancellation(
    live_server, world, mail_server, make_page, way_of, options
):
    page = make_page(**options)
    page.goto(live_server.url)
    book(way_of(page))

    visit = Appointment.objects.get(status="booked")
    assert (visit.exam.slug, visit.laterality, visit.location) == ("knee-mri", "left", world.center)
    assert page.locator(".code").inner_text() == visit.spoken_code
    deliver_due_messages()
    deliver_due_messages()
    assert mail_server.recipients == ["gudrun@example.com"]

    way = open_from_mail(mail_server.mails, make_page, way_of, **options)
    assert way.page.locator(".code").inner_text() == visit.spoken_code
    way.follow("Cancel this visit")
    way.press("Cancel this visit")
    way.page.get_by_text("This visit is canceled").wait_for()

    deliver_due_messages()
    visit.refresh_from_db()
    assert (visit.status, len(mail_server.mails)) == ("canceled", 2)
    assert "cancel" in mail_server.mails[1]["Subject"].lower()
    unsent = Message.objects.exclude(status="sent")
    assert {message.status for message in unsent} <= {"withdrawn"}
    assert Message.objects.filter(kind="confirmation", status="sent").count() == 1
