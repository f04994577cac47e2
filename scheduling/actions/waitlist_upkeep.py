"""The waitlist kept true while bookings, moves, cancels and answers change what is waited for, and days pass.

`follow_*` run in the transaction of the change, the sweeps in their own. Joining and leaving: waitlist.py."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from scheduling.actions import audit
from scheduling.models import Appointment, AuditEvent, Draft, Message, WaitlistEntry
from scheduling.queries.machines import Wish
from scheduling.queries.waitlist import terms_of
from scheduling.queries.wishes import wish_of
from scheduling.rules.actors import Actor
from scheduling.rules.waitlist import has_days

# A day is over everywhere once it is over at the last place on earth, 12 hours behind UTC.
_LAST_ZONE = timedelta(hours=12)


def follow_booking(*, draft: Draft, now: datetime, by: Actor) -> None:
    """Whoever waited has a time now."""
    _end(WaitlistEntry.objects.filter(draft=draft), WaitlistEntry.Status.FILLED, now=now, by=by)


def follow_cancel(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """There is no visit any more that could be earlier."""
    _end(WaitlistEntry.objects.filter(appointment=appointment), WaitlistEntry.Status.LEFT, now=now, by=by)


def follow_take_back(
    *, appointment: Appointment, canceled_at: datetime | None, now: datetime, by: Actor
) -> None:
    """What the cancel of that moment ended is waited for again, where days are left and we know who it is."""
    ended = WaitlistEntry.objects.filter(
        appointment=appointment, status=WaitlistEntry.Status.LEFT, ended_at=canceled_at
    ).exclude(given_name="")
    for entry in ended.order_by("pk").select_for_update(no_key=True, of=("self",)):
        if has_days(terms_of(entry), today=now.astimezone(appointment.zone).date()):
            entry.status, entry.ended_at = WaitlistEntry.Status.ACTIVE, None
            entry.save(update_fields=["status", "ended_at"])
            note(entry, AuditEvent.Event.WAITLIST_RESTORED, now=now, by=by)


def follow_contact(*, appointment: Appointment) -> None:
    """Who waits for something earlier than the visit is reached as the visit says."""
    patient = appointment.patient
    assert patient is not None
    ways = {name: getattr(appointment, name) for name in ("by_email", "by_text", "by_call")}
    about = {name: getattr(appointment, name) for name in ("email", "phone", "language")}
    names = {name: getattr(patient, name) for name in ("given_name", "family_name", "birth_date")}
    waiting = WaitlistEntry.objects.active().filter(appointment=appointment)
    waiting.update(**names, **about, **(ways if any(ways.values()) else {}))


def follow_move(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """Only what is earlier than the new time is still wanted. Nothing is left to wait for: it was filled."""
    waiting = WaitlistEntry.objects.filter(appointment=appointment)
    for entry in _locked(waiting):
        day = appointment.starts_at.astimezone(appointment.zone).date()
        terms = replace(terms_of(entry), last_day=min(entry.last_day, day))
        if not has_days(terms, today=now.astimezone(appointment.zone).date()):
            end_entry(entry, WaitlistEntry.Status.FILLED, now=now, by=by)
        elif terms.last_day != entry.last_day:
            entry.last_day = terms.last_day
            entry.save(update_fields=["last_day"])
            note(entry, AuditEvent.Event.WAITLIST_CHANGED, now=now, by=by)


def follow_answers(*, draft: Draft, now: datetime, by: Actor) -> None:
    """Another exam, side or need was answered: that is what is waited for."""
    for entry in _locked(WaitlistEntry.objects.filter(draft=draft)):
        before = _wish_in(entry)
        set_wish(entry, wish_of(draft), draft)
        if _wish_in(entry) != before:
            entry.save()
            note(entry, AuditEvent.Event.WAITLIST_CHANGED, now=now, by=by)


def _wish_in(entry: WaitlistEntry) -> tuple[object, ...]:
    return (
        entry.exam_id,
        entry.laterality,
        entry.contrast_answer,
        entry.weight_lb,
        entry.girth_in,
        entry.wide_bore,
        entry.extra_minutes,
    )


def set_wish(entry: WaitlistEntry, wish: Wish, source: Draft | Appointment) -> None:
    entry.exam, entry.laterality, entry.contrast_answer = (
        source.exam,
        source.laterality,
        source.contrast_answer,
    )
    entry.weight_lb, entry.girth_in = wish.weight_lb, wish.girth_in
    entry.wide_bore, entry.extra_minutes = wish.wide_bore, wish.extra_minutes


def end_entry(
    entry: WaitlistEntry, status: WaitlistEntry.Status, *, because: str = "", now: datetime, by: Actor
) -> None:
    """The entry must be locked. What was still to be sent about it is withdrawn when its turn comes."""
    entry.status, entry.ended_at, entry.removed_because = status, now, because
    entry.save(update_fields=["status", "ended_at", "removed_because"])
    told = {"status": status, "because": because} if because else {"status": status}
    note(entry, AuditEvent.Event.WAITLIST_ENDED, now=now, by=by, **told)


def note(entry: WaitlistEntry, event: AuditEvent.Event, *, now: datetime, by: Actor, **after: object) -> None:
    audit.record(event=event, subject=entry, location_id=entry.center.pk, after={**after}, now=now, by=by)


def lapse_entries(*, now: datetime) -> int:
    """Whose last day has passed. One short transaction each."""
    over = WaitlistEntry.objects.active().filter(last_day__lt=(now - _LAST_ZONE).date())
    keys = list(over.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            waiting = over.filter(pk=key)
            _end(waiting, WaitlistEntry.Status.LAPSED, now=now, by=Actor.process("waitlist-sweep"))
    return len(keys)


def forget_ended_entries(*, days: int, now: datetime) -> int:
    """Who waited, some days after it ended. Exam, centers and days stay: they name nobody."""
    ended = WaitlistEntry.objects.filter(ended_at__lt=now - timedelta(days=days)).exclude(given_name="")
    return ended.update(
        given_name="",
        family_name="",
        birth_date=None,
        email="",
        phone="",
        by_email=False,
        by_text=False,
        by_call=False,
    )


def delete_of_drafts(drafts: Iterable[UUID]) -> None:
    """With drafts that go altogether; none of them waits."""
    entries = WaitlistEntry.objects.filter(draft__in=drafts)
    Message.objects.filter(waitlist_entry__in=entries).delete()
    entries.delete()


def _end(entries: QuerySet[WaitlistEntry], status: WaitlistEntry.Status, *, now: datetime, by: Actor) -> None:
    for entry in _locked(entries):
        end_entry(entry, status, now=now, by=by)


def _locked(entries: QuerySet[WaitlistEntry]) -> list[WaitlistEntry]:
    """Those that are active, also after waiting for somebody who changes them."""
    active = entries.filter(status=WaitlistEntry.Status.ACTIVE).order_by("pk")
    return list(active.select_for_update(no_key=True, of=("self",)))
