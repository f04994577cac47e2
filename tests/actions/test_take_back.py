"""A patient's cancel, undone."""

import datetime as dt

import pytest

from scheduling.actions.canceling import cancel_visit, take_back
from scheduling.actions.moving import move_visit
from scheduling.actions.screening import REASON_URGENT
from scheduling.actions.tasks import close_task, open_task
from scheduling.exceptions import IllegalMove, PatientBusy, SlotTaken, TooLate, TooManyTries, TooManyVisits
from scheduling.models import Appointment, AuditEvent, Draft, Message, Task
from scheduling.models.appointments import IDENTIFIERS
from scheduling.queries.visits import is_free_again
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable
from tests.factories.locations import ClosureFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, DraftFactory, HoldFactory

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
DESK = Actor.staff(7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam, confirmed_at=NOW)


def cancel(visit, *, now=NOW, by=PATIENT):
    return cancel_visit(visit_id=visit.pk, reason="Feeling better", now=now, by=by)


def back(visit, *, now=NOW + MINUTE, by=PATIENT):
    return take_back(visit_id=visit.pk, now=now, by=by)


def test_everything_is_as_before_but_the_sequence(visit):
    before = {name: getattr(visit, name) for name in (*IDENTIFIERS, "starts_at", "ends_at", "scanner_id")}
    cancel(visit)

    taken = back(visit)

    assert {name: getattr(taken, name) for name in before} == before
    assert (taken.status, taken.canceled_at, taken.canceled_by, taken.cancel_reason) == (
        "booked",
        None,
        "",
        "",
    )
    assert (taken.ical_sequence, taken.version, taken.confirmed_at) == (2, 2, None)
    event = AuditEvent.objects.get(event="visit.taken_back")
    assert (event.actor_kind, event.before, event.after["status"]) == (
        "patient",
        {"status": "canceled"},
        "booked",
    )


def test_news_of_the_cancel_that_has_not_left_never_does(visit):
    cancel(visit, now=NOW - 48 * HOUR)
    back(visit, now=NOW - 47 * HOUR)

    told = list(Message.objects.order_by("pk").values_list("kind", "status", "ical_sequence"))
    assert told[0] == ("canceled", "withdrawn", 1)
    assert ("taken_back", "pending", 2) in told
    assert ("reminder_24h", "pending", 2) in told


def test_a_visit_that_was_never_canceled_stays_as_it_is(visit):
    assert back(visit).ical_sequence == 0
    assert not AuditEvent.objects.exists()


def test_only_the_patients_own_cancel(visit):
    cancel(visit, by=DESK)

    with pytest.raises(IllegalMove):
        back(visit)


@pytest.mark.parametrize("status", ["arrived", "done", "no_show"])
def test_only_a_canceled_visit(visit, status):
    Appointment.objects.update(status=status)

    with pytest.raises(IllegalMove):
        back(visit)


def test_only_before_the_start(visit):
    cancel(visit)

    with pytest.raises(TooLate):
        back(visit, now=NINE_FORTY)


def test_within_the_notice_of_the_center(visit):
    """Two hours are needed to book, but its patient was ready for this one."""
    cancel(visit, now=NINE_FORTY - 20 * MINUTE)

    assert is_free_again(visit, now=NINE_FORTY - 10 * MINUTE)
    assert back(visit, now=NINE_FORTY - 10 * MINUTE).status == "booked"


def test_a_time_that_someone_has_now(visit):
    cancel(visit)
    AppointmentFactory(scanner=visit.scanner, exam=visit.exam)

    assert not is_free_again(visit, now=NOW)
    with pytest.raises(SlotTaken):
        back(visit)


def test_a_time_that_someone_holds_now(visit):
    cancel(visit)
    draft = DraftFactory(exam=visit.exam)
    hold = HoldFactory(scanner=visit.scanner, exam=visit.exam, draft=draft, created_at=NOW)

    with pytest.raises(SlotTaken):
        back(visit)
    assert back(visit, now=NOW + 10 * MINUTE).status == "booked"
    hold.refresh_from_db()
    assert hold.status == "expired"


def test_a_time_that_was_closed_meanwhile(visit):
    cancel(visit)
    ClosureFactory(location=visit.location, starts_at=NINE_FORTY, ends_at=NINE_FORTY + HOUR)

    with pytest.raises(SlotTaken):
        back(visit)


def test_another_scanner_of_the_center_will_do(visit):
    cancel(visit)
    AppointmentFactory(scanner=visit.scanner, exam=visit.exam)
    other = ScannerFactory(location=visit.location)

    assert back(visit).scanner == other


