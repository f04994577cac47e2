"""What a trained person does with a review: looks at it, alone, and releases the visit with a note."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from locations.models import Scanner, User
from scheduling.actions import audit, tasks
from scheduling.exceptions import ForRadiologist, IllegalMove, LookedAt, TooLate
from scheduling.models import Appointment, AuditEvent, Release, ReviewNote, Task
from scheduling.queries.reviews import may_release
from scheduling.rules.actors import Actor
from scheduling.rules.releases import is_looked_at

RELEASED = "Released"  # the outcome of the task; what was found out is in the release
MAY_BE_RELEASED = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


@transaction.atomic
def look_at(*, task_id: int, user: User, take_over: bool = False, now: datetime, by: Actor) -> Task:
    """Others see who is looking, for 15 minutes. Raises IllegalMove for a review that is done, and LookedAt
    while somebody else is, unless it is taken over."""
    task = _lock(task_id)
    if not take_over:
        _refuse_others(task, user, now)
    is_new = task.owner_id != user.pk
    task.owner, task.owned_at = user, now
    task.save(update_fields=["owner", "owned_at"])
    if is_new:
        audit.record(
            event=AuditEvent.Event.TASK_TAKEN,
            subject=task,
            location_id=task.location_id,
            after={"kind": task.kind},
            now=now,
            by=by,
        )
    return task


@transaction.atomic
def release(
    *,
    task_id: int,
    user: User,
    note: str,
    scanner_ids: Collection[int],
    conditions: str,
    expires_on: date,
    now: datetime,
    by: Actor,
) -> Release:
    """Closes the review. A later move off these scanners, or past that day, opens another.

    Raises IllegalMove for a review that is done, LookedAt while somebody else is looking at it,
    ForRadiologist where the user may not decide it, and TooLate for a visit that is neither ahead nor here.
    """
    visit_id = Task.objects.values_list("appointment_id", flat=True).get(pk=task_id)
    visit = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    task = _lock(task_id)
    _refuse_others(task, user, now)
    if not may_release(user, task):
        raise ForRadiologist
    if visit.status not in MAY_BE_RELEASED:
        raise TooLate
    made = Release.objects.create(
        task=task,
        appointment=visit,
        conditions=conditions,
        note=note,
        expires_on=expires_on,
        released_by=user,
        released_at=now,
    )
    made.scanners.set(Scanner.objects.filter(pk__in=scanner_ids))
    audit.record(
        event=AuditEvent.Event.RELEASED,
        subject=made,
        location_id=task.location_id,
        after={"scanners": sorted(scanner_ids), "expires_on": expires_on.isoformat()},
        now=now,
        by=by,
    )
    tasks.close_task(task_id=task.pk, outcome=RELEASED, now=now, by=by)
    return made


@transaction.atomic
def note(
    *, task_id: int, text: str, passes_on: bool = False, user: User, now: datetime, by: Actor
) -> ReviewNote:
    """What was found out, also while somebody else is looking; with `passes_on` a radiologist decides.

    Raises IllegalMove for a review that is done.
    """
    task = _lock(task_id)
    made = ReviewNote.objects.create(task=task, text=text, written_by=user, written_at=now)
    audit.record(
        event=AuditEvent.Event.REVIEW_NOTED, subject=task, location_id=task.location_id, now=now, by=by
    )
    if passes_on:
        tasks.pass_on(task=task, now=now, by=by)
    return made


def _lock(task_id: int) -> Task:
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    if task.closed_at or task.kind != Task.Kind.REVIEW:
        raise IllegalMove
    return task


def _refuse_others(task: Task, user: User, now: datetime) -> None:
    if task.owner and task.owner_id != user.pk and is_looked_at(task.owned_at, now=now):
        raise LookedAt(str(task.owner))
