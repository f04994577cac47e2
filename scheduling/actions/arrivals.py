"""The day itself: a patient arrives, is scanned, leaves or does not come; and each step taken back.

Every step names the version of the row that was on the screen, so that two desks never take one twice.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from scheduling.actions import audit, messages, order_visits, screening, tasks, waitlist_upkeep
from scheduling.actions.holds import broken_constraint, expire_holds_on
from scheduling.actions.placing import lock_visit_with_scanner, save_on_calendar
from scheduling.exceptions import EditConflict, IllegalMove, NotReviewed, NotScreenedTwice, NotToday, TooEarly
from scheduling.models import Appointment, AuditEvent, Task
from scheduling.queries.history import last_time_of
from scheduling.queries.visits import is_of_a_later_day, missed_from
from scheduling.rules.actors import Actor

Status = Appointment.Status
# Stored in English, translated where staff read it.
REASON_MISSED = gettext_noop("Did not come: call and offer another time")
OUTCOME_MISSED = gettext_noop("The patient did not come")
OUTCOME_CAME = gettext_noop("The patient came after all")
_LEAST = timedelta(minutes=1)  # a row keeps its scanner busy for some time, however short
_REFUSED_BY = {
    "appointment_in_exam_is_reviewed": NotReviewed,
    "appointment_in_exam_is_screened_twice": NotScreenedTwice,
}


@transaction.atomic
def mark_arrived(*, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """The patient stands at the desk. Raises NotToday, EditConflict, IllegalMove; doing it again changes
    nothing."""
    visit = _lock(visit_id, version, Status.ARRIVED)
    if visit.status == Status.ARRIVED:
        return visit
    _check_day(visit, now)
    visit.arrived_at = now
    return _step(visit, Status.ARRIVED, AuditEvent.Event.ARRIVED, now=now, by=by)


@transaction.atomic
def start_exam(*, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """The scan begins now. Raises NotToday, NotReviewed, NotScreenedTwice, EditConflict, IllegalMove.

    What may not begin the database refuses, whoever asks (docs/constraints.md).
    """
    visit = _lock(visit_id, version, Status.IN_EXAM)
    if visit.status == Status.IN_EXAM:
        return visit
    _check_day(visit, now)
    visit.exam_started_at = now
    return _step(visit, Status.IN_EXAM, AuditEvent.Event.EXAM_STARTED, now=now, by=by)


@transaction.atomic
def end_exam(*, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """The scan is over now. Raises NotToday, EditConflict, IllegalMove."""
    visit = _lock(visit_id, version, Status.DONE)
    if visit.status == Status.DONE:
        return visit
    _check_day(visit, now)
    visit.exam_ended_at = max(now, visit.exam_started_at or now)
    return _step(visit, Status.DONE, AuditEvent.Event.EXAM_ENDED, now=now, by=by)


@transaction.atomic
def mark_missed(*, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """A no-show, from the start of the scan and the location's grace on: what is left of its time is free,
    and the desk calls to offer another. Raises TooEarly, EditConflict, IllegalMove."""
    visit = _lock(visit_id, version, Status.NO_SHOW)
    if visit.status == Status.NO_SHOW:
        return visit
    if now < missed_from(visit):
        raise TooEarly
    freed = max(now, visit.starts_at + _LEAST)
    visit.occupied_until = min(visit.occupied_until, freed)
    visit = _step(visit, Status.NO_SHOW, AuditEvent.Event.NO_SHOW, now=now, by=by)
    tasks.close_tasks_of(appointment=visit, outcome=OUTCOME_MISSED, now=now, by=by)
    messages.withdraw_unsent(appointment=visit)
    waitlist_upkeep.follow_cancel(appointment=visit, now=now, by=by)
    tasks.open_task(
        kind=Task.Kind.CALLBACK,
        location=visit.location,
        appointment=visit,
        reason=REASON_MISSED,
        now=now,
        by=by,
    )
    return visit


@transaction.atomic
def take_step_back(*, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """One step back, as it was pressed by mistake: what the step wrote is gone. After a no-show the time may
    be somebody else's by now, and so may its order. Raises SlotTaken, OrderGone, EditConflict, IllegalMove,
    NotReviewed."""
    visit = lock_visit_with_scanner(visit_id)
    if visit.version != version:
        raise EditConflict
    match visit.status:
        case Status.ARRIVED:
            visit.arrived_at, back = None, Status.BOOKED
        case Status.IN_EXAM:
            visit.exam_started_at, back = None, Status.ARRIVED
        case Status.DONE:
            visit.exam_ended_at, back = None, Status.IN_EXAM
        case Status.NO_SHOW:
            return _came_after_all(visit, now=now, by=by)
        case _:
            raise IllegalMove
    return _step(visit, back, AuditEvent.Event.STEP_UNDONE, now=now, by=by)


def _came_after_all(visit: Appointment, *, now: datetime, by: Actor) -> Appointment:
    expire_holds_on({visit.scanner_id}, now=now)
    visit.occupied_until = visit.ends_at + timedelta(minutes=visit.scanner.turnover_minutes)
    missed_at = last_time_of(visit, AuditEvent.Event.NO_SHOW)
    visit = _step(visit, Status.BOOKED, AuditEvent.Event.STEP_UNDONE, now=now, by=by)
    tasks.close_tasks_of(appointment=visit, kind=Task.Kind.CALLBACK, outcome=OUTCOME_CAME, now=now, by=by)
    tasks.reopen_tasks_of(
        appointment=visit,
        outcome=OUTCOME_MISSED,
        closed_at=missed_at,
        urgent=screening.URGENT,
        now=now,
        by=by,
    )
    return visit


def _lock(visit_id: int, version: int, wanted: Status) -> Appointment:
    """A second press finds the visit where it wanted it, whatever the version."""
    visit = lock_visit_with_scanner(visit_id)
    if visit.status == wanted:
        return visit
    if visit.version != version:
        raise EditConflict
    if not visit.may_become(wanted):
        raise IllegalMove
    return visit


def _check_day(visit: Appointment, now: datetime) -> None:
    """Pressed on the wrong one of two visits, it would bar the patient from moving or canceling that one."""
    if is_of_a_later_day(visit, now=now):
        raise NotToday


def _step(
    visit: Appointment, status: Status, event: AuditEvent.Event, *, now: datetime, by: Actor
) -> Appointment:
    before, visit.status = visit.status, status
    visit.version += 1
    try:
        save_on_calendar(visit)
    except IntegrityError as error:
        refusal = _REFUSED_BY.get(broken_constraint(error) or "")
        if refusal is None:
            raise
        raise refusal from error
    order_visits.follow_visit(visit=visit, now=now, by=by)
    audit.record(
        event=event,
        subject=visit,
        location_id=visit.scanner.location_id,
        before={"status": before},
        after={"status": status},
        now=now,
        by=by,
    )
    return visit
