import datetime as dt

import pytest

from scheduling.actions.canceling import cancel_visit
from scheduling.exceptions import IllegalMove, TooLate
from scheduling.models import Appointment, AuditEvent, Message
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable
from tests.factories.scheduling import AppointmentFactory
from tests.factories.second_screens import SecondScreenFactory

MINUTE = dt.timedelta(minutes=1)
DESK = Actor.staff(7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam)


def cancel(visit, *, now=NOW, by=PATIENT):
    return cancel_visit(visit_id=visit.pk, reason="Feeling better", now=now, by=by)


def test_cancel_frees_the_time_and_says_who(visit):
    canceled = cancel(visit)

    assert canceled.status == Appointment.Status.CANCELED
    assert (canceled.canceled_at, canceled.canceled_by) == (NOW, "patient:draft test")
    assert canceled.cancel_reason == "Feeling better"
    AppointmentFactory(scanner=visit.scanner, exam=visit.exam, patient=visit.patient)


def test_cancel_withdraws_what_was_to_be_sent(visit):
    Message.objects.create(
        appointment=visit,
        kind="reminder_24h",
        ical_sequence=0,
        due_at=NOW + MINUTE,
        drop_after=NINE_FORTY,
        created_at=NOW,
    )

    cancel(visit)

    statuses = dict(Message.objects.values_list("kind", "status"))
    assert statuses == {"reminder_24h": "withdrawn", "canceled": "pending"}


def test_cancel_twice_is_one_cancel(visit):
    cancel(visit)
    cancel(visit, now=NOW + MINUTE)

    assert AuditEvent.objects.filter(event="visit.canceled").count() == 1


def test_patient_cannot_cancel_after_the_start_but_the_desk_can(visit):
    with pytest.raises(TooLate):
        cancel(visit, now=NINE_FORTY)

    assert cancel(visit, now=NINE_FORTY, by=DESK).status == "canceled"


def test_location_may_ask_for_notice(visit):
    location = visit.scanner.location
    location.contact_until_minutes = 60
    location.save()

    with pytest.raises(TooLate):
        cancel(visit, now=NINE_FORTY - 59 * MINUTE)


@pytest.mark.parametrize("status", ["in_exam", "done", "no_show"])
def test_visit_that_happened_cannot_be_canceled(visit, status):
    SecondScreenFactory(appointment=visit)
    Appointment.objects.filter(pk=visit.pk).update(status=status)

    with pytest.raises(IllegalMove):
        cancel(visit, by=DESK)


def test_who_has_checked_in_cancels_at_the_desk(visit):
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")

    with pytest.raises(IllegalMove):
        cancel(visit)
    assert cancel(visit, by=DESK).status == "canceled"
