"""A location's week as a table of how full it is, and all locations of a day side by side."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from locations.models import Closure, Location, OpeningHours, Scanner, User
from scheduling.models import Appointment, Task
from scheduling.queries.access import desk_locations
from scheduling.queries.board import ON_THE_BOARD, Status
from scheduling.queries.hours import spans_of
from scheduling.rules.intervals import Interval, intersect, subtract
from scheduling.rules.opening_hours import local_day, open_intervals, whole_days

DAYS = 7


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


def week_of(location: Location, first: date, *, now: datetime) -> list[ScannerWeek]:
    """Seven days from `first` on the location's calendar; four queries."""
    whole = whole_days(first, first + timedelta(days=DAYS - 1), location.zone)
    scanners = list(location.scanners.filter(is_active=True).order_by("modality", "name", "pk"))
    hours: dict[int | None, list[OpeningHours]] = defaultdict(list)
    for row in OpeningHours.objects.filter(location=location, kind=OpeningHours.Kind.OPEN):
        hours[row.scanner_id].append(row)
    shut: dict[int | None, list[Interval]] = defaultdict(list)
    for closure in Closure.objects.filter(
        location=location, starts_at__lt=whole.end, ends_at__gt=whole.start
    ):
        shut[closure.scanner_id].append(Interval(closure.starts_at, closure.ends_at))
    taken: dict[int, list[Interval]] = defaultdict(list)
    rows = Appointment.objects.occupying(now).filter(
        scanner__in=scanners, starts_at__lt=whole.end, occupied_until__gt=whole.start
    )
    for scanner_id, start, end in rows.values_list("scanner_id", "starts_at", "occupied_until"):
        taken[scanner_id].append(Interval(start, end))
    return [
        ScannerWeek(
            scanner,
            [
                _fill(
                    location,
                    first + timedelta(days=number),
                    hours[scanner.pk] or hours[None],
                    shut[None] + shut[scanner.pk],
                    taken[scanner.pk],
                )
                for number in range(DAYS)
            ],
        )
        for scanner in scanners
    ]


def _fill(
    location: Location,
    day: date,
    rows: list[OpeningHours],
    shut: list[Interval],
    taken: list[Interval],
) -> DayFill:
    hours = open_intervals(spans_of(rows), zone=location.zone, first=day, last=day)
    unclosed = subtract(hours, shut)
    whole = whole_days(day, day, location.zone)
    return DayFill(
        day=day,
        open_minutes=_minutes(unclosed),
        busy_minutes=_minutes(intersect(unclosed, taken)),
        visits=sum(whole.contains(one.start) for one in taken),
    )


def _minutes(spans: Sequence[Interval]) -> int:
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
    """The user’s locations, each on its own day: one query for each, and two for all."""
    places = list(desk_locations(user))
    tasks = dict(
        Task.objects.open()
        .filter(location__in=places)
        .order_by()
        .values_list("location")
        .annotate(count=Count("pk"))
    )
    return [_today(place, tasks.get(place.pk, 0), now) for place in places]


def _today(location: Location, tasks: int, now: datetime) -> PlaceToday:
    today = local_day(now, location.zone)
    whole = whole_days(today, today, location.zone)
    visits = Appointment.objects.filter(
        scanner__location=location,
        starts_at__gte=whole.start,
        starts_at__lt=whole.end,
        status__in=ON_THE_BOARD,
    )
    counts = visits.aggregate(
        expected=Count("pk", filter=Q(status=Status.BOOKED)),
        late=Count("pk", filter=Q(status=Status.BOOKED, starts_at__lt=now)),
        here=Count("pk", filter=Q(status=Status.ARRIVED)),
        in_exam=Count("pk", filter=Q(status=Status.IN_EXAM)),
        done=Count("pk", filter=Q(status=Status.DONE)),
        missed=Count("pk", filter=Q(status=Status.NO_SHOW)),
    )
    return PlaceToday(location=location, today=today, tasks=tasks, **counts)
