import datetime as dt

import pytest

from scheduling.actions import drafts, holds
from scheduling.exceptions import AlreadyBooked
from scheduling.models import Appointment, AuditEvent, Draft
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import (
    AppointmentFactory,
    ExamFactory,
    FullDraftFactory,
    OfferingFactory,
    SidedExamFactory,
)
from tests.factories.screening import MRI, AnswerSheetFactory
from tests.factories.tasks import TaskFactory

MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return ready_draft(*bookable())


def hold(draft, *, now=NOW):
    return holds.place_hold(
        draft_id=draft.pk, location_id=draft.location_id, starts_at=NINE_FORTY, now=now, by=PATIENT
    )


def change(draft, **answers):
    return drafts.change_exam(draft_id=draft.pk, answers=answers, now=NOW + MINUTE, by=PATIENT)


def events():
    return list(AuditEvent.objects.order_by("pk").values_list("event", flat=True))


@pytest.mark.parametrize("minutes", [1, 11], ids=["live hold", "hold that has run out"])
def test_clearing_frees_the_time_and_forgets_what_was_typed(draft, minutes):
    hold(draft)

    drafts.clear_draft(draft_id=draft.pk, now=NOW + minutes * MINUTE, by=PATIENT)

    assert Draft.objects.count() == Appointment.objects.count() == 0
    assert events() == ["hold.placed", "hold.ended"]


def test_a_draft_that_a_task_stands_on_stays_for_the_desk(draft):
    TaskFactory(draft=draft, appointment=None, location=draft.location)

    drafts.clear_draft(draft_id=draft.pk, now=NOW, by=PATIENT)

    draft.refresh_from_db()
    assert (draft.visitor, draft.given_name) == ("", "Ana")


def test_a_booked_draft_can_neither_be_cleared_nor_edited(draft):
    AppointmentFactory(draft=draft)

    with pytest.raises(AlreadyBooked):
        drafts.clear_draft(draft_id=draft.pk, now=NOW, by=PATIENT)
    with pytest.raises(AlreadyBooked):
        drafts.save_answers(draft_id=draft.pk, answers={"given_name": "Ben"}, now=NOW)


def test_another_side_takes_the_same_time_for_its_own_length(draft):
    held = hold(draft)

    changed = change(draft, laterality="both")

    held.refresh_from_db()
    longer = Appointment.objects.get(status="held")
    assert (held.status, changed.starts_at) == ("expired", NINE_FORTY)
    assert longer.ends_at == NINE_FORTY + 75 * MINUTE


def test_another_side_that_does_not_fit_there_needs_another_time(draft):
    held = hold(draft)
    AppointmentFactory(
        scanner=held.scanner, exam=held.exam, starts_at=NINE_FORTY + 60 * MINUTE, patient__given_name="Ben"
    )

    changed = change(draft, laterality="both")

    held.refresh_from_db()
    changed.refresh_from_db()
    assert (held.status, changed.starts_at) == ("expired", None)


def test_an_answer_that_does_not_decide_the_time_keeps_it(draft):
    held = hold(draft)

    change(draft, order_status="none")

    held.refresh_from_db()
    assert (held.status, held.held_until) == ("held", NOW + 11 * MINUTE)


def test_an_exam_that_the_center_does_not_offer_loses_the_center(draft):
    changed = change(draft, exam=SidedExamFactory())

    changed.refresh_from_db()
    assert (changed.location, changed.starts_at) == (None, None)


def test_an_exam_that_the_center_offers_keeps_the_center(draft):
    other = SidedExamFactory(chest_respiratory=True)
    OfferingFactory(exam=other, location=draft.location)
    Draft.objects.filter(pk=draft.pk).update(why_chest="yes")

    changed = change(draft, exam=other)

    assert (changed.location, changed.starts_at, changed.why_chest) == (draft.location, NINE_FORTY, "yes")
    assert change(draft, exam=draft.exam).why_chest == ""


def test_unknown_answers_are_a_programming_error(draft):
    with pytest.raises(ValueError, match=r"\['starts_at'\]"):
        drafts.save_answers(draft_id=draft.pk, answers={"starts_at": NOW}, now=NOW)
    with pytest.raises(ValueError, match=r"\['email'\]"):
        drafts.start_draft(visitor="x", language="en", answers={"email": "a@b.example"}, now=NOW)


def test_purging_takes_old_drafts_with_their_ended_holds_only(draft):
    """Four drafts: an ended hold, a live hold, a visit, and one that was touched since."""
    machine = ScannerFactory(location=draft.location)
    hold(draft)
    holds.expire_dead_holds(now=NOW + 11 * MINUTE)
    held, booked, fresh = (ready_draft(machine, draft.exam, updated_at=NOW) for _ in range(3))
    hold(held, now=NOW + 12 * MINUTE)
    AppointmentFactory(scanner=machine, exam=draft.exam, draft=booked)
    week = dt.timedelta(days=7)
    Draft.objects.exclude(pk=fresh.pk).update(updated_at=NOW - week - MINUTE)

    drafts.purge_old_drafts(days=7, now=NOW)

    assert set(Draft.objects.all()) == {held, booked, fresh}
    assert set(Appointment.objects.values_list("status", flat=True)) == {"held", "booked"}


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ({"given_name": "Ana"}, {"pregnant", "surgery"}),
        ({"booking_for": "other"}, {"surgery"}),
        ({"birth_date": dt.date(1950, 5, 4)}, {"surgery"}),
    ],
)
def test_who_comes_instead_leaves_no_answer_to_what_is_not_asked_of_her(draft, answers, kept):
    drafts.save_answers(
        draft_id=draft.pk, answers={"booking_for": "self", "birth_date": dt.date(1988, 5, 4)}, now=NOW
    )
    told = {"pregnant": "not_sure", "surgery": "no"}
    AnswerSheetFactory(draft=draft, version=publish_safety(MRI), answers=told)

    drafts.save_answers(draft_id=draft.pk, answers=answers, now=NOW)

    assert draft.sheets.get().answers.keys() == kept


@pytest.mark.parametrize(("modality", "kept"), [("MR", ["respiratory", "safety"]), ("CT", ["respiratory"])])
def test_answers_about_an_mri_are_not_kept_for_a_ct(modality, kept):
    draft = FullDraftFactory()
    AnswerSheetFactory(draft=draft, version=publish_safety())
    AnswerSheetFactory(draft=draft)

    drafts.change_exam(
        draft_id=draft.pk, answers={"exam": ExamFactory(modality=modality)}, now=NOW, by=PATIENT
    )

    assert [sheet.kind for sheet in draft.sheets.all()] == kept
