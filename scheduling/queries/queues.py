"""The desk's queues: work of one sort on one page, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from locations.models import User
from scheduling.models import Screening, Task
from scheduling.models.tasks import TaskQuerySet
from scheduling.queries.worklist import RESTING_LAST, tasks_for
from scheduling.rules.screening import Disposition


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
    TO_MOVE = "to-move"


KINDS: dict[Queue, tuple[Task.Kind, ...]] = {
    Queue.FLAGS: (Task.Kind.REVIEW, Task.Kind.ROOM),
    Queue.CALLBACKS: (Task.Kind.CALLBACK,),
    Queue.UNREACHED: (Task.Kind.NOT_DELIVERED, Task.Kind.INVITATION),
    Queue.DETAILS: (Task.Kind.MISSING_DETAILS,),
    Queue.ORDERS: (Task.Kind.MISSING_ORDER, Task.Kind.MATCH_ORDER),
    Queue.LABS: (Task.Kind.LABS,),
    Queue.AUTHORIZATIONS: (Task.Kind.AUTHORIZATION,),
    Queue.ESTIMATES: (Task.Kind.ESTIMATE,),
    Queue.TO_MOVE: (Task.Kind.TO_MOVE,),
}


def tasks_in(queue: Queue, tasks: TaskQuerySet) -> TaskQuerySet:
    """Of those of worklist.tasks_for. What was flagged is decided before the visit: the next scan comes
    first, and then the most serious."""
    found = tasks.filter(kind__in=KINDS[queue])
    if queue is not Queue.FLAGS:
        return found
    scan = Coalesce("appointment__starts_at", "draft__starts_at", "due_at")
    return found.order_by(RESTING_LAST, scan, _worst().desc(nulls_last=True), "due_at", "pk")


def _worst() -> Subquery:
    """How serious the answers are that count."""
    of_visit = Q(appointment=OuterRef("appointment")) | Q(draft=OuterRef("draft"), appointment=None)
    rank = Case(*(When(disposition=each, then=Value(each.seriousness)) for each in Disposition))
    current = Screening.objects.filter(of_visit, superseded_by=None).annotate(rank=rank)
    return Subquery(current.order_by("-rank").values("rank")[:1])


@dataclass(frozen=True, slots=True)
class Depth:
    queue: Queue
    count: int
    late: int


def depths_of(user: User, *, now: datetime) -> list[Depth]:
    """Of every queue, in their order, at the user's locations: one query. What rests until the next try is
    not counted."""
    late = Count("pk", filter=Q(due_at__lt=now))
    by_kind = (
        tasks_for(user, now=now)
        .to_do(now)
        .order_by()
        .values_list("kind")
        .annotate(count=Count("pk"), late=late)
    )
    counted = {kind: (count, late) for kind, count, late in by_kind}
    found = []
    for queue, kinds in KINDS.items():
        numbers = [counted.get(kind, (0, 0)) for kind in kinds]
        found.append(Depth(queue, sum(count for count, _ in numbers), sum(late for _, late in numbers)))
    return found
