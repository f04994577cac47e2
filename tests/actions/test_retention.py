"""What is forgotten of drafts, and when."""

import datetime as dt

import pytest

from scheduling.actions import booking, drafts
from scheduling.actions.drafts import ANSWERS, EXAM_ANSWERS, clear_draft, purge_old_drafts
from scheduling.actions.tasks import purge_callbacks
from scheduling.models import Appointment, AuditEvent, Draft, Screening, Task, WalkIn
from scheduling.queries.drafts import digest_of
from scheduling.queries.retention import FORGOTTEN
from tests.factories.journey import PATIENT, bookable, ready_draft
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, FullDraftFactory, HoldFactory
from tests.factories.screening import AnswerSheetFactory, ScreeningFactory
from tests.factories.tasks import TaskFactory
from tests.factories.walk_ins import waiting, xray_center

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
LONG_AGO = NOW - 7 * DAY - MINUTE
EXAM_STAYS = EXAM_ANSWERS - {"reason", "interpreter_language", "paying"}


def old_draft(**fields):
    draft = FullDraftFactory(updated_at=LONG_AGO, phone="+15125550147", **fields)
    AnswerSheetFactory(draft=draft, answers={"pos": "no"})
    return draft


def ended_hold(draft):
    return HoldFactory(
        draft=draft, scanner__location=draft.location, status=Appointment.Status.EXPIRED, held_until=None
    )


def closed_task(draft, closed_at=LONG_AGO):
    return TaskFactory(draft=draft, location=draft.location, closed_at=closed_at, closed_by="staff:1")


def purge():
    return purge_old_drafts(days=7, now=NOW)


def answers_in(draft):
    draft.refresh_from_db()
    return {name: getattr(draft, name) for name in FORGOTTEN}


def is_forgotten(draft):
    return answers_in(draft) == FORGOTTEN and not draft.sheets.exists()


def test_every_answer_is_forgotten_or_says_nothing_of_a_person():
    assert ANSWERS - FORGOTTEN.keys() == EXAM_STAYS


def test_a_booked_draft_keeps_only_what_stands_for_its_visit():
    draft = ready_draft(*bookable(), interpreter_language="Vietnamese", reason="Cough")
    digest = digest_of(draft)
    visit = booking.confirm_booking(draft_id=draft.pk, digest=digest, now=NOW, by=PATIENT).visit
    draft.refresh_from_db()
    kept = [name for name in vars(draft) if name not in FORGOTTEN and not name.startswith("_")]
    before = {name: getattr(draft, name) for name in kept}

    purge_old_drafts(days=7, now=NOW + 7 * DAY)
    assert not is_forgotten(draft)
    purge_old_drafts(days=7, now=NOW + 7 * DAY + MINUTE)

    assert is_forgotten(draft)
    assert {name: getattr(draft, name) for name in kept} == before
    again = booking.confirm_booking(draft_id=draft.pk, digest=digest, now=NOW + 8 * DAY, by=PATIENT)
    assert (again.visit, again.is_new) == (visit, False)
    assert (again.visit.email, again.visit.patient.given_name) == ("ana@example.com", "Ana")


def test_what_is_forgotten_is_not_looked_at_again():
    AppointmentFactory(draft=old_draft())

    assert [purge(), purge()] == [1, 0]


def test_a_draft_that_led_to_nothing_goes_with_its_ended_holds_and_closed_tasks():
    draft = old_draft()
    ended_hold(draft)
    closed_task(draft)

    assert purge() == 1

    assert [model.objects.count() for model in (Draft, Appointment, Task)] == [0, 0, 0]


