"""Calls that were made about a task, and when the next one is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from scheduling.actions import audit
from scheduling.actions.tasks import close, locked_open
from scheduling.exceptions import EditConflict, NoTimeToTry
from scheduling.models import AuditEvent, Task
from scheduling.queries.tries import proposed_tries
from scheduling.rules.actors import Actor
from scheduling.rules.tries import Fault, fault_of

# Stored in English, translated where staff read it.
OUTCOME_REACHED = gettext_noop("Reached, done")
NOT_THEN = {
    Fault.OVER: _("That time is over. Choose a later one"),
    Fault.AFTER_VISIT: _("The patient comes before that. Choose a time before the visit"),
    Fault.TOO_FAR: _("Choose a day within the next 60 days"),
}


@transaction.atomic
def count_try(
    *,
    task_id: int,
    tries_seen: int,
    result: Task.Try = Task.Try.NO_ANSWER,
    next_try_at: datetime | None = None,
    outcome: str = "",
    now: datetime,
    by: Actor,
) -> Task:
    """Called. Who is to be called again is so at `next_try_at`, or when it makes sense; a wrong number leaves
    the task to be done now; "reached, done" closes it with the outcome.

    Raises IllegalMove when the task is done, EditConflict when another try was counted since the page was
    shown (a refreshed form does not count twice), and NoTimeToTry.
    """
    task = locked_open(task_id)
    if task.tries != tries_seen:
        raise EditConflict
    task.next_try_at = _next_try(task, next_try_at, now) if result in Task.TRIED_AGAIN else None
    task.tries += 1
    task.save(update_fields=["tries", "next_try_at"])
    audit.record(
        event=AuditEvent.Event.TASK_TRIED,
        subject=task,
        location_id=task.location_id,
        after={
            "tries": task.tries,
            "result": result,
            **({"next_try_at": task.next_try_at.isoformat()} if task.next_try_at else {}),
        },
        now=now,
        by=by,
    )
    if result == Task.Try.DONE:
        close(task, outcome=outcome or OUTCOME_REACHED, now=now, by=by)
    return task


def _next_try(task: Task, asked: datetime | None, now: datetime) -> datetime:
    if asked is None:
        return proposed_tries([task], now=now)[task.pk]
    before = task.appointment.arrive_at if task.appointment else None
    if fault := fault_of(asked, now=now, before=before):
        raise NoTimeToTry(NOT_THEN[fault])
    return asked
