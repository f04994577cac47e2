"""A visit moved to another time, scanner or center."""

import datetime as dt

import pytest

from locations.models import OpeningHours
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.moving import move_visit
from scheduling.actions.screening import REASON_EMERGENCY
from scheduling.actions.tasks import close_task, open_task
from scheduling.exceptions import EditConflict, IllegalMove, NotAnOpening, PatientBusy, SlotTaken, TooLate
from scheduling.models import Appointment, AuditEvent, Screening, Task
from scheduling.models.appointments import IDENTIFIERS
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable
from tests.factories.locations import ClosureFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory
from tests.factories.screening import AnswerSheetFactory, ScreeningFactory, publish_preset

MINUTE = dt.timedelta(minutes=1)
THURSDAY_NOON = dt.datetime(2026, 12, 3, 18, tzinfo=dt.UTC)
DESK = Actor.staff(7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam)


def move(visit, starts_at, *, by=PATIENT, location_id=None, version=None, now=NOW, **options):
    return move_visit(
        visit_id=visit.pk,
        location_id=location_id or visit.scanner.location_id,
        starts_at=starts_at,
        version=visit.version if version is None else version,
        now=now,
        by=by,
        **options,
    )


def test_move_keeps_every_identifier_and_raises_the_sequence(visit):
    before = {name: getattr(visit, name) for name in IDENTIFIERS}

    moved = move(visit, NINE_FORTY + 120 * MINUTE)

    assert {name: getattr(moved, name) for name in IDENTIFIERS} == before
    assert (moved.pk, moved.ical_sequence) == (visit.pk, 1)
    assert moved.starts_at == NINE_FORTY + 120 * MINUTE
    assert moved.ends_at == NINE_FORTY + 160 * MINUTE


def test_move_by_ten_minutes_does_not_collide_with_itself(visit):
    assert move(visit, NINE_FORTY + 10 * MINUTE).starts_at == NINE_FORTY + 10 * MINUTE


def test_move_to_another_location(visit):
    other = ScannerFactory()
    OfferingFactory(exam=visit.exam, location=other.location)

    assert move(visit, NINE_FORTY, location_id=other.location_id).scanner == other


def test_move_onto_another_visit_is_refused_and_keeps_the_old_time(visit):
    AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        patient__given_name="Ben",
        starts_at=NINE_FORTY + 60 * MINUTE,
    )

    with pytest.raises(SlotTaken):
        move(visit, NINE_FORTY + 60 * MINUTE)

    visit.refresh_from_db()
    assert visit.starts_at == NINE_FORTY


def test_move_to_a_time_that_is_none(visit):
    with pytest.raises(NotAnOpening):
        move(visit, NINE_FORTY + 7 * MINUTE)


def test_move_to_a_closed_day_is_refused(visit):
    closed = NINE_FORTY + 24 * 60 * MINUTE
    ClosureFactory(
        location=visit.scanner.location, starts_at=closed - 300 * MINUTE, ends_at=closed + 300 * MINUTE
    )

    for by in (PATIENT, DESK):
        with pytest.raises(NotAnOpening):
            move(visit, closed, by=by)


def test_move_to_a_location_without_the_exam(visit):
    with pytest.raises(NotAnOpening):
        move(visit, NINE_FORTY, location_id=ScannerFactory().location_id)


def test_move_within_a_location_keeps_the_price(visit):
    Appointment.objects.update(price_shown=420)

    assert move(visit, NINE_FORTY + 60 * MINUTE).price_shown == 420


def test_move_with_an_old_version_is_a_conflict(visit):
    move(visit, NINE_FORTY + 60 * MINUTE)

    with pytest.raises(EditConflict):
        move(visit, NINE_FORTY + 120 * MINUTE, version=0)


def test_move_of_a_canceled_visit(visit):
    canceled = cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)

    with pytest.raises(IllegalMove):
        move(canceled, NINE_FORTY + 60 * MINUTE)


def test_patient_cannot_move_after_the_start(visit):
    with pytest.raises(TooLate):
        move(visit, NINE_FORTY + 24 * 60 * MINUTE, now=NINE_FORTY + MINUTE)


def test_move_onto_the_patients_own_other_visit(visit):
    other = ScannerFactory(location=visit.scanner.location)
    AppointmentFactory(
        scanner=other, exam=visit.exam, patient=visit.patient, starts_at=NINE_FORTY + 60 * MINUTE
    )

    with pytest.raises(PatientBusy):
        move(visit, NINE_FORTY + 60 * MINUTE)

    moved = move(visit, NINE_FORTY + 60 * MINUTE, by=Actor.staff(7), override_reason="two short scans")
    assert moved.overlap_reason == "two short scans"
    assert AuditEvent.objects.get(event="visit.moved").after["lifted"] == ["overlap"]

    back = move(moved, NINE_FORTY)
    assert back.overlap_reason == ""  # the constraint guards it again


