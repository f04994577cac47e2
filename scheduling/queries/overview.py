"""A location's week as a table of how full it is, and all locations of a day side by side."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from locations.models import Closure, Location, OpeningHours, Scanner, User
from scheduling.models import Appointment, Task
from scheduling.queries.access import desk_locations
from scheduling.queries.board import ON_THE_BOARD, Status
from scheduling.queries.hours import spans_of
from scheduling.queries.visits import late_since
from scheduling.rules.intervals import Interval, intersect, subtract
from scheduling.rules.opening_hours import local_day, open_intervals, whole_days

DAYS = 7
COUNTED = ("expected", "late", "here", "in_exam", "done", "missed")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class DayFill:
    day: date
    open_minutes: int
    busy_minutes: int  # visits with their turnover, within the open time
    visits: int

    @property
    def free_minutes(self) -> int:
        return self.open_minutes - self.busy_minutes

    @property
    def percent(self) -> int:
        return round(100 * self.busy_minutes / self.open_minutes) if self.open_minutes else 0


@dataclass(frozen=True, slots=True)
class ScannerWeek:
    scanner: Scanner
    days: Sequence[DayFill]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Of a location: who is open when, without what is booked."""

    zone: ZoneInfo
    scanners: Sequence[Scanner]
    hours: Mapping[int | None, list[OpeningHours]]  # of all scanners under None
    shut: Mapping[int | None, list[Interval]]

    def unclosed(self, scanner: Scanner, day: date) -> list[Interval]:
        """A scanner with hours of its own follows only these."""
        rows = self.hours.get(scanner.pk) or self.hours.get(None, [])
        hours = open_intervals(spans_of(rows), zone=self.zone, first=day, last=day)
        return subtract(hours, [*self.shut.get(None, []), *self.shut.get(scanner.pk, [])])


def calendar_of(location: Location, whole: Interval) -> Calendar:
    """Three queries, however long it is."""
    scanners = list(location.scanners.filter(is_active=True).order_by("modality", "name", "pk"))
    hours: dict[int | None, list[OpeningHours]] = defaultdict(list)
    for row in OpeningHours.objects.filter(location=location, kind=OpeningHours.Kind.OPEN):
        hours[row.scanner_id].append(row)
    shut: dict[int | None, list[Interval]] = defaultdict(list)
    for closure in Closure.objects.filter(
        location=location, starts_at__lt=whole.end, ends_at__gt=whole.start
    ):
        shut[closure.scanner_id].append(Interval(closure.starts_at, closure.ends_at))
    return Calendar(location.zone, scanners, hours, shut)


def week_of(location: Location, first: date, *, now: datetime) -> list[ScannerWeek]:
    """Seven days from `first` on the location's calendar; four queries."""
    days = [first + timedelta(days=number) for number in range(DAYS)]
    whole = whole_days(days[0], days[-1], location.zone)
    calendar = calendar_of(location, whole)
    taken: dict[int, list[Interval]] = defaultdict(list)
    rows = Appointment.objects.occupying(now).filter(
        scanner__in=calendar.scanners, starts_at__lt=whole.end, occupied_until__gt=whole.start
    )
    for scanner_id, start, end in rows.values_list("scanner_id", "starts_at", "occupied_until"):
        taken[scanner_id].append(Interval(start, end))
    return [
        ScannerWeek(scanner, [_fill(calendar, scanner, day, taken[scanner.pk]) for day in days])
        for scanner in calendar.scanners
    ]


def _fill(calendar: Calendar, scanner: Scanner, day: date, taken: list[Interval]) -> DayFill:
    unclosed = calendar.unclosed(scanner, day)
    whole = whole_days(day, day, calendar.zone)
    return DayFill(
        day=day,
        open_minutes=minutes_of(unclosed),
        busy_minutes=minutes_of(intersect(unclosed, taken)),
        visits=sum(whole.contains(one.start) for one in taken),
    )


def minutes_of(spans: Sequence[Interval]) -> int:
    return int(sum((one.end - one.start).total_seconds() for one in spans) // 60)


@dataclass(frozen=True, slots=True)
class PlaceToday:
    location: Location
    today: date
    expected: int
    late: int
    here: int
    in_exam: int
    done: int
    missed: int
    tasks: int


def places_today(user: User, *, now: datetime) -> list[PlaceToday]:
    """The user’s locations, each on its own day; three queries."""
    places = list(desk_locations(user))
    tasks = dict(
        Task.objects.open()
        .filter(location__in=places)
        .order_by()
        .values_list("location")
        .annotate(count=Count("pk"))
    )
    counts = {row["scanner__location"]: row for row in _counts_today(places, now)}
    return [
        PlaceToday(
            location=place,
            today=local_day(now, place.zone),
            tasks=tasks.get(place.pk, 0),
            **{name: counts[place.pk][name] if place.pk in counts else 0 for name in COUNTED},
        )
        for place in places
    ]


def _counts_today(places: Sequence[Location], now: datetime) -> Iterable[Mapping[str, Any]]:
    """One row for each location with visits on its today."""
    of_today, are_late = Q(pk__in=[]), Q(pk__in=[])
    for zone, there in _grouped(places, lambda place: place.zone):
        whole = whole_days(local_day(now, zone), local_day(now, zone), zone)
        of_today |= Q(scanner__location__in=there, starts_at__gte=whole.start, starts_at__lt=whole.end)
    for since, there in _grouped(places, lambda place: late_since(place, now=now)):
        are_late |= Q(scanner__location__in=there, starts_at__lte=since)
    visits = Appointment.objects.filter(of_today, status__in=ON_THE_BOARD).order_by()
    return visits.values("scanner__location").annotate(
        expected=Count("pk", filter=Q(status=Status.BOOKED)),
        late=Count("pk", filter=are_late & Q(status=Status.BOOKED)),
        here=Count("pk", filter=Q(status=Status.ARRIVED)),
        in_exam=Count("pk", filter=Q(status=Status.IN_EXAM)),
        done=Count("pk", filter=Q(status=Status.DONE)),
        missed=Count("pk", filter=Q(status=Status.NO_SHOW)),
    )


def _grouped(
    places: Iterable[Location], key: Callable[[Location], Key]
) -> Iterable[tuple[Key, list[Location]]]:
    """Few zones and few graces, however many locations."""
    groups: dict[Key, list[Location]] = defaultdict(list)
    for place in places:
        groups[key(place)].append(place)
    return groups.items()