def test_its_own_scanner_comes_first(visit):
    """The list would name the plainer one."""
    other = ScannerFactory(location=visit.location, has_contrast=True)
    moved = Appointment.objects.get(pk=visit.pk)
    moved.scanner = other
    moved.save()
    cancel(visit)

    assert back(visit).scanner == other


def test_the_patient_has_booked_something_else_then(visit):
    cancel(visit)
    AppointmentFactory(scanner=ScannerFactory(), exam=visit.exam, patient=visit.patient)

    with pytest.raises(PatientBusy):
        back(visit)


def test_as_many_visits_as_one_may_have_stand_meanwhile(visit):
    location = visit.scanner.location
    location.future_visits_limit = 1
    location.save()
    cancel(visit)
    AppointmentFactory(
        scanner=visit.scanner, exam=visit.exam, patient=visit.patient, starts_at=NINE_FORTY + 3 * HOUR
    )

    with pytest.raises(TooManyVisits):
        back(visit)
    visit.refresh_from_db()
    assert visit.status == "canceled"


def test_canceling_and_taking_back_without_end(visit):
    for number in range(20):
        cancel(visit, now=NOW + number * 2 * MINUTE)
        back(visit, now=NOW + (number * 2 + 1) * MINUTE)
    cancel(visit, now=NOW + 41 * MINUTE)

    with pytest.raises(TooManyTries):
        back(visit, now=NOW + 42 * MINUTE)


def task_of(visit, kind, **changes):
    task = open_task(
        kind=kind, location=visit.location, appointment=visit, reason="Look", now=NOW - HOUR, by=DESK
    )
    Task.objects.filter(pk=task.pk).update(**changes)
    return task


def test_tasks_that_the_cancel_closed_are_open_again(visit):
    review = task_of(visit, Task.Kind.REVIEW, due_at=NOW + HOUR)
    urgent = task_of(visit, Task.Kind.CALLBACK, due_at=NOW, reason=REASON_URGENT)
    late = task_of(visit, Task.Kind.LABS, due_at=NOW)
    done = task_of(visit, Task.Kind.ESTIMATE)
    close_task(task_id=done.pk, outcome="Called", now=NOW, by=DESK)
    cancel(visit)
    assert not Task.objects.open().exists()

    back(visit)

    for task in (review, urgent, late, done):
        task.refresh_from_db()
    assert (review.closed_at, review.closed_by, review.outcome) == (None, "", "")
    assert review.due_at == NOW + HOUR
    assert urgent.due_at == NOW + 16 * MINUTE
    assert late.closed_at is None
    assert late.due_at == NOW + MINUTE + HOUR
    assert done.outcome == "Called"
    assert AuditEvent.objects.filter(event="task.reopened").count() == 3


def test_a_call_about_the_cancel_is_not_made_any_more(visit):
    cancel(visit)
    call = open_task(
        kind=Task.Kind.NOT_DELIVERED,
        location=visit.location,
        appointment=visit,
        reason="Call to say the visit is canceled: the email could not be delivered",
        now=NOW,
        by=Actor.process("messages"),
    )

    back(visit)

    call.refresh_from_db()
    assert call.outcome == "The patient took the cancel back"
    assert not Task.objects.open().exists()


def test_a_patient_without_email_is_called_to_confirm(visit):
    Appointment.objects.update(by_email=False, by_call=True, phone="+15125550147")
    cancel(visit)
    back(visit)

    assert Task.objects.open().get().reason == "Call to confirm: no email"


def test_tasks_closed_by_an_earlier_cancel_stay_as_the_second_left_them(visit):
    """Canceled, taken back, done by the desk, canceled again: the second cancel closed nothing."""
    review = task_of(visit, Task.Kind.REVIEW)
    cancel(visit)
    back(visit)
    close_task(task_id=review.pk, outcome="Fine", now=NOW + 2 * MINUTE, by=DESK)
    cancel(visit, now=NOW + 3 * MINUTE)

    back(visit, now=NOW + 4 * MINUTE)

    review.refresh_from_db()
    assert review.outcome == "Fine"


def test_a_visit_taken_back_can_be_moved(visit):
    cancel(visit)
    taken = back(visit)

    moved = move_visit(
        visit_id=visit.pk,
        location_id=visit.scanner.location_id,
        starts_at=NINE_FORTY + HOUR,
        version=taken.version,
        now=NOW + 2 * MINUTE,
        by=PATIENT,
    )
    assert moved.ical_sequence == 3
    assert not Draft.objects.exists()
