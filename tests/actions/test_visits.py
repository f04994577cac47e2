import datetime as dt

import pytest

from scheduling.actions.visits import cancel_visit, confirm_coming, move_visit, note_view
from scheduling.exceptions import EditConflict, IllegalMove, NotAnOpening, PatientBusy, SlotTaken, TooLate
from scheduling.models import Appointment, AuditEvent, Message, Screening, Task
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


def cancel(visit, *, now=NOW, by=PATIENT):
    return cancel_visit(visit_id=visit.pk, reason="Feeling better", now=now, by=by)


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


def come(visit, *, sequence=0, now=NOW, by=PATIENT):
    return confirm_coming(visit_id=visit.pk, sequence=sequence, now=now, by=by)


def test_the_patient_will_come(visit):
    assert come(visit).confirmed_at == NOW

    visit.refresh_from_db()
    assert (visit.confirmed_at, visit.version, visit.ical_sequence) == (NOW, 1, 0)
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_kind) == ("visit.confirmed", "patient")


def test_saying_twice_that_one_comes_is_saying_it_once(visit):
    come(visit)
    come(visit, now=NOW + MINUTE)

    visit.refresh_from_db()
    assert visit.confirmed_at == NOW
    assert AuditEvent.objects.count() == 1


def test_a_move_takes_the_word_back(visit):
    come(visit)
    visit.refresh_from_db()

    assert move(visit, NINE_FORTY + 60 * MINUTE).confirmed_at is None
    with pytest.raises(EditConflict):  # the page still shows the old time
        come(visit, sequence=0)
    assert come(visit, sequence=1).confirmed_at == NOW


def test_coming_to_a_canceled_visit(visit):
    cancel(visit)

    with pytest.raises(IllegalMove):
        come(visit, sequence=1)


def test_coming_after_the_start(visit):
    with pytest.raises(TooLate):
        come(visit, now=NINE_FORTY)


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
    Appointment.objects.filter(pk=visit.pk).update(status=status)

    with pytest.raises(IllegalMove):
        cancel(visit, by=DESK)


def test_who_has_checked_in_cancels_at_the_desk(visit):
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")

    with pytest.raises(IllegalMove):
        cancel(visit)
    assert cancel(visit, by=DESK).status == "canceled"


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
    canceled = cancel(visit)

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


def test_a_look_at_a_visit_is_in_its_history(visit):
    note_view(visit=visit, now=NOW, by=PATIENT)

    assert AuditEvent.objects.get().event == AuditEvent.Event.VIEWED


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
