"""Holding a time while the patient answers. Soft: it ends by the clock, is renewed by every
submitted page, and is quietly re-taken at the end if the time is still free."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from locations.models import Location, Scanner
from scheduling.actions import audit
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    NoMoreExtensions,
    NotAnOpening,
    NotBefore,
    SlotTaken,
)
from scheduling.models import Appointment, AuditEvent, Draft
from scheduling.queries.access import visit_of_draft
from scheduling.queries.by_phone import has_no_time
from scheduling.queries.openings import Opening, is_bookable_time, openings_at
from scheduling.queries.screening import is_too_early
from scheduling.queries.wishes import needs_of_draft, wish_of, wish_of_visit
from scheduling.rules.actors import Actor

MAX_EXTENSIONS = 10  # the least that WCAG 2.2.1 asks for


def lock_scanners(scanner_ids: Iterable[int]) -> list[Scanner]:
    """The first lock of every write to the calendar, always in order of pk."""
    return list(
        Scanner.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=set(scanner_ids))
        .order_by("pk")
    )


def lock_draft(draft_id: UUID) -> Draft:
    """Taken before any scanner: two submits of one draft go one after the other.

    Locked first and joined after: a row that waited for its lock would be joined to the exam and
    the location it had before the wait, and so look as if it were gone.
    """
    locked = Draft.objects.select_for_update(no_key=True).get(pk=draft_id)
    return Draft.objects.select_related("exam", "location").prefetch_related("sheets").get(pk=locked.pk)


def broken_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that refused; never read from the message's text."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


@transaction.atomic
def place_hold(
    *, draft_id: UUID, location_id: int, starts_at: datetime, now: datetime, by: Actor
) -> Appointment:
    """Hold a time for a draft; a hold the same visitor has elsewhere is freed.

    Raises NotAnOpening, SlotTaken, AlreadyBooked, BookingNotOffered; NotBefore is one of these.
    """
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    if has_no_time(draft, now=now):
        raise BookingNotOffered
    if is_too_early(draft, Location.objects.get(pk=location_id), starts_at, now=now):
        raise NotBefore
    hold = take_time(draft=draft, location_id=location_id, starts_at=starts_at, now=now, by=by)
    Draft.objects.filter(pk=draft.pk).update(location_id=location_id, starts_at=starts_at, updated_at=now)
    return hold


def take_time(
    *, draft: Draft, location_id: int, starts_at: datetime, now: datetime, by: Actor
) -> Appointment:
    """The draft's live hold on that time, or a new one; in the caller's transaction, draft locked."""
    wish = wish_of(draft)
    held = list(
        Appointment.objects.select_related("scanner").filter(
            draft__visitor=draft.visitor, status=Appointment.Status.HELD
        )
    )
    if any(_is_for(hold, draft, location_id, starts_at) and hold.is_live_hold(now) for hold in held):
        scanner_ids = {hold.scanner_id for hold in held}
    else:
        mine = {hold.pk for hold in held}
        candidates = openings_at(
            wish=wish,
            location_id=location_id,
            starts_at=starts_at,
            now=now,
            ignore=mine,
            however_soon=draft.is_by_phone,
        )
        if not candidates:
            raise _refusal(draft, location_id, starts_at, now)
        scanner_ids = {opening.scanner_id for opening in candidates} | {hold.scanner_id for hold in held}

    lock_scanners(scanner_ids)
    expire_holds_on(scanner_ids, now=now)
    kept = _settle_own_holds(held, draft, location_id, starts_at, now=now, by=by)
    if kept:
        return kept
    openings = openings_at(
        wish=wish,
        location_id=location_id,
        starts_at=starts_at,
        now=now,
        however_soon=draft.is_by_phone,
    )
    for opening in openings:
        if opening.scanner_id in scanner_ids:
            return insert_hold(draft, opening, now=now, by=by)
    raise _refusal(draft, location_id, starts_at, now)


def extend_hold(*, draft_id: UUID, now: datetime, by: Actor) -> Appointment | None:
    """“Keep holding”. None when the hold has ended. Raises NoMoreExtensions after ten."""
    with transaction.atomic():
        hold = _locked_hold(draft_id, now)
        if hold is None:
            return None
        if hold.hold_extensions >= MAX_EXTENSIONS:
            raise NoMoreExtensions
        hold.held_until = _held_until(hold, now)
        hold.hold_extensions += 1
        hold.save(update_fields=["held_until", "hold_extensions"])
        audit.record(
            event=AuditEvent.Event.HOLD_EXTENDED,
            subject=hold,
            location_id=hold.scanner.location_id,
            after={"held_until": hold.held_until.isoformat(), "extensions": hold.hold_extensions},
            now=now,
            by=by,
        )
        return hold


@transaction.atomic
def renew_hold(*, draft_id: UUID, now: datetime) -> Appointment | None:
    """Each submitted page starts the hold's minutes again, up to what ten extensions would give."""
    hold = _locked_hold(draft_id, now)
    if hold is None or hold.held_until is None:
        return None
    limit = hold.created_at + (MAX_EXTENSIONS + 1) * _hold_length(hold)
    hold.held_until = max(hold.held_until, min(_held_until(hold, now), limit))
    hold.save(update_fields=["held_until"])
    return hold


