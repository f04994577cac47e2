"""The queue of people who came for an X-ray without a time: they join it, are called, taken in, or leave.

Each step names the version of the row that was on the screen. Locks: the draft, then the walk-in, then what a
booking locks.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Location, Scanner, User
from scheduling.actions import arrivals, audit, patients, screening, tasks
from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import OUTCOME_CANCELED, give_back
from scheduling.actions.holds import expire_holds_on, insert_hold, lock_draft, lock_scanners
from scheduling.actions.phone import start_desk_draft
from scheduling.actions.placing import lock_visit, put_on, save_on_calendar
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    Clashes,
    DraftIncomplete,
    EditConflict,
    HasVisit,
    IllegalMove,
    NoOrder,
    NotAnOpening,
)
from scheduling.models import Appointment, AuditEvent, Draft, Exam, Task, WalkIn
from scheduling.queries.access import visit_of_draft
from scheduling.queries.by_phone import has_no_time
from scheduling.queries.drafts import digest_of
from scheduling.queries.machines import Wish
from scheduling.queries.placing import Place, place_on
from scheduling.queries.walk_ins import asks_in_private, coming_visits_of, lacks_order
from scheduling.queries.wishes import wish_of, wish_of_visit
from scheduling.rules.actors import Actor

# Stored in English, translated where staff read it.
REASON_IN_PRIVATE = gettext_noop("Ask the patient in private before the X-ray")
REASON_DONE_BEFORE = gettext_noop("The exam before it was over early")
OUTCOME_LEFT = gettext_noop("The patient left the queue of walk-ins")
REASON_PUT_BACK = gettext_noop("Back in the queue of walk-ins")
Status: TypeAlias = WalkIn.Status
Event: TypeAlias = AuditEvent.Event


@transaction.atomic
def start_walk_in(
    *, exam: Exam, laterality: str, location: Location, user: User, language: str, now: datetime
) -> Draft:
    """What is typed about somebody who stands at the desk, order in hand."""
    return start_desk_draft(
        source=Appointment.Source.WALK_IN,
        exam=exam,
        laterality=laterality,
        order_status=Appointment.OrderStatus.RECEIVED,
        location=location,
        place=location,
        user=user,
        language=language,
        now=now,
    )


@transaction.atomic
def join_queue(*, draft_id: UUID, user: User, is_another: bool = False, now: datetime, by: Actor) -> WalkIn:
    """A name and a date of birth are enough; what else has to be asked is asked before a room. Joining again
    answers with the place.

    Raises DraftIncomplete, AlreadyBooked; HasVisit unless the desk says that this is another.
    """
    draft = lock_draft(draft_id)
    there = WalkIn.objects.filter(draft=draft).first()
    if there is not None:
        return there
    if visit_of_draft(draft):
        raise AlreadyBooked
    if not draft.is_walk_in or draft.desk is None or not draft.given_name or draft.birth_date is None:
        raise DraftIncomplete
    visits = [] if is_another else coming_visits_of(draft, user, now=now)
    if visits:
        raise HasVisit(visits)
    walk_in = WalkIn.objects.create(location=draft.desk, draft=draft, came_at=now)
    _record(walk_in, Event.WALK_IN_CAME, "", now=now, by=by)
    return walk_in


@transaction.atomic
def call(*, walk_in_id: int, version: int, now: datetime, by: Actor) -> WalkIn:
    """The name is called in the waiting room. Raises EditConflict, IllegalMove."""
    walk_in = _lock(walk_in_id)
    if walk_in.status == Status.CALLED:
        return walk_in
    _check(walk_in, version, (Status.WAITING,))
    return _step(walk_in, Status.CALLED, Event.WALK_IN_CALLED, called_at=now, now=now, by=by)


@transaction.atomic
def leave(*, walk_in_id: int, version: int, because: str, now: datetime, by: Actor) -> WalkIn:
    """Without being seen. Raises EditConflict, IllegalMove."""
    walk_in = _lock(walk_in_id)
    if walk_in.status == Status.LEFT:
        return walk_in
    _check(walk_in, version, WalkIn.WAITS)
    walk_in.left_because = because
    if walk_in.draft is not None:
        tasks.close_tasks_of_draft(
            draft=walk_in.draft, kind=Task.Kind.CALLBACK, outcome=OUTCOME_LEFT, now=now, by=by
        )
    return _step(walk_in, Status.LEFT, Event.WALK_IN_LEFT, ended_at=now, now=now, by=by)


@transaction.atomic
def put_back(*, walk_in_id: int, version: int, now: datetime, by: Actor) -> WalkIn:
    """Who was called or had left waits again, in the place they had. Raises EditConflict, IllegalMove."""
    walk_in = _lock(walk_in_id)
    if walk_in.status == Status.WAITING:
        return walk_in
    _check(walk_in, version, (Status.CALLED, Status.LEFT))
    if walk_in.draft is None:
        raise IllegalMove
    walk_in.left_because = ""
    return _step(walk_in, Status.WAITING, Event.WALK_IN_PUT_BACK, now=now, by=by)


@transaction.atomic
def take_in(
    *, walk_in_id: int, scanner_id: int, version: int, reason: str = "", now: datetime, by: Actor
) -> Appointment:
    """Into that room, now: a visit, arrived, by the rules of every booking. With `reason` also over another
    visit, outside the hours or without the order. Pressed again it answers with the visit.

    Raises EditConflict, IllegalMove, Clashes, NoOrder, NotAnOpening, and what confirm_booking raises.
    """
    walk_in = _lock(walk_in_id)
    if walk_in.status == Status.TAKEN_IN and walk_in.visit and walk_in.visit.scanner_id == scanner_id:
        return walk_in.visit
    _check(walk_in, version, WalkIn.WAITS)
    draft = walk_in.draft
    assert draft is not None
    if lacks_order(draft) and not reason:
        raise NoOrder
    book = _book if walk_in.visit_id is None else _book_again
    visit = book(walk_in, scanner_id, reason, now=now, by=by)
    visit = arrivals.mark_arrived(visit_id=visit.pk, version=visit.version, now=now, by=by)
    walk_in.visit = visit
    _step(walk_in, Status.TAKEN_IN, Event.WALK_IN_TAKEN_IN, ended_at=now, now=now, by=by)
    return visit


@transaction.atomic
def take_back_in(*, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """Taken in by mistake: the time is free, and they wait where they waited. Raises EditConflict,
    IllegalMove."""
    walk_in = _lock(WalkIn.objects.values_list("pk", flat=True).get(visit=visit_id))
    _check(walk_in, walk_in.version, (Status.TAKEN_IN,))
    if walk_in.draft is None:
        raise IllegalMove
    visit = give_back(visit_id=visit_id, version=version, reason=REASON_PUT_BACK, now=now, by=by)
    _step(walk_in, Status.WAITING, Event.WALK_IN_PUT_BACK, now=now, by=by)
    return visit


def _book(walk_in: WalkIn, scanner_id: int, reason: str, *, now: datetime, by: Actor) -> Appointment:
    draft = walk_in.draft
    assert draft is not None
    if has_no_time(draft, now=now):
        raise BookingNotOffered
    lock_scanners({scanner_id})
    expire_holds_on({scanner_id}, now=now)
    place = _place_now(scanner_id, wish_of(draft), reason, now=now)
    Draft.objects.filter(pk=draft.pk).update(location=walk_in.location_id, starts_at=place.opening.starts_at)
    draft = lock_draft(draft.pk)
    overbooked, why = _overbooked(place, reason)
    insert_hold(draft, place.opening, overbooked=overbooked, overbook_reason=why, now=now, by=by)
    in_private = asks_in_private(draft, now=now)
    visit = confirm_booking(
        draft_id=draft.pk, digest=digest_of(draft), override_reason=reason, now=now, by=by
    ).visit
    if in_private:
        tasks.open_task(
            kind=Task.Kind.REVIEW,
            location=visit.location,
            appointment=visit,
            reason=REASON_IN_PRIVATE,
            now=now,
            by=by,
        )
    return visit


def _book_again(walk_in: WalkIn, scanner_id: int, reason: str, *, now: datetime, by: Actor) -> Appointment:
    """After they were put back: the visit, its identifiers and its answers are there."""
    assert walk_in.visit is not None
    lock_scanners({scanner_id, walk_in.visit.scanner_id})
    visit = lock_visit(walk_in.visit.pk)
    if visit.status != Appointment.Status.CANCELED:
        raise IllegalMove
    expire_holds_on({scanner_id}, now=now)
    place = _place_now(scanner_id, wish_of_visit(visit), reason, ignore={visit.pk}, now=now)
    canceled_at = visit.canceled_at
    visit.status, visit.arrived_at = Appointment.Status.BOOKED, None
    visit.canceled_at, visit.canceled_by, visit.cancel_reason, visit.cancel_asked_by = None, "", "", ""
    put_on(place.opening, visit)
    visit.overbooked, visit.overbook_reason = _overbooked(place, reason)
    patients.lift_overlap(visit=visit, override_reason=reason, by=by)
    save_on_calendar(visit)
    audit.record(
        event=Event.BOOKED,
        subject=visit,
        location_id=walk_in.location_id,
        after={
            "starts_at": visit.starts_at.isoformat(),
            "scanner": visit.scanner_id,
            "source": visit.source,
        },
        now=now,
        by=by,
    )
    tasks.reopen_tasks_of(
        appointment=visit,
        outcome=OUTCOME_CANCELED,
        closed_at=canceled_at,
        urgent=screening.URGENT,
        now=now,
        by=by,
    )
    return visit


def _place_now(
    scanner_id: int, wish: Wish, reason: str, *, ignore: Collection[int] = (), now: datetime
) -> Place:
    """In the minute it is. What a scan that is over had planned beyond its end is no clash."""
    scanner = Scanner.objects.select_related("location").get(pk=scanner_id)
    starts_at = now.replace(second=0, microsecond=0)
    place = place_on(scanner=scanner, wish=wish, starts_at=starts_at, ignore=ignore, now=now)
    if place is None:
        raise NotAnOpening
    clashes = [clash for clash in place.clashes if not clash.is_over]
    if clashes and not reason:
        raise Clashes(clashes)
    return place


def _overbooked(place: Place, reason: str) -> tuple[bool, str]:
    over = any(clash.takes_the_scanner for clash in place.clashes)
    return over, (reason or REASON_DONE_BEFORE) if place.clashes else ""


def _lock(walk_in_id: int) -> WalkIn:
    unlocked = WalkIn.objects.get(pk=walk_in_id)
    if unlocked.draft_id is not None:
        lock_draft(unlocked.draft_id)
    locked = WalkIn.objects.select_for_update(no_key=True, of=("self",)).get(pk=walk_in_id)
    found = WalkIn.objects.select_related("draft__exam", "draft__location", "location", "visit__scanner")
    return found.prefetch_related("draft__sheets").get(pk=locked.pk)


def _check(walk_in: WalkIn, version: int, states: Collection[str]) -> None:
    if walk_in.version != version:
        raise EditConflict
    if walk_in.status not in states:
        raise IllegalMove


def _step(
    walk_in: WalkIn,
    status: Status,
    event: Event,
    *,
    called_at: datetime | None = None,
    ended_at: datetime | None = None,
    now: datetime,
    by: Actor,
) -> WalkIn:
    before, walk_in.status = walk_in.status, status
    walk_in.called_at = called_at or (walk_in.called_at if status != Status.WAITING else None)
    walk_in.ended_at = ended_at
    walk_in.version += 1
    walk_in.save()
    _record(walk_in, event, before, now=now, by=by)
    return walk_in


def _record(walk_in: WalkIn, event: Event, before: str, *, now: datetime, by: Actor) -> None:
    audit.record(
        event=event,
        subject=walk_in,
        location_id=walk_in.location_id,
        before={"status": before} if before else {},
        after={"status": walk_in.status, **({"why": walk_in.left_because} if walk_in.left_because else {})},
        now=now,
        by=by,
    )
