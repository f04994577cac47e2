"""What came from one connection within hours: which one, nobody can see; only that it is one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from locations.models import Assignment, Location, User
from scheduling.models import Appointment, Message, Origin, Task, WaitlistEntry

UNDOING = (Assignment.Role.FRONT_DESK, Assignment.Role.ADMINISTRATOR)
LEAST = 3  # of one source that are worth a look
MOST_SOURCES = 20
MOST_SHOWN = 100  # of one source; all of them can be undone
_NAME_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of what there is, or was, to undo."""

    visits: int = 0
    calls: int = 0
    places: int = 0  # on the waitlist

    @property
    def total(self) -> int:
        return self.visits + self.calls + self.places

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.visits + other.visits, self.calls + other.calls, self.places + other.places)


@dataclass(frozen=True, slots=True)
class Burst:
    """One source. `origins` are the first MOST_SHOWN that can still be undone, as they came in."""

    key: str
    numbers: Numbers
    first_at: datetime
    last_at: datetime
    origins: list[Origin]

    @property
    def count(self) -> int:
        return self.numbers.total

    @property
    def name(self) -> str:
        """Short enough to say, so that two people at the desk speak of the same one."""
        return self.key[:_NAME_LENGTH].upper()


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing some of it comes to."""

    numbers: Numbers
    locations: list[str]  # of the visits
    open_tasks: int  # about them
    unsent: int
    sent: int


def burst_locations(user: User) -> QuerySet[Location]:
    return user.locations_for(*UNDOING)


def bursts_for(user: User, *, since: datetime, now: datetime) -> list[Burst]:
    """The largest first."""
    recent = _undoable(user, now).filter(came_at__gte=since)
    largest = (
        recent.values("key")
        .annotate(count=Count("pk"), first_at=Min("came_at"), last_at=Max("came_at"), **_COUNTED)
        .filter(count__gte=LEAST)
        .order_by("-count", "key")[:MOST_SOURCES]
    )
    found = list(largest)
    shown: dict[str, list[Origin]] = {row["key"]: [] for row in found}
    for origin in _first_of_each(recent.filter(key__in=shown)):
        shown[origin.key].append(origin)
    return [
        Burst(row["key"], _numbers(row), row["first_at"], row["last_at"], shown[row["key"]]) for row in found
    ]


def all_of_source(user: User, key: str, *, since: datetime, now: datetime) -> list[int]:
    """Every one of them, shown or not."""
    of_source = _undoable(user, now).filter(key=key, came_at__gte=since)
    return list(of_source.order_by("pk").values_list("pk", flat=True))


def undoable_of(user: User, origin_ids: Iterable[int], *, now: datetime) -> list[int]:
    """Those that may be undone, of the user's locations: visits that are booked and ahead, open tasks, and
    people who wait."""
    return list(_undoable(user, now).filter(pk__in=origin_ids).order_by("pk").values_list("pk", flat=True))


def what_undoing_means(origin_ids: list[int]) -> Undoing:
    chosen = Origin.objects.filter(pk__in=origin_ids)
    locations = Location.objects.filter(scanners__appointments__origin__in=origin_ids).distinct()
    messages = Message.objects.filter(
        Q(appointment__origin__in=origin_ids) | Q(waitlist_entry__origin__in=origin_ids)
    )
    return Undoing(
        numbers=_numbers(chosen.aggregate(**_COUNTED)),
        locations=list(locations.values_list("name", flat=True)),
        open_tasks=Task.objects.open().filter(appointment__origin__in=origin_ids).count(),
        unsent=messages.unsent().count(),
        sent=messages.filter(status=Message.Status.SENT).count(),
    )


_COUNTED = {
    "visits": Count("appointment"),
    "calls": Count("task"),
    "places": Count("waitlist_entry"),
}


def numbers_of(origins: Iterable[Origin]) -> Numbers:
    of = Counter(type(origin.came) for origin in origins)
    return Numbers(of[Appointment], of[Task], of[WaitlistEntry])


def _numbers(counted: Mapping[str, Any]) -> Numbers:
    return Numbers(**{name: counted[name] for name in _COUNTED})


def _undoable(user: User, now: datetime) -> QuerySet[Origin]:
    here = burst_locations(user)
    waiting = WaitlistEntry.objects.active().filter(locations__in=here)
    return Origin.objects.filter(
        Q(
            appointment__scanner__location__in=here,
            appointment__status=Appointment.Status.BOOKED,
            appointment__starts_at__gt=now,
        )
        | Q(task__location__in=here, task__closed_at=None)
        | Q(waitlist_entry__in=waiting)
    )


def _first_of_each(origins: QuerySet[Origin]) -> QuerySet[Origin]:
    nth = Window(RowNumber(), partition_by=[F("key")], order_by=[F("came_at"), F("pk")])
    return (
        origins.annotate(nth=nth)
        .filter(nth__lte=MOST_SHOWN)
        .select_related(
            "appointment__scanner__location",
            "appointment__exam",
            "appointment__patient",
            "task__location",
            "task__draft__exam",
            "waitlist_entry__exam",
            "waitlist_entry__draft",
        )
        .prefetch_related("waitlist_entry__locations")
        .order_by("came_at", "pk")
    )