@transaction.atomic
def release_hold(*, draft_id: UUID, now: datetime, by: Actor) -> None:
    """The patient lets go of the time, for example by clearing all answers. A hold that has run out
    and was not swept yet is ended too: its row must not go without a word in the audit."""
    held = Appointment.objects.filter(draft_id=draft_id, status=Appointment.Status.HELD)
    lock_scanners(held.values_list("scanner_id", flat=True))
    for hold in held.select_related("scanner"):
        end_hold(hold, now=now, by=by)


def end_hold(hold: Appointment, *, now: datetime, by: Actor) -> None:
    """Free a held time; its scanner must be locked."""
    hold.status, hold.held_until = Appointment.Status.EXPIRED, None
    hold.save(update_fields=["status", "held_until"])
    audit.record(
        event=AuditEvent.Event.HOLD_ENDED,
        subject=hold,
        location_id=hold.scanner.location_id,
        now=now,
        by=by,
    )


def expire_holds_on(scanner_ids: Iterable[int], *, now: datetime) -> int:
    """Every writer's first step on locked scanners: a constraint can't know what time it is."""
    by = Actor.process("hold-sweep")
    dead = Appointment.objects.dead_holds(now).filter(scanner_id__in=set(scanner_ids))
    holds = list(dead.select_related("scanner"))
    for hold in holds:
        end_hold(hold, now=now, by=by)
    return len(holds)


def expire_dead_holds(*, now: datetime) -> int:
    """The tidying sweep of the beat; one short transaction per scanner."""
    scanner_ids = Appointment.objects.dead_holds(now).values_list("scanner_id", flat=True).distinct()
    ended = 0
    for scanner_id in sorted(scanner_ids):
        with transaction.atomic():
            lock_scanners([scanner_id])
            ended += expire_holds_on([scanner_id], now=now)
    return ended


def _refusal(draft: Draft, location_id: int, starts_at: datetime, now: datetime) -> NotAnOpening | SlotTaken:
    """Taken, if only other visits stand in the way; else it never was on the page."""
    was_open = is_bookable_time(
        wish=wish_of(draft),
        location_id=location_id,
        starts_at=starts_at,
        now=now,
        however_soon=draft.is_by_phone,
    )
    return SlotTaken() if was_open else NotAnOpening()


def _settle_own_holds(
    held: list[Appointment], draft: Draft, location_id: int, starts_at: datetime, *, now: datetime, by: Actor
) -> Appointment | None:
    """Keeps the hold that already is what the draft asks for; frees the visitor's others."""
    kept = None
    fresh = Appointment.objects.select_related("scanner__location").filter(
        pk__in=[hold.pk for hold in held], status=Appointment.Status.HELD
    )
    for hold in fresh.order_by("pk"):
        if kept is None and _is_for(hold, draft, location_id, starts_at) and _still_offered(hold, draft):
            kept = hold
        else:
            end_hold(hold, now=now, by=by)
    return kept


