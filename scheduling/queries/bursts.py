"""Bookings that came from one connection within hours: which one, nobody can see; only that it is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from locations.models import Assignment, Location, User
from scheduling.models import Appointment, BookingSource, Message, Task

UNDOING = (Assignment.Role.FRONT_DESK, Assignment.Role.ADMINISTRATOR)
LEAST = 3  # bookings of one source that are worth a look
MOST_SOURCES = 20
MOST_SHOWN = 100  # of one source; all of them can be canceled
_NAME_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Burst:
    """One source. `bookings` are the first MOST_SHOWN that can still be undone, as they came in."""

    key: str
    count: int
    first_at: datetime
    last_at: datetime
    bookings: list[BookingSource]

    @property
    def name(self) -> str:
        """Short enough to say, so that two people at the desk speak of the same one."""
        return self.key[:_NAME_LENGTH].upper()


@dataclass(frozen=True, slots=True)
class Undoing:
    """What canceling some visits comes to."""

    visits: int
    locations: list[str]
    open_tasks: int
    unsent: int
    sent: int


def burst_locations(user: User) -> QuerySet[Location]:
    return user.locations_for(*UNDOING)


def bursts_for(user: User, *, since: datetime, now: datetime) -> list[Burst]:
    """The largest first."""
    recent = _undoable(user, now).filter(booked_at__gte=since)
    largest = (
        recent.values("key")
        .annotate(count=Count("pk"), first_at=Min("booked_at"), last_at=Max("booked_at"))
        .filter(count__gte=LEAST)
        .order_by("-count", "key")[:MOST_SOURCES]
    )
    found = list(largest)
    shown: dict[str, list[BookingSource]] = {row["key"]: [] for row in found}
    for booking in _first_of_each(recent.filter(key__in=shown)):
        shown[booking.key].append(booking)
    return [Burst(**row, bookings=shown[row["key"]]) for row in found]


def visits_of_source(user: User, key: str, *, since: datetime, now: datetime) -> list[int]:
    """Every one of them, shown or not."""
    of_source = _undoable(user, now).filter(key=key, booked_at__gte=since)
    return list(of_source.order_by("pk").values_list("pk", flat=True))


def undoable_of(user: User, visit_ids: Iterable[int], *, now: datetime) -> list[int]:
    """Of these visits those that may be undone: booked, ahead, at the user's locations."""
    return list(_undoable(user, now).filter(pk__in=visit_ids).order_by("pk").values_list("pk", flat=True))


def what_undoing_means(visit_ids: list[int]) -> Undoing:
    locations = Location.objects.filter(scanners__appointments__in=visit_ids).distinct()
    messages = Message.objects.filter(appointment__in=visit_ids)
    return Undoing(
        visits=len(visit_ids),
        locations=list(locations.values_list("name", flat=True)),
        open_tasks=Task.objects.open().filter(appointment__in=visit_ids).count(),
        unsent=messages.unsent().count(),
        sent=messages.filter(status=Message.Status.SENT).count(),
    )


def _undoable(user: User, now: datetime) -> QuerySet[BookingSource]:
    """A booking's key is its visit's."""
    return BookingSource.objects.filter(
        appointment__scanner__location__in=burst_locations(user),
        appointment__status=Appointment.Status.BOOKED,
        appointment__starts_at__gt=now,
    )


def _first_of_each(bookings: QuerySet[BookingSource]) -> QuerySet[BookingSource]:
    nth = Window(RowNumber(), partition_by=[F("key")], order_by=[F("booked_at"), F("pk")])
    return (
        bookings.annotate(nth=nth)
        .filter(nth__lte=MOST_SHOWN)
        .select_related("appointment__scanner__location", "appointment__exam", "appointment__patient")
        .order_by("booked_at", "pk")
    )