def test_overbooked_visit_that_moves_to_a_free_time_is_guarded_again(visit):
    squeezed = AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        patient__given_name="Ben",
        overbooked=True,
        overbook_reason="urgent",
    )

    moved = move(squeezed, NINE_FORTY + 120 * MINUTE)

    assert (moved.overbooked, moved.overbook_reason) == (False, "")


@pytest.fixture
def cough_that_gets_worse(visit):
    """Answered today; the visit is in three weeks, where nothing follows from it."""
    version = publish_preset("a")
    answers = {"emerg": "no", "sympt": ["cough"], "sympt_date": "2026-11-29", "fever_24h": "no"}
    answers |= {"better": "worse", "immuno": "no", "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
    questions = [{"key": key, "text": "", "hint": "", "choices": []} for key in answers]
    visit = move(visit, NINE_FORTY + 21 * 24 * 60 * MINUTE)
    about = {"version": version, "appointment": visit, "answers": answers, "answered_at": NOW}
    AnswerSheetFactory(draft=None, **about)
    return ScreeningFactory(shown={"questions": questions, "messages": []}, **about)


def test_a_move_nearer_judges_the_same_answers_again(visit, cough_that_gets_worse):
    visit.refresh_from_db()
    move(visit, NINE_FORTY)

    again = cough_that_gets_worse.superseded_by
    assert again.disposition == "review"
    assert again.answers == cough_that_gets_worse.answers
    assert (again.answered_at, again.answered_by, again.appointment) == (NOW, "patient", visit)
    assert {question["key"] for question in again.shown["questions"]} == set(again.answers)
    assert Task.objects.open().get().kind == "review"


def test_a_move_that_changes_no_outcome_records_nothing(visit, cough_that_gets_worse):
    visit.refresh_from_db()
    move(visit, NINE_FORTY + 22 * 24 * 60 * MINUTE)

    assert Screening.objects.get() == cough_that_gets_worse
    assert not Task.objects.exists()


def opened(visit, kind, **changes):
    reason = changes.pop("reason", "Look")
    task = open_task(kind=kind, location=visit.location, appointment=visit, reason=reason, now=NOW, by=DESK)
    Task.objects.filter(pk=task.pk).update(**changes)
    return task


@pytest.fixture
def elsewhere(visit):
    """A center that offers the exam, and whose people come at ten: an hour after NOW."""
    other = ScannerFactory()
    OfferingFactory(exam=visit.exam, location=other.location)
    OpeningHours.objects.filter(location=other.location, kind="doors").update(opens=10 * 60)
    return other.location


@pytest.mark.parametrize(
    "kind", ["review", "room", "labs", "not_delivered", "match_order", "missing_details"]
)
def test_open_work_goes_with_the_visit_to_the_people_there(visit, elsewhere, kind):
    task = opened(visit, Task.Kind(kind))
    assert task.due_at == NOW + 60 * MINUTE

    move(visit, THURSDAY_NOON, location_id=elsewhere.pk)

    task.refresh_from_db()
    assert (task.location, task.due_at) == (elsewhere, NOW + 120 * MINUTE)
    event = AuditEvent.objects.get(event="task.moved", object_id=str(task.pk))
    assert (event.location_id, event.after["kind"]) == (elsewhere.pk, kind)
    assert event.before == {"location": visit.location.pk, "due_at": (NOW + 60 * MINUTE).isoformat()}


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"reason": REASON_EMERGENCY}, NOW + 75 * MINUTE),
        ({"due_at": NOW - MINUTE}, NOW - MINUTE),
    ],
)
def test_what_is_urgent_stays_urgent_and_what_is_late_stays_late(visit, elsewhere, changes, due):
    task = opened(visit, Task.Kind.REVIEW, **changes)
    move(visit, THURSDAY_NOON, location_id=elsewhere.pk)

    task.refresh_from_db()
    assert task.due_at == due


def test_within_its_center_work_keeps_its_time_but_is_due_before_the_patient_comes(visit):
    in_time, later = opened(visit, Task.Kind.REVIEW), opened(visit, Task.Kind.LABS, due_at=NINE_FORTY)
    moved = move(visit, NINE_FORTY - 60 * MINUTE)

    for task, due in ((in_time, NOW + 60 * MINUTE), (later, moved.arrive_at)):
        task.refresh_from_db()
        assert (task.location, task.due_at) == (moved.location, due)
    assert AuditEvent.objects.filter(event="task.moved").count() == 1


def test_work_that_is_done_stays_where_it_was_done(visit, elsewhere):
    task = opened(visit, Task.Kind.REVIEW)
    close_task(task_id=task.pk, outcome="Fine", now=NOW, by=DESK)
    move(visit, THURSDAY_NOON, location_id=elsewhere.pk)

    task.refresh_from_db()
    assert task.location == visit.location
