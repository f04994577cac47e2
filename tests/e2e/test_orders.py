"""An order comes before its visit: the desk types it in and invites, the patient books as it was ordered."""

import datetime as dt
import re

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, Order, Task
from scheduling.tasks import deliver_due_messages
from tests.e2e.test_book import be_well
from tests.e2e.walk import ByMouse
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

BIRTH_DATE = ("3", "27", "1952")


def type_an_order_in(desk) -> None:
    """By keys alone, from any page of the desk."""
    page, keys = desk.page, desk.page.keyboard
    desk.open("/desk/tasks/")
    keys.press("o")
    page.wait_for_url("**/orders/")
    keys.type("k mri l")
    page.get_by_role("button", name="Knee MRI, left").wait_for()
    keys.press("Enter")
    page.get_by_role("heading", name="New order").wait_for()
    page.locator("[name=indication]").focus()
    for typed in ("Pain", "", "Guðrún", "O’Connor-Núñez", "3/27/52", "512 555 0147", "gudrun@example.com"):
        keys.type(typed)
        keys.press("Tab")
    page.locator("[name=clinician]").focus()
    keys.type("Dr. Osei")
    keys.press("Enter")
    page.get_by_text("Saved.").wait_for()


def test_typed_in_invited_and_booked_as_it_was_ordered(guide, mail_server, make_page, clock):
    desk = guide(width=1280)
    desk.be(user=AssignmentFactory(location=desk.world.center, role=Assignment.Role.FRONT_DESK).user)
    type_an_order_in(desk)
    desk.press("Send the invitation")
    desk.page.get_by_text("The invitation leaves by email in 2 minutes.").wait_for()
    clock.move_to(NOW + dt.timedelta(minutes=3))
    deliver_due_messages()
    assert mail_server.recipients == ["gudrun@example.com"]
    link = re.search(r"http\S+/invitation/\S+/", mail_server.mails[0].get_body(("plain",)).get_content())[0]

    way = ByMouse(make_page(width=390, java_script_enabled=False))
    way.page.goto(link)
    way.birth_date(*BIRTH_DATE)
    way.press("Continue")
    way.page.get_by_text("Knee MRI, left").wait_for()
    way.press("Choose a time")
    way.take_a_time(3)
    be_well(way)
    way.page.get_by_text("As your doctor ordered").wait_for()
    way.press("Book this visit")
    way.page.wait_for_url("**/booked/")

    visit, order = Appointment.objects.get(status="booked"), Order.objects.get()
    assert (visit.exam, visit.laterality, visit.order) == (desk.world.knee, "left", order)
    assert (order.status, order.patient, visit.patient.family_name) == (
        "booked",
        visit.patient,
        "O’Connor-Núñez",
    )
    assert not Task.objects.exclude(kind="estimate").exists()
    desk.open(f"/desk/visits/{visit.pk}/")
    desk.page.get_by_text("Dr. Osei").wait_for()
