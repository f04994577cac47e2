"""Calls about a task: those that were made, and when the next one makes sense."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from locations.models import User
from scheduling.models import AuditEvent, GoodHours, Task
from scheduling.queries.hours import due_in_staffed_hours, staffed_at
from scheduling.rules.tries import AGAIN_AFTER, as_said


@dataclass(frozen=True, slots=True)
class TriedCall:
    at: datetime
    who: str  # a member of staff's name
    result: str  # a value of Task.Try; empty for a try of before they were written down


def tried_calls(tasks: Iterable[Task]) -> dict[str, list[TriedCall]]:
    """By the task's key, the latest first."""
    keys = [str(task.pk) for task in tasks if task.tries]
    events = AuditEvent.objects.filter(
        event=AuditEvent.Event.TASK_TRIED, object_kind="task", object_id__in=keys
    ).order_by("-pk")
    staff = {event.actor_name for event in events if event.actor_kind == "staff"}
    names = {str(user.pk): str(user) for user in User.objects.filter(pk__in=staff)}
    found: dict[str, list[TriedCall]] = defaultdict(list)
    for event in events:
        call = TriedCall(event.at, names.get(event.actor_name, ""), event.after.get("result", ""))
        found[event.object_id].append(call)
    return found


def proposed_tries(tasks: Iterable[Task], *, now: datetime) -> dict[int, datetime]:
    """By the task's key: two staffed hours on, in the hours that suit, before the patient comes anyway."""
    asked = list(tasks)
    staffed = staffed_at({task.location for task in asked}, now=now)
    return {
        task.pk: as_said(
            due_in_staffed_hours(
                task.location,
                now=now,
                within=AGAIN_AFTER,
                before=task.appointment.arrive_at if task.appointment else None,
                part=good_hours(task).part,
                staffed=staffed[task.location_id],
            ),
            now=now,
        )
        for task in asked
    }


def good_hours(task: Task) -> GoodHours:
    """As said for this call, else as the patient's record says."""
    patient = task.appointment.patient if task.appointment else None
    said = task.good_hours if task.good_hours != GoodHours.ANY or not patient else patient.good_hours
    return GoodHours(said)
