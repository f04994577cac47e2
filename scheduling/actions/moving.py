"""A booked visit moves to another time, scanner or center, and what hangs on it follows."""

from datetime import datetime, timedelta

from django.db import transaction

from locations.models import Location
from scheduling.actions import (
    audit,
    authorizations,
    estimates,
    labs,
    messages,
    orders,
    patients,
    releases,
    screening,
    tasks,
    waitlist_upkeep,
)
from scheduling.actions.holds import expire_holds_on, lock_scanners
from scheduling.actions.limits import count_attempt
from scheduling.actions.placing import lock_visit, place_and_time, put_on, save_on_calendar
from scheduling.exceptions import (
    EditConflict,
    IllegalMove,
    NotAnOpening,
    NotBefore,
    SlotTaken,
    TooLate,
    TooYoung,
)
from scheduling.models import Appointment, AuditEvent, Task
from scheduling.queries.openings import is_bookable_time, openings_at
from scheduling.queries.screening import is_too_early
from scheduling.queries.visits import is_too_young_for, notice_of, openings_on_others
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.actors import Actor
from scheduling.rules.telling import Telling

MOVES_AN_HOUR = 20  # by a patient; each sends a mail


@transaction.atomic
def move_visit(
    *,
    visit_id: int,
    location_id: int,
    starts_at: datetime,
    version: int,
    override_reason: str = "",
    now: datetime,
    by: Actor,
) -> Appointment:
    """To another time, scanner or location: the same row, so that ten minutes later does not
    collide with itself and every identifier survives. `version` is the row's as it was shown. With
    `override_reason` the desk lets it overlap another visit of the same patient.

    Moving to where it already is answers with it: a second press is no second move. Raises EditConflict,
    IllegalMove, NotAnOpening, SlotTaken, PatientBusy; for patients also TooLate, TooYoung, NotBefore,
    TooManyTries.
    """
    unlocked = Appointment.objects.get(pk=visit_id)
    wish = wish_of_visit(unlocked)
    candidates = openings_at(
        wish=wish, location_id=location_id, starts_at=starts_at, now=now, ignore={visit_id}
    )
    scanner_ids = {opening.scanner_id for opening in candidates} | {unlocked.scanner_id}
    lock_scanners(scanner_ids)
    visit = lock_visit(visit_id)
    if _is_at(visit, location_id, starts_at):
        return visit
    if visit.version != version or visit.scanner_id not in scanner_ids:
        raise EditConflict
    _check_movable(visit, location_id, starts_at, now, by)
    expire_holds_on(scanner_ids, now=now)
    openings = openings_at(
        wish=wish, location_id=location_id, starts_at=starts_at, now=now, ignore={visit_id}
    )
    opening = next((opening for opening in openings if opening.scanner_id in scanner_ids), None)
    if opening is None:
        was_open = is_bookable_time(wish=wish, location_id=location_id, starts_at=starts_at, now=now)
        raise SlotTaken if was_open else NotAnOpening
    before, moved_from = place_and_time(visit), visit.scanner.location_id
    put_on(opening, visit)
    lifted = patients.lift_overlap(visit=visit, override_reason=override_reason, by=by)
    save_on_calendar(visit)
    audit.record(
        event=AuditEvent.Event.MOVED,
        subject=visit,
        location_id=location_id,
        before=before,
        after={**place_and_time(visit), **({"lifted": lifted} if lifted else {})},
        now=now,
        by=by,
    )
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    follow_move(visit, moved_from, now=now, by=by)
    return visit


