"""One order, and two who book, begin or cancel from it at once, in real connections."""

import datetime as dt

import pytest

from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.invited_drafts import start_invited_draft
from scheduling.actions.order_giving import give_order, take_order_back
from scheduling.exceptions import BookingError, OrderDoesNotFit, OrderGone
from scheduling.models import Appointment, Draft, Order
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.concurrency.test_walk_ins import at_once
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.orders import order_for
from tests.factories.scheduling import AppointmentFactory, PatientFactory

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


# ---------------------------------------------------------------- visits that are booked already


def visit_of_ana(world, number, patient):
    """For the same exam, without an order."""
    machine, exam, _order = world
    return AppointmentFactory(
        scanner=machine,
        exam=exam,
        laterality="left",
        patient=patient,
        order_status="office_sends",
        starts_at=NINE_FORTY + number * HOUR,
    )


@pytest.fixture
def ana():
    return PatientFactory(given_name="Ana", family_name="Núñez", birth_date=dt.date(1980, 5, 17))


def giving(order, visit, user=1):
    given = {"order_id": order.pk, "visit_id": visit.pk, "version": order.version}
    return lambda: give_order(**given, now=NOW, by=Actor.staff(user))


def test_two_desks_give_one_order_to_two_visits_and_one_is_told(world, ana):
    visits = [visit_of_ana(world, number, ana) for number in range(2)]
    said = at_once(*(giving(world[2], visit, user) for user, visit in enumerate(visits, start=1)))
    assert [type(one) for one in said if isinstance(one, BookingError)] == [OrderGone]
    (winner,) = [one for one in said if isinstance(one, Appointment)]
    assert Appointment.objects.get(order=world[2]) == winner
    assert Order.objects.get().status == "booked"


def test_two_orders_for_one_visit_and_one_is_told(world, ana):
    other, visit = order_for(world[0], world[1]), visit_of_ana(world, 0, ana)
    said = at_once(giving(world[2], visit, 1), giving(other, visit, 2))
    assert [type(one) for one in said if isinstance(one, BookingError)] == [OrderDoesNotFit]
    visit.refresh_from_db()
    statuses = dict(Order.objects.values_list("pk", "status"))
    assert statuses.pop(visit.order_id) == "booked"
    assert set(statuses.values()) <= {"ready", "invited"}


def test_the_patient_books_from_it_while_the_desk_gives_it_away(world, ana):
    order, draft = world[2], draft_for(world, 0)
    visit = visit_of_ana(world, 3, ana)
    said = at_once(booking(draft), giving(order, visit))
    assert sum(isinstance(one, OrderGone) for one in said) == 1
    assert Appointment.objects.get(order=order, status="booked").pk in (visit.pk, *draft_visits(draft))
    order.refresh_from_db()
    assert order.status == "booked"


def draft_visits(draft):
    return draft.appointments.values_list("pk", flat=True)


def test_it_is_taken_back_while_its_visit_is_canceled(world, ana):
    order, visit = world[2], visit_of_ana(world, 0, ana)
    giving(order, visit)()
    order.refresh_from_db()
    back = {"order_id": order.pk, "version": order.version, "now": NOW, "by": Actor.staff(1)}
    cancel = {"visit_id": visit.pk, "reason": "", "now": NOW, "by": Actor.staff(2)}
    at_once(lambda: take_order_back(**back), lambda: cancel_visit(**cancel))
    order.refresh_from_db()
    visit.refresh_from_db()
    assert (order.status, visit.status) == ("ready", "canceled")