def test_a_recorded_draft_stays_without_its_answers():
    draft = old_draft()
    record = ScreeningFactory(appointment=None, draft=draft)
    task = closed_task(draft)
    ended_hold(draft)

    assert purge() == 1

    assert is_forgotten(draft)
    task.refresh_from_db()
    assert (task.contact_name, task.contact_phone, task.reason) == ("", "", "Asked to be called")
    assert Appointment.objects.count() == 0
    assert Screening.objects.get().pk == record.pk


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("closed_at", [None, NOW - 7 * DAY])
def test_what_a_task_still_needs_is_kept(recorded, closed_at):
    draft = old_draft()
    if recorded:
        ScreeningFactory(appointment=None, draft=draft)
    closed_by = "staff:1" if closed_at else ""
    TaskFactory(draft=draft, location=draft.location, closed_at=closed_at, closed_by=closed_by)

    assert purge() == 0

    assert answers_in(draft)["given_name"] == "Ana"


def test_answers_that_came_back_are_forgotten_again():
    """A sheet alone is something to forget."""
    draft = old_draft()
    AppointmentFactory(draft=draft)
    purge()
    AnswerSheetFactory(draft=draft)

    assert [purge(), purge()] == [1, 0]


def test_a_held_time_and_a_young_draft_are_left_alone():
    held = old_draft()
    HoldFactory(draft=held, scanner__location=held.location)
    FullDraftFactory(updated_at=NOW - 7 * DAY)

    assert purge() == 0
    assert Draft.objects.count() == 2


def test_more_than_one_batch(monkeypatch):
    monkeypatch.setattr(drafts, "PURGE_BATCH", 2)
    for number in range(5):
        draft = old_draft()
        if number % 2:
            AppointmentFactory(draft=draft)

    assert purge() == 5

    assert [is_forgotten(draft) for draft in Draft.objects.all()] == [True, True]


def test_clearing_forgets_what_was_typed_though_a_record_stays():
    draft = old_draft()
    ScreeningFactory(appointment=None, draft=draft)
    closed_task(draft)

    clear_draft(draft_id=draft.pk, now=NOW, by=PATIENT)

    assert is_forgotten(draft)
    assert draft.visitor == ""
    assert Task.objects.get().contact_name == ""


def test_clearing_leaves_the_desk_whom_to_call():
    draft = old_draft()
    ScreeningFactory(appointment=None, draft=draft)
    TaskFactory(draft=draft, location=draft.location)

    clear_draft(draft_id=draft.pk, now=NOW, by=PATIENT)

    assert answers_in(draft)["given_name"] == "Ana"
    assert draft.visitor == ""
    assert AuditEvent.objects.count() == 0


def test_calls_about_no_draft_go_once_they_are_done_for_days():
    for name, closed_at in (("open", None), ("fresh", NOW - 6 * DAY), ("old", NOW - 8 * DAY)):
        TaskFactory(contact_name=name, closed_at=closed_at, closed_by="staff:1" if closed_at else "")
    about_draft = closed_task(old_draft(), NOW - 8 * DAY)

    assert purge_callbacks(days=7, now=NOW) == 1

    left = set(Task.objects.values_list("contact_name", flat=True))
    assert left == {"open", "fresh", about_draft.contact_name}


def test_a_forgotten_drafts_task_says_nothing_of_the_caller():
    draft = old_draft()
    ScreeningFactory(draft=draft, appointment=None)
    task = closed_task(draft)
    Task.objects.filter(pk=task.pk).update(note="Knee", phone_as_typed="512-555-0147 ext. 4")

    purge()

    task.refresh_from_db()
    assert (task.contact_name, task.contact_phone, task.phone_as_typed, task.note) == ("", "", "", "")


def test_whoever_waits_is_not_forgotten_and_whoever_left_is():
    room = xray_center()
    waits, gone = (waiting(room, LONG_AGO, updated_at=LONG_AGO) for _each in range(2))
    WalkIn.objects.filter(pk=gone.pk).update(status="left", ended_at=LONG_AGO, left_because="tired")
    purge_old_drafts(days=7, now=NOW)
    waits.refresh_from_db()
    gone.refresh_from_db()
    assert (waits.draft is None, gone.draft) == (False, None)
