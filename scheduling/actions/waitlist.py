"""Somebody joins the waitlist, changes what would suit, leaves, or is taken off. No time is held for them.

What bookings and passing days do to their places: waitlist_upkeep.py."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from locations.models import Location
from scheduling.actions import messages
from scheduling.actions.drafts import start_draft_again
from scheduling.actions.holds import lock_draft
from scheduling.actions.limits import note_origin
from scheduling.actions.waitlist_upkeep import end_entry, note, set_wish
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    DraftIncomplete,
    IllegalMove,
    NothingSuits,
    NotWaiting,
)
from scheduling.models import Appointment, AuditEvent, Draft, Patient, WaitlistEntry
from scheduling.queries.access import visit_of_draft
from scheduling.queries.by_phone import has_no_time
from scheduling.queries.machines import Wish
from scheduling.queries.waitlist import able_centers, steps_before_waiting, today_at
from scheduling.queries.wishes import wish_of, wish_of_entry, wish_of_visit
from scheduling.rules import codes
from scheduling.rules.actors import Actor
from scheduling.rules.waitlist import Terms, has_days

_HOUR = timedelta(hours=1)


@transaction.atomic
def join_for_draft(
    *, draft_id: UUID, terms: Terms, address: str = "", now: datetime, by: Actor
) -> WaitlistEntry:
    """Wait for a time instead of one of those there are. Joining again changes what would suit.

    `address`: actions.limits.note_origin. What waits for an earlier time than a visit's ends with the visit.
    Raises AlreadyBooked, DraftIncomplete, BookingNotOffered, NothingSuits.
    """
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    if steps_before_waiting(draft, now=now):
        raise DraftIncomplete
    if has_no_time(draft, now=now):
        raise BookingNotOffered
    entry = _lock_active(draft=draft) or WaitlistEntry(draft=draft)
    entry = _join(entry, draft, draft, wish_of(draft), terms, now=now, by=by)
    note_origin(entry=entry, address=address, now=now)
    return entry


@transaction.atomic
def join_for_visit(*, visit_id: int, terms: Terms, now: datetime, by: Actor) -> WaitlistEntry:
    """Wait for an earlier time than the visit's, which stays booked. Joining again changes what would suit.

    Raises IllegalMove (the visit is not ahead), NothingSuits.
    """
    locked = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    visit = Appointment.objects.with_place().get(pk=locked.pk)
    if not visit.is_ahead(now):
        raise IllegalMove
    assert visit.patient is not None
    entry = _lock_active(appointment=visit) or WaitlistEntry(appointment=visit)
    return _join(entry, visit, visit.patient, wish_of_visit(visit), terms, now=now, by=by)


def wait_instead(*, visit: Appointment, terms: Terms, now: datetime, by: Actor) -> WaitlistEntry:
    """For a visit that the center has just canceled: any time that suits, in the caller's transaction. The
    draft holds what is known, so that the desk books it without asking again. No message of its own."""
    assert visit.patient is not None
    draft = start_draft_again(
        visit=visit, visitor=f"desk-{codes.new_link_key()}", language=visit.language, now=now
    )
    entry = WaitlistEntry(draft=draft, created_at=now, link_key=codes.new_link_key())
    _fill_in(entry, visit, visit.patient, wish_of_visit(visit))
    _set_terms(entry, wish_of_visit(visit), terms, now)
    note(entry, AuditEvent.Event.WAITLIST_JOINED, now=now, by=by)
    return entry


@transaction.atomic
def change_terms(*, entry_id: int, terms: Terms, now: datetime, by: Actor) -> WaitlistEntry:
    """Other centers, days or notice. Raises NotWaiting, NothingSuits."""
    entry = _lock_row(entry_id)
    if not entry.is_active:
        raise NotWaiting
    _set_terms(entry, wish_of_entry(entry), terms, now)
    note(entry, AuditEvent.Event.WAITLIST_CHANGED, now=now, by=by)
    return entry


@transaction.atomic
def leave(*, entry_id: int, now: datetime, by: Actor) -> WaitlistEntry:
    """Leaving again, or after the entry has ended, changes nothing."""
    entry = _lock_row(entry_id)
    if entry.is_active:
        end_entry(entry, WaitlistEntry.Status.LEFT, now=now, by=by)
    return entry


@transaction.atomic
def remove(
    *, entry_id: int, because: WaitlistEntry.RemovedBecause, now: datetime, by: Actor
) -> WaitlistEntry:
    """By the desk, which has spoken with them or tried to. Raises NotWaiting when it had ended already."""
    entry = _lock_row(entry_id)
    if not entry.is_active:
        raise NotWaiting
    end_entry(entry, WaitlistEntry.Status.REMOVED, because=because, now=now, by=by)
    return entry


def _join(
    entry: WaitlistEntry,
    source: Draft | Appointment,
    person: Draft | Patient,
    wish: Wish,
    terms: Terms,
    *,
    now: datetime,
    by: Actor,
) -> WaitlistEntry:
    """With the source's row locked, so that two of one source go one after the other."""
    is_new = entry.pk is None
    if is_new:
        entry.created_at, entry.link_key = now, codes.new_link_key()
    _fill_in(entry, source, person, wish)
    _set_terms(entry, wish, terms, now)
    joined, changed = AuditEvent.Event.WAITLIST_JOINED, AuditEvent.Event.WAITLIST_CHANGED
    note(entry, joined if is_new else changed, now=now, by=by)
    if is_new:
        messages.follow_waitlist(entry=entry, now=now)
    return entry


def _fill_in(entry: WaitlistEntry, source: Draft | Appointment, person: Draft | Patient, wish: Wish) -> None:
    set_wish(entry, wish, source)
    entry.given_name, entry.family_name = person.given_name, person.family_name
    entry.birth_date = person.birth_date
    entry.email, entry.phone = source.email, source.phone
    entry.by_email, entry.by_text, entry.by_call = source.by_email, source.by_text, source.by_call
    entry.language = source.language


def _set_terms(entry: WaitlistEntry, wish: Wish, terms: Terms, now: datetime) -> None:
    """Only an earlier time than the visit's own helps, and only centers that can do it."""
    locations = able_centers(wish, Location.objects.filter(pk__in=terms.location_ids))
    if entry.appointment:
        day = entry.appointment.starts_at.astimezone(entry.appointment.zone).date()
        terms = replace(terms, last_day=min(terms.last_day, day))
    if not locations or not has_days(terms, today=today_at(locations, now)):
        raise NothingSuits
    entry.first_day, entry.last_day = terms.first_day, terms.last_day
    entry.weekdays, entry.parts = sorted(terms.weekdays), sorted(terms.parts)
    entry.notice_hours = terms.notice // _HOUR
    entry.save()
    entry.locations.set(locations)


def _lock_active(**whose: Draft | Appointment) -> WaitlistEntry | None:
    """Locked, as the person may be leaving in another tab: who has left joins anew."""
    return WaitlistEntry.objects.active().filter(**whose).select_for_update(no_key=True).first()


def _lock_row(entry_id: int) -> WaitlistEntry:
    """Joined after it is locked."""
    locked = WaitlistEntry.objects.select_for_update(no_key=True).get(pk=entry_id)
    return WaitlistEntry.objects.select_related("appointment__scanner__location", "exam").get(pk=locked.pk)
