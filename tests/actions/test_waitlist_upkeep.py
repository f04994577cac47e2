"""What becomes of those who wait when bookings change. It is Monday, November 30, 9 am in Austin."""

import datetime as dt

import pytest

from scheduling.actions import drafts, waitlist_upkeep
from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit, take_back
from scheduling.actions.moving import move_visit
from scheduling.actions.waitlist import leave
from scheduling.models import AuditEvent, Draft, Message, WaitlistEntry
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory
from tests.factories.waitlist import WaitlistFactory, WaitlistMessageFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TUESDAY = dt.date(2026, 12, 1)
STAFF = Actor.staff(1)


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def visit(world):
    """On Tuesday of next week."""
    return AppointmentFactory(scanner=world[0], exam=world[1], starts_at=NINE_FORTY + 7 * DAY)


def waiting(visit, **values):
    values = {"first_day": TUESDAY, "last_day": TUESDAY + 7 * DAY, **values}
    return WaitlistFactory(draft=None, appointment=visit, **values)


def state(entry, *fields):
    return WaitlistEntry.objects.values_list(*fields or ("status",)).get(pk=entry.pk)


def move(visit, starts_at, by=PATIENT):
    return move_visit(
        visit_id=visit.pk,
        location_id=visit.scanner.location_id,
        starts_at=starts_at,
        version=visit.version,
        now=NOW,
        by=by,
    )


# --- a booking


def test_booking_from_the_draft_fills_it(world):
    draft = ready_draft(*world)
    entry, other = WaitlistFactory(draft=draft), WaitlistFactory()

    confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT)

    assert state(entry, "status", "ended_at") == ("filled", NOW)
    assert state(other) == ("active",)


def test_a_visit_that_is_canceled_waits_no_longer(visit):
    entry = waiting(visit)

    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)

    assert state(entry) == ("left",)


def canceled_and_taken_back(visit, *, back_at=NOW + HOUR):
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)
    take_back(visit_id=visit.pk, now=back_at, by=PATIENT)


def test_a_cancel_taken_back_brings_the_place_back(visit):
    entry = waiting(visit)

    canceled_and_taken_back(visit)

    assert state(entry, "status", "ended_at") == ("active", None)
    restored = AuditEvent.objects.get(event="waitlist.restored")
    assert (restored.object_id, restored.actor_kind) == (str(entry.pk), "patient")


def test_a_place_that_was_left_before_the_cancel_stays_left(visit):
    entry = waiting(visit)
    leave(entry_id=entry.pk, now=NOW - HOUR, by=PATIENT)

    canceled_and_taken_back(visit)

    assert state(entry) == ("left",)


@pytest.mark.parametrize("values", [{"last_day": TUESDAY}, {"weekdays": [1], "first_day": TUESDAY + DAY}])
def test_a_place_whose_days_are_over_stays_ended(visit, values):
    entry = waiting(visit, **{"last_day": TUESDAY + DAY, **values})

    canceled_and_taken_back(visit, back_at=NOW + 2 * DAY)

    assert state(entry) == ("left",)


def test_a_place_that_was_forgotten_stays_ended(visit):
    entry = waiting(visit)
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)
    waitlist_upkeep.forget_ended_entries(days=0, now=NOW + HOUR)

    take_back(visit_id=visit.pk, now=NOW + HOUR, by=PATIENT)

    assert state(entry) == ("left",)


# --- a move


@pytest.mark.parametrize("by", [PATIENT, STAFF])
def test_a_visit_that_moved_earlier_waits_for_what_is_earlier_still(visit, by):
    entry = waiting(visit)

    move(visit, NINE_FORTY + 3 * DAY, by)

    assert state(entry, "status", "last_day") == ("active", TUESDAY + 3 * DAY)
    assert AuditEvent.objects.filter(event="waitlist.changed").count() == 1


def test_a_visit_that_moved_earlier_than_wanted_waits_no_longer(visit):
    entry = waiting(visit, first_day=TUESDAY + 4 * DAY)

    move(visit, NINE_FORTY + 3 * DAY)

    assert state(entry) == ("filled",)


def test_a_visit_that_moved_before_the_only_weekday_wanted_waits_no_longer(visit):
    entry = waiting(visit, weekdays=[5])

    move(visit, NINE_FORTY + 3 * DAY)

    assert state(entry) == ("filled",)


def test_a_visit_that_moved_later_waits_as_before(visit):
    entry = waiting(visit)

    move(visit, NINE_FORTY + 10 * DAY)

    assert state(entry, "status", "last_day") == ("active", TUESDAY + 7 * DAY)
    assert not AuditEvent.objects.filter(event="waitlist.changed").exists()


