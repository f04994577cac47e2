"""Undoing what one source made in a burst: nobody is written to or called about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from scheduling.actions import tasks, waitlist
from scheduling.actions.canceling import cancel_quietly
from scheduling.exceptions import IllegalMove, NotWaiting
from scheduling.models import Origin, Task, WaitlistEntry
from scheduling.rules.actors import Actor

BATCH = 100  # of one request: a second or two


@dataclass(frozen=True, slots=True)
class Undone:
    done: list[Origin]
    left: int  # someone has arrived, or was done with it before


def undo(*, origin_ids: Iterable[int], reason: str, now: datetime, by: Actor) -> Undone:
    """Visits are canceled, calls are off the list of tasks, places on the waitlist end.

    Each in a transaction of its own: one that can't be undone holds up no other, and what is done stays
    done if we are interrupted.
    """
    wanted = list(origin_ids)
    origins = Origin.objects.in_bulk(wanted)
    done = []
    for origin in (origins[key] for key in wanted if key in origins):
        try:
            _undo(origin, reason, now=now, by=by)
        except (IllegalMove, NotWaiting):
            continue
        done.append(origin)
    return Undone(done, left=len(wanted) - len(done))


def _undo(origin: Origin, reason: str, *, now: datetime, by: Actor) -> None:
    if origin.appointment_id:
        cancel_quietly(visit_id=origin.appointment_id, reason=reason, now=now, by=by)
    elif origin.task_id:
        tasks.close_task(task_id=origin.task_id, outcome=reason, now=now, by=by)
    elif origin.waitlist_entry_id:
        _end_waiting(origin.waitlist_entry_id, reason, now=now, by=by)


@transaction.atomic
def _end_waiting(entry_id: int, reason: str, *, now: datetime, by: Actor) -> None:
    """With the call about a mail that a made-up mailbox has sent back."""
    program = WaitlistEntry.RemovedBecause.PROGRAM
    entry = waitlist.remove(entry_id=entry_id, because=program, now=now, by=by)
    if entry.draft:
        about_mail = Task.Kind.NOT_DELIVERED
        tasks.close_tasks_of_draft(draft=entry.draft, kind=about_mail, outcome=reason, now=now, by=by)
