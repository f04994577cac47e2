"""The desk's queues: work of one sort on one page, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Q

from locations.models import User
from scheduling.models import Task
from scheduling.queries.worklist import tasks_for


class Queue(StrEnum):
    """The value stands in the address of its page."""

    FLAGS = "flags"
    CALLBACKS = "callbacks"
    UNREACHED = "unreached"
    DETAILS = "details"
    ORDERS = "orders"
    LABS = "labs"
    AUTHORIZATIONS = "authorizations"
    ESTIMATES = "estimates"


KINDS: dict[Queue, tuple[Task.Kind, ...]] = {
    Queue.FLAGS: (Task.Kind.REVIEW, Task.Kind.ROOM),
    Queue.CALLBACKS: (Task.Kind.CALLBACK,),
    Queue.UNREACHED: (Task.Kind.NOT_DELIVERED, Task.Kind.INVITATION),
    Queue.DETAILS: (Task.Kind.MISSING_DETAILS,),
    Queue.ORDERS: (Task.Kind.MISSING_ORDER, Task.Kind.MATCH_ORDER),
    Queue.LABS: (Task.Kind.LABS,),
    Queue.AUTHORIZATIONS: (Task.Kind.AUTHORIZATION,),
    Queue.ESTIMATES: (Task.Kind.ESTIMATE,),
}


@dataclass(frozen=True, slots=True)
class Depth:
    queue: Queue
    count: int
    late: int


def depths_of(user: User, *, now: datetime) -> list[Depth]:
    """Of every queue, in their order, at the user's locations: one query."""
    late = Count("pk", filter=Q(due_at__lt=now))
    by_kind = tasks_for(user).order_by().values_list("kind").annotate(count=Count("pk"), late=late)
    counted = {kind: (count, late) for kind, count, late in by_kind}
    found = []
    for queue, kinds in KINDS.items():
        numbers = [counted.get(kind, (0, 0)) for kind in kinds]
        found.append(Depth(queue, sum(count for count, _ in numbers), sum(late for _, late in numbers)))
    return found
