"""A booked visit is changed, three times: by mouse, by keyboard only, and without scripts."""

import pytest

from scheduling.models import Appointment
from tests.e2e.walk import ByKeyboard, ByMouse

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture(
    params=[
        pytest.param((ByMouse, {"width": 1280}), id="by mouse"),
        pytest.param((ByKeyboard, {"width": 1280}), id="by keyboard"),
        pytest.param((ByMouse, {"width": 390, "java_script_enabled": False}), id="without scripts"),
    ]
)
def on_my_visit(request, guide):
    """My visit is open: the visit, and how it is handled."""
    way_of, options = request.param
    visitor = guide(**options)
    visit = visitor.visit("visit")
    return visit, way_of(visitor.page)


def test_another_time(on_my_visit):
    visit, way = on_my_visit
    before = visit.starts_at
    way.follow("Change the time")
    way.take_a_time(3)
    assert Appointment.objects.get(pk=visit.pk).starts_at == before
    way.press("Save the new time")
    way.page.get_by_text("Your visit has a new time").wait_for()
    visit.refresh_from_db()
    assert (visit.status, visit.starts_at != before) == ("booked", True)


def test_canceled_and_taken_back(on_my_visit):
    visit, way = on_my_visit
    way.follow("Cancel this visit")
    way.press("Cancel this visit")
    way.page.get_by_text("This visit is canceled").wait_for()
    assert Appointment.objects.get(pk=visit.pk).status == "canceled"
    way.press("Take it back")
    way.page.get_by_text("Your visit is booked").wait_for()
    assert Appointment.objects.get(pk=visit.pk).status == "booked"