@transaction.atomic
def change_scanner(*, visit_id: int, scanner_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """Another scanner of the same location at the same time, by staff. Nothing changes for the patient, so
    nobody is written to; a release that is not for this scanner is over.

    Changing to where it already is answers with it. Raises EditConflict, IllegalMove, SlotTaken.
    """
    before = Appointment.objects.get(pk=visit_id)
    lock_scanners({scanner_id, before.scanner_id})
    visit = lock_visit(visit_id)
    if visit.scanner_id == scanner_id:
        return visit
    if visit.version != version or visit.scanner_id != before.scanner_id:
        raise EditConflict
    if visit.status != Appointment.Status.BOOKED:
        raise IllegalMove
    expire_holds_on({scanner_id}, now=now)
    free = {opening.scanner_id: opening for opening in openings_on_others(visit, now=now)}
    if scanner_id not in free:
        raise SlotTaken
    was, opening = place_and_time(visit), free[scanner_id]
    visit.scanner_id = scanner_id
    visit.ends_at, visit.occupied_until = opening.ends_at, opening.occupied_until
    visit.version += 1
    save_on_calendar(visit)
    audit.record(
        event=AuditEvent.Event.SCANNER_CHANGED,
        subject=visit,
        location_id=before.scanner.location_id,
        before=was,
        after=place_and_time(visit),
        now=now,
        by=by,
    )
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    _settle_move(visit, now=now, by=by)
    releases.follow_move(appointment=visit, now=now, by=by)
    return visit


def follow_move(
    visit: Appointment,
    moved_from: int,
    *,
    tell: Telling = Telling.MESSAGE,
    now: datetime,
    by: Actor,
) -> None:
    """What hangs on a visit, once its row has the new place. `moved_from` is the location before."""
    follow_place(visit, moved_from, now=now, by=by)
    messages.follow_move(appointment=visit, tell=tell, now=now, by=by)


def follow_place(visit: Appointment, moved_from: int, *, now: datetime, by: Actor) -> None:
    """All but what the patient is told. The move is written down where the visit is now; the location that it
    left hears of it, too."""
    if moved_from != visit.scanner.location_id:
        event = AuditEvent.Event.MOVED_AWAY
        audit.record(event=event, subject=visit, location_id=moved_from, now=now, by=by)
    _settle_move(visit, now=now, by=by)
    tasks.follow_move(
        appointment=visit,
        moved_from=moved_from,
        due=_due_by_the_new_time(visit, now),
        urgent=screening.URGENT,
        now=now,
        by=by,
    )
    releases.follow_move(appointment=visit, now=now, by=by)
    labs.follow_move(appointment=visit, now=now, by=by)
    estimates.follow_move(appointment=visit, moved_from=moved_from, now=now, by=by)
    authorizations.decide_again(appointment=visit, now=now, by=by)
    screening.judge_again(appointment=visit, now=now, by=Actor.process("move"))
    waitlist_upkeep.follow_move(appointment=visit, now=now, by=by)


def _settle_move(visit: Appointment, *, now: datetime, by: Actor) -> None:
    kind, outcome = Task.Kind.TO_MOVE, tasks.OUTCOME_MOVED
    tasks.close_tasks_of(appointment=visit, kind=kind, outcome=outcome, now=now, by=by)


def _due_by_the_new_time(visit: Appointment, now: datetime) -> dict[Task.Kind, datetime]:
    due = {
        Task.Kind.MISSING_ORDER: orders.chase_at(visit, now),
        Task.Kind.ESTIMATE: estimates.due_after_move(visit, now),
        Task.Kind.AUTHORIZATION: authorizations.due_after_move(visit, now),
    }
    return {kind: due_at for kind, due_at in due.items() if due_at is not None}


def _is_at(visit: Appointment, location_id: int, starts_at: datetime) -> bool:
    is_there = visit.starts_at == starts_at and visit.scanner.location_id == location_id
    return is_there and visit.status == Appointment.Status.BOOKED


def _check_movable(
    visit: Appointment, location_id: int, starts_at: datetime, now: datetime, by: Actor
) -> None:
    if visit.status != Appointment.Status.BOOKED:
        raise IllegalMove
    if by.kind != "patient":
        return  # the desk has spoken with the patient
    if now >= visit.starts_at - notice_of(visit):
        raise TooLate
    place = Location.objects.get(pk=location_id)
    if is_too_young_for(visit, place, starts_at):
        raise TooYoung
    if is_too_early(visit, place, starts_at, now=now):
        raise NotBefore
    count_attempt(
        kind="visit.move", source=str(visit.pk), limit=MOVES_AN_HOUR, window=timedelta(hours=1), now=now
    )
