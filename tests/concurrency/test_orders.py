"""One order, and two who book, begin or cancel from it at once, in real connections."""

import datetime as dt

import pytest

from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.invited_drafts import start_invited_draft
from scheduling.exceptions import OrderGone
from scheduling.models import Appointment, Draft, Order
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.concurrency.test_walk_ins import at_once
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.orders import order_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def world():
    machine, exam = bookable()
    return machine, exam, order_for(machine, exam, status="invited")


def draft_for(world, number):
    """For a time of its own: the calendar is not what decides."""
    machine, exam, order = world
    starts_at = NINE_FORTY + number * HOUR
    return ready_draft(machine, exam, order=order, order_status="received", starts_at=starts_at)


def booking(draft):
    digest = digest_of(draft)
    return lambda: confirm_booking(draft_id=draft.pk, digest=digest, now=NOW, by=PATIENT).visit


def live():
    return Appointment.objects.filter(status="booked")


def test_patient_and_desk_book_one_order_and_one_is_told(world):
    said = at_once(*(booking(draft_for(world, number)) for number in range(4)))
    assert [type(one) for one in said if not isinstance(one, Appointment)] == [OrderGone] * 3
    assert live().get().order.status == "booked"


def test_a_cancel_and_another_booking_do_not_wait_for_each_other(world):
    """They lock the same scanner and the same order, and both lock the order last."""
    visit = booking(draft_for(world, 0))()
    for number in range(1, 6):
        draft = draft_for(world, number)
        cancel = {"visit_id": visit.pk, "reason": "", "now": NOW, "by": Actor.staff(1)}
        _canceled, booked = at_once(lambda cancel=cancel: cancel_visit(**cancel), booking(draft))
        visit = booked if isinstance(booked, Appointment) else booking(draft)()
        assert live().get() == visit
        assert Order.objects.get().status == "booked"


def test_two_devices_begin_one_booking(world):
    order = world[2]
    begin = {"order_id": order.pk, "now": NOW, "by": PATIENT}
    devices = ("phone", "laptop", "television")
    drafts = at_once(*(lambda v=v: start_invited_draft(visitor=v, **begin) for v in devices))
    assert {draft.pk for draft in drafts} == {Draft.objects.get().pk}
