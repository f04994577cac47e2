"""A visit moved to another time, scanner or center."""

import datetime as dt

import pytest

from scheduling.actions.canceling import cancel_visit
from scheduling.actions.moving import move_visit
from scheduling.exceptions import EditConflict, IllegalMove, NotAnOpening, PatientBusy, SlotTaken, TooLate
from scheduling.models import Appointment, AuditEvent, Screening, Task
from scheduling.models.appointments import IDENTIFIERS
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable
from tests.factories.locations import ClosureFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory
from tests.factories.screening import AnswerSheetFactory, ScreeningFactory, publish_preset

MINUTE = dt.timedelta(minutes=1)
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
