"""The last thing that staff did to a visit's time is undone, while nobody has been told of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from scheduling.actions import audit, messages, order_visits, safety_sheets, screening, tasks, waitlist_upkeep
from scheduling.actions.canceling import OUTCOME_CANCELED
from scheduling.actions.holds import expire_holds_on, lock_scanners
from scheduling.actions.moving import follow_place
from scheduling.actions.placing import lock_visits, park, place_and_time, put_back, save_on_calendar
from scheduling.actions.walk_ins import take_back_in
from scheduling.exceptions import EditConflict, NothingToUndo
from scheduling.models import Appointment, AuditEvent
from scheduling.queries.history import last_undoable, moved_together
from scheduling.rules.actors import Actor

# Stored in English, translated where staff read it.
OUTCOME_UNDONE = gettext_noop("What it was about was undone")


@transaction.atomic
def undo_change(*, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """Within UNDO_WITHIN of the change: the visit is where it was, its messages and tasks are as they were.

    Raises NothingToUndo, EditConflict, SlotTaken (somebody has the old time by now), OrderGone, PatientBusy.
    """
    unlocked = Appointment.objects.get(pk=visit_id)
    change = last_undoable(unlocked, now=now)
    if change is None:
        raise NothingToUndo
    if change.event == AuditEvent.Event.BOOKED:  # a walk-in was taken in: its locks begin with the queue
        return take_back_in(visit_id=visit_id, version=version, now=now, by=by)
    changes = {visit_id: change, **_others(change, now)}
    here = Appointment.objects.filter(pk__in=changes).values_list("scanner_id", flat=True)
    scanner_ids = {*here, *(one.before["scanner"] for one in changes.values() if "scanner" in one.before)}
    lock_scanners(scanner_ids)
    visits = lock_visits(changes)
    if visits[visit_id].version != version or changes != _last(visits.values(), now):
        raise EditConflict
    expire_holds_on(scanner_ids, now=now)
    if len(visits) > 1:
        park(visits[visit_id])
    # The parked one last; before it those that go back the furthest, into time that is free again.
    for pk in sorted(visits, key=lambda pk: (pk == visit_id, changes[pk].before.get("starts_at", ""), pk)):
        visits[pk] = _undo(visits[pk], changes[pk], now=now, by=by)
    return visits[visit_id]


def _others(change: AuditEvent, now: datetime) -> dict[int, AuditEvent]:
    """Of those that one step moved none goes back alone. Raises NothingToUndo."""
    found = {}
    for pk in moved_together(change):
        half = last_undoable(Appointment.objects.get(pk=pk), now=now)
        if half is None or int(change.object_id) not in moved_together(half):
            raise NothingToUndo
        found[pk] = half
    return found


def _last(visits: Iterable[Appointment], now: datetime) -> dict[int, AuditEvent | None]:
    return {visit.pk: last_undoable(visit, now=now) for visit in visits}


def _undo(visit: Appointment, change: AuditEvent, *, now: datetime, by: Actor) -> Appointment:
    undone = visit.ical_sequence
    tasks.close_tasks_opened_at(appointment=visit, at=change.at, outcome=OUTCOME_UNDONE, now=now, by=by)
    back = _book_again if change.event == AuditEvent.Event.CANCELED else _move_back
    visit = back(visit, change, now=now, by=by)
    for outcome in (tasks.OUTCOME_NEWER, tasks.OUTCOME_MOVED):
        _reopen(visit, outcome, change.at, now=now, by=by)
    if change.event == AuditEvent.Event.EXAM_CORRECTED:
        _exam_back(visit, change, now=now, by=by)
    messages.follow_undo(appointment=visit, undone=undone, now=now, by=by)
    return visit


def _move_back(visit: Appointment, change: AuditEvent, *, now: datetime, by: Actor) -> Appointment:
    before, moved_from = place_and_time(visit), visit.scanner.location_id
    put_back(change.before, visit)
    save_on_calendar(visit)
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    _record(visit, before, place_and_time(visit), now=now, by=by)
    follow_place(visit, moved_from, now=now, by=by)
    return visit


def _exam_back(visit: Appointment, change: AuditEvent, *, now: datetime, by: Actor) -> None:
    """The form that its exam is asked, and the work that the correction had settled."""
    order_visits.follow_exam(visit=visit, now=now, by=by)
    safety_sheets.follow_exam(appointment=visit, now=now, by=by)
    _reopen(visit, tasks.OUTCOME_CORRECTED, change.at, now=now, by=by)


def _reopen(visit: Appointment, outcome: str, at: datetime | None, *, now: datetime, by: Actor) -> None:
    tasks.reopen_tasks_of(
        appointment=visit, outcome=outcome, closed_at=at, urgent=screening.URGENT, now=now, by=by
    )


def _book_again(visit: Appointment, change: AuditEvent, *, now: datetime, by: Actor) -> Appointment:
    """At its very time: an overbooked visit is overbooked again."""
    canceled_at = visit.canceled_at
    visit.status = Appointment.Status(change.before["status"])
    visit.canceled_at, visit.canceled_by, visit.cancel_reason, visit.cancel_asked_by = None, "", "", ""
    visit.ical_sequence += 1
    visit.version += 1
    save_on_calendar(visit)
    order_visits.follow_visit(visit=visit, now=now, by=by)
    _record(visit, {"status": "canceled"}, {"status": visit.status}, now=now, by=by)
    _reopen(visit, OUTCOME_CANCELED, canceled_at, now=now, by=by)
    waitlist_upkeep.follow_take_back(appointment=visit, canceled_at=canceled_at, now=now, by=by)
    return visit


def _record(
    visit: Appointment, before: dict[str, object], after: dict[str, object], *, now: datetime, by: Actor
) -> None:
    audit.record(
        event=AuditEvent.Event.CHANGE_UNDONE,
        subject=visit,
        location_id=visit.scanner.location_id,
        before=before,
        after=after,
        now=now,
        by=by,
    )
