"""Booked three weeks ago with nothing to report; the day before, she has tested positive."""

import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, Message, Screening
from scheduling.tasks import deliver_due_messages
from tests.e2e.walk import ByMouse
from tests.e2e.world import DAY, NINE_FORTY, NOW, visit_path
from tests.factories.locations import AssignmentFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
START = NINE_FORTY + 21 * DAY  # Tuesday, December 22
THE_DAY_BEFORE = START - 20 * dt.timedelta(hours=1)


def book(guide) -> Appointment:
    patient = guide()
    patient.screened("check", starts_at=START, phone="+15125550147")
    patient.press("Book this visit")
    patient.page.wait_for_url("**/booked/")
    return Appointment.objects.select_related("patient").get(status="booked")


def give_the_birth_date(page, visit) -> None:
    born = visit.patient.birth_date
    page.locator("[name=birth_date_month]").select_option(str(born.month))
    page.locator("[name=birth_date_day]").fill(str(born.day))
    page.locator("[name=birth_date_year]").fill(str(born.year))
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_asked_again_put_off_and_moved(guide, clock, mail_server, scripts):
    visit = book(guide)
    assert Screening.objects.get(appointment=visit).disposition == "ok"
    clock.move_to(THE_DAY_BEFORE)
    deliver_due_messages()
    reminder = Message.objects.get(kind="reminder_24h", status="sent")
    link = visit_path(visit, "health")
    mailed = [mail.get_body(("plain",)).get_content() for mail in mail_server.mails]
    assert any(link in text for text in mailed), reminder

    patient = guide(java_script_enabled=scripts)
    page, walk = patient.page, ByMouse(patient.page)
    patient.open(link)
    give_the_birth_date(page, visit)
    walk.choose("emerg", "no")
    walk.press("Continue")
    for name in ("isol", "expo", "compan"):
        walk.choose(name, "no")
    walk.tick("sympt", "none")
    walk.choose("pos", "yes")
    walk.choose("pos_which", "covid")
    page.locator("[name=pos_date]").select_option("2026-12-20")
    walk.press("Continue")
    while "outcome" not in page.url:
        for name in ("pos_ill", "immuno"):
            if page.locator(f"[name={name}]").count():
                walk.choose(name, "no")
        walk.press("Continue")

    told = page.locator("main").inner_text()
    assert "Your first day can be Thursday, December 31." in told
    assert "stays yours until you choose another" in told
    visit.refresh_from_db()
    assert (visit.status, visit.starts_at) == ("booked", START)

    desk = guide(width=1280)
    desk.be(user=AssignmentFactory(location=guide().world.center, role=Assignment.Role.FRONT_DESK).user)
    desk.open("/desk/tasks/")
    listed = desk.page.locator("main").inner_text()
    assert "Later date" in listed
    assert "Thu, Dec 31" in listed
    assert "COVID" not in listed.split("Later date")[1].split("\n")[0]

    page.get_by_role("link", name="Choose another day").click()
    walk.take_a_time(0)
    walk.press("Save the new time")
    visit.refresh_from_db()
    assert visit.starts_at.date() >= dt.date(2026, 12, 31)
    assert visit.status == "booked"
    assert visit.starts_at > NOW