def _is_for(hold: Appointment, draft: Draft, location_id: int, starts_at: datetime) -> bool:
    return (
        hold.draft_id == draft.pk
        and hold.starts_at == starts_at
        and hold.scanner.location_id == location_id
        and wish_of_visit(hold) == wish_of(draft)
    )


def _still_offered(hold: Appointment, draft: Draft) -> bool:
    """The same rule again, with the notice counted from when the hold began: a slow typist
    does not lose a time that was far enough ahead when it was chosen. What the desk chose with a reason, or
    for somebody who stands there, is not asked again."""
    if hold.overbook_reason or draft.is_walk_in:
        return True
    openings = openings_at(
        wish=wish_of(draft),
        location_id=hold.scanner.location_id,
        starts_at=hold.starts_at,
        now=hold.created_at,
        ignore={hold.pk},
        however_soon=draft.is_by_phone,
    )
    return hold.scanner_id in {opening.scanner_id for opening in openings}


def insert_hold(
    draft: Draft,
    opening: Opening,
    *,
    overbooked: bool = False,
    overbook_reason: str = "",
    now: datetime,
    by: Actor,
) -> Appointment:
    """On a locked scanner. Raises SlotTaken."""
    hold = Appointment(
        status=Appointment.Status.HELD,
        scanner_id=opening.scanner_id,
        exam=draft.exam,
        laterality=draft.laterality,
        contrast_answer=draft.contrast_answer,
        **asdict(needs_of_draft(draft)),
        draft=draft,
        starts_at=opening.starts_at,
        ends_at=opening.ends_at,
        occupied_until=opening.occupied_until,
        arrive_at=opening.arrive_at,
        overbooked=overbooked,
        overbook_reason=overbook_reason,
        source=draft.source,
        booking_referral=draft.booking_referral,
        language=draft.language,
        created_at=now,
    )
    hold.held_until = _held_until(hold, now)
    return _insert(hold, now=now, by=by)


def _insert(hold: Appointment, *, now: datetime, by: Actor) -> Appointment:
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        if broken_constraint(error) == "appointment_no_overlap":
            raise SlotTaken from error
        raise
    audit.record(
        event=AuditEvent.Event.HOLD_PLACED,
        subject=hold,
        location_id=hold.scanner.location_id,
        after={"starts_at": hold.starts_at.isoformat(), "scanner": hold.scanner_id},
        now=now,
        by=by,
    )
    return hold


def insert_hold_for_visit(
    visit: Appointment, opening: Opening, *, until: datetime, now: datetime, by: Actor
) -> Appointment:
    """A time that is proposed for a booked visit, on a locked scanner: nobody else gets it meanwhile."""
    hold = Appointment(
        status=Appointment.Status.HELD,
        scanner_id=opening.scanner_id,
        exam=visit.exam,
        laterality=visit.laterality,
        starts_at=opening.starts_at,
        ends_at=opening.ends_at,
        occupied_until=opening.occupied_until,
        arrive_at=opening.arrive_at,
        held_until=until,
        source=visit.source,
        created_at=now,
    )
    return _insert(hold, now=now, by=by)


def _locked_hold(draft_id: UUID, now: datetime) -> Appointment | None:
    """The draft's live hold under its locks: scanner first, then the row itself."""
    found = (
        Appointment.objects.filter(draft_id=draft_id, status=Appointment.Status.HELD, held_until__gt=now)
        .values_list("pk", "scanner_id")
        .first()
    )
    if found is None:
        return None
    lock_scanners([found[1]])
    return (
        Appointment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("scanner__location")
        .filter(pk=found[0], status=Appointment.Status.HELD, held_until__gt=now)
        .first()
    )


def _held_until(hold: Appointment, now: datetime) -> datetime:
    """Never past the start: what was held can't be booked once it has begun, but by the desk."""
    if hold.draft is not None and hold.draft.is_by_phone:
        return now + _hold_length(hold)
    return min(now + _hold_length(hold), hold.starts_at)


def _hold_length(hold: Appointment) -> timedelta:
    return timedelta(minutes=hold.scanner.location.hold_minutes)