# --- other answers


def test_another_side_is_waited_for(world):
    draft = ready_draft(*world, starts_at=None)
    entry = WaitlistFactory(draft=draft, laterality="left")

    drafts.change_exam(draft_id=draft.pk, answers={"laterality": "both"}, now=NOW, by=PATIENT)

    assert state(entry, "laterality") == ("both",)


def test_what_is_waited_for_is_in_the_history_once_it_changes(world):
    draft = ready_draft(*world, starts_at=None)
    WaitlistFactory(draft=draft, exam=draft.exam, laterality=draft.laterality)
    for side in ("right", "right"):
        drafts.change_exam(draft_id=draft.pk, answers={"laterality": side}, now=NOW, by=PATIENT)
    assert AuditEvent.objects.filter(event="waitlist.changed").count() == 1


def test_an_ended_entry_stays_as_it_was(world):
    draft = ready_draft(*world, starts_at=None)
    entry = WaitlistFactory(draft=draft, laterality="left", status="left", ended_at=NOW)

    drafts.change_exam(draft_id=draft.pk, answers={"laterality": "both"}, now=NOW, by=PATIENT)

    assert state(entry, "laterality") == ("left",)


# --- time passes


def test_it_lapses_once_its_last_day_is_over_everywhere():
    entry = WaitlistFactory(last_day=TUESDAY)
    still = WaitlistFactory(last_day=TUESDAY + DAY)

    assert waitlist_upkeep.lapse_entries(now=dt.datetime(2026, 12, 2, 11, 59, tzinfo=dt.UTC)) == 0
    noon = dt.datetime(2026, 12, 2, 12, tzinfo=dt.UTC)
    assert waitlist_upkeep.lapse_entries(now=noon) == 1
    assert waitlist_upkeep.lapse_entries(now=noon) == 0

    assert (state(entry, "status", "ended_at"), state(still)) == (("lapsed", noon), ("active",))
    assert AuditEvent.objects.get().actor_name == "waitlist-sweep"


def test_who_waited_is_forgotten_some_days_after_it_ended():
    ended = WaitlistFactory(status="left", ended_at=NOW - 7 * DAY - HOUR, phone="+15125550147")
    young = WaitlistFactory(status="left", ended_at=NOW - 6 * DAY)
    active = WaitlistFactory()

    assert waitlist_upkeep.forget_ended_entries(days=7, now=NOW) == 1
    assert waitlist_upkeep.forget_ended_entries(days=7, now=NOW) == 0

    person = ("given_name", "family_name", "birth_date", "email", "phone", "by_email")
    assert state(ended, *person) == ("", "", None, "", "", False)
    assert state(ended, "first_day", "exam") == (ended.first_day, ended.exam_id)
    assert [state(entry, "given_name") for entry in (young, active)] == [("Ana",)] * 2


# --- drafts that go


def test_a_draft_that_waits_is_kept_however_old():
    entry = WaitlistFactory()
    Draft.objects.update(updated_at=NOW - 30 * DAY)

    drafts.purge_old_drafts(days=7, now=NOW)
    assert Draft.objects.get().given_name == "Ana"

    WaitlistEntry.objects.filter(pk=entry.pk).update(status="left", ended_at=NOW - 6 * DAY)
    drafts.purge_old_drafts(days=7, now=NOW)
    assert Draft.objects.get().given_name == "Ana"


def test_a_draft_goes_with_the_entries_that_ended_long_ago_and_what_was_sent_about_them():
    entry = WaitlistMessageFactory(status="sent", sent_at=NOW).waitlist_entry
    WaitlistEntry.objects.filter(pk=entry.pk).update(status="left", ended_at=NOW - 8 * DAY)
    Draft.objects.update(updated_at=NOW - 30 * DAY)

    drafts.purge_old_drafts(days=7, now=NOW)

    assert [model.objects.count() for model in (Draft, WaitlistEntry, Message)] == [0, 0, 0]


def test_clearing_the_answers_keeps_the_place_on_the_waitlist():
    entry = WaitlistFactory()

    drafts.clear_draft(draft_id=entry.draft_id, now=NOW, by=PATIENT)

    assert state(entry) == ("active",)
    assert (Draft.objects.get().visitor, Draft.objects.get().given_name) == ("", "Ana")


def test_clearing_the_answers_takes_a_place_that_was_left_along():
    entry = WaitlistFactory(status="left", ended_at=NOW)

    drafts.clear_draft(draft_id=entry.draft_id, now=NOW, by=PATIENT)

    assert [model.objects.count() for model in (Draft, WaitlistEntry)] == [0, 0]
