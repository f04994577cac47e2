"""Two windows at once on one place on the waitlist, in two real connections."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from scheduling.actions import waitlist
from scheduling.actions.booking import confirm_booking
from scheduling.actions.drafts import purge_old_drafts
from scheduling.actions.moving import move_visit
from scheduling.exceptions import AlreadyBooked, NotWaiting
from scheduling.models import Draft, Message, WaitlistEntry
from scheduling.queries.drafts import digest_of
from scheduling.rules.day_parts import DayPart
from scheduling.rules.waitlist import Terms
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
DAY = dt.timedelta(days=1)


class Rival:
    """Does its work in a connection of its own, and keeps what came of it."""

    def __init__(self, work):
        self.work, self.result, self.refusal = work, None, None
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        try:
            self.result = self.work()
        except Exception as refusal:
            self.refusal = refusal
        finally:
            connection.close()

    def waits(self) -> bool:
        self.thread.join(0.5)
        return self.thread.is_alive()

    def end(self):
        self.thread.join()
        return self


def terms(machine, **changed) -> Terms:
    values = {
        "location_ids": frozenset({machine.location_id}),
        "first_day": NOW.date(),
        "last_day": NOW.date() + 20 * DAY,
        "weekdays": frozenset(range(7)),
        "parts": frozenset(DayPart),
        "notice": dt.timedelta(hours=6),
    }
    return Terms(**{**values, **changed})


def test_joining_twice_at_once_is_joining_once():
    machine, exam = bookable()
    draft = ready_draft(machine, exam, starts_at=None)

    def join():
        return waitlist.join_for_draft(draft_id=draft.pk, terms=terms(machine), now=NOW, by=PATIENT)

    with transaction.atomic():
        first = join()
        second = Rival(join)
        assert second.waits()

    assert second.end().result == first
    assert (WaitlistEntry.objects.count(), Message.objects.count()) == (1, 1)


def test_a_visit_that_joins_twice_at_once_joins_once():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam)

    def join():
        return waitlist.join_for_visit(visit_id=visit.pk, terms=terms(machine), now=NOW, by=PATIENT)

    with transaction.atomic():
        first = join()
        second = Rival(join)
        assert second.waits()

    assert second.end().result == first
    assert WaitlistEntry.objects.count() == 1


def test_changing_what_is_being_left_is_refused():
    machine, exam = bookable()
    entry = WaitlistFactory(draft=ready_draft(machine, exam, starts_at=None))

    with transaction.atomic():
        waitlist.leave(entry_id=entry.pk, now=NOW, by=PATIENT)
        changing = Rival(
            lambda: waitlist.change_terms(entry_id=entry.pk, terms=terms(machine), now=NOW, by=PATIENT)
        )
        assert changing.waits()

    assert isinstance(changing.end().refusal, NotWaiting)
    entry.refresh_from_db()
    assert (entry.status, entry.notice_hours) == ("left", 2)


def test_leaving_what_is_being_changed_leaves():
    machine, exam = bookable()
    entry = WaitlistFactory(draft=ready_draft(machine, exam, starts_at=None))

    with transaction.atomic():
        waitlist.change_terms(entry_id=entry.pk, terms=terms(machine), now=NOW, by=PATIENT)
        leaving = Rival(lambda: waitlist.leave(entry_id=entry.pk, now=NOW, by=PATIENT))
        assert leaving.waits()

    leaving.end()
    entry.refresh_from_db()
    assert (entry.status, entry.notice_hours) == ("left", 6)


def test_joining_while_one_leaves_is_a_new_place_and_the_old_one_stays_left():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam)
    first = waitlist.join_for_visit(visit_id=visit.pk, terms=terms(machine), now=NOW, by=PATIENT)
    with transaction.atomic():
        waitlist.leave(entry_id=first.pk, now=NOW, by=PATIENT)
        rival = Rival(
            lambda: waitlist.join_for_visit(visit_id=visit.pk, terms=terms(machine), now=NOW, by=PATIENT)
        )
        assert rival.waits()
    again = rival.end().result
    assert again.pk != first.pk
    first.refresh_from_db()
    assert first.status == WaitlistEntry.Status.LEFT
    assert [entry.pk for entry in WaitlistEntry.objects.active()] == [again.pk]


def test_joining_while_the_draft_is_booked_is_too_late():
    machine, exam = bookable()
    draft = ready_draft(machine, exam)

    with transaction.atomic():
        fresh = Draft.objects.get(pk=draft.pk)
        confirm_booking(draft_id=fresh.pk, digest=digest_of(fresh), now=NOW, by=PATIENT)
        joining = Rival(
            lambda: waitlist.join_for_draft(draft_id=draft.pk, terms=terms(machine), now=NOW, by=PATIENT)
        )
        assert joining.waits()

    assert isinstance(joining.end().refusal, AlreadyBooked)
    assert not WaitlistEntry.objects.exists()


def test_joining_while_the_visit_moves_waits_for_what_is_earlier_than_its_new_time():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + 7 * DAY)

    with transaction.atomic():
        move_visit(
            visit_id=visit.pk,
            location_id=machine.location_id,
            starts_at=NINE_FORTY + 2 * DAY,
            version=visit.version,
            now=NOW,
            by=PATIENT,
        )
        joining = Rival(
            lambda: waitlist.join_for_visit(visit_id=visit.pk, terms=terms(machine), now=NOW, by=PATIENT)
        )
        assert joining.waits()

    assert joining.end().result.last_day == dt.date(2026, 12, 3)


def test_a_draft_that_joins_while_old_ones_are_purged_is_kept():
    machine, exam = bookable()
    draft = ready_draft(machine, exam, starts_at=None, updated_at=NOW - 30 * DAY)

    with transaction.atomic():
        waitlist.join_for_draft(draft_id=draft.pk, terms=terms(machine), now=NOW, by=PATIENT)
        purging = Rival(lambda: purge_old_drafts(days=7, now=NOW))
        assert not purging.waits()  # what is in use waits for the next purge

    purge_old_drafts(days=7, now=NOW)
    assert (Draft.objects.count(), WaitlistEntry.objects.count()) == (1, 1)
