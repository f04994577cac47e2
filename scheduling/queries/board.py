"""One location's day as the front desk sees it: a column for each scanner, with visits, holds, closures and
what is free. A constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum

from locations.models import Closure, Location, OpeningHours, Scanner
from scheduling.models import Appointment, AuditEvent
from scheduling.queries.history import LOOKS
from scheduling.queries.hours import spans_of
from scheduling.queries.readiness import Item, open_items
from scheduling.queries.second_screen import BeforeScan, before_scans
from scheduling.rules.day_grid import TRACK
from scheduling.rules.intervals import Interval, intersect, merge, subtract
from scheduling.rules.opening_hours import open_intervals, wall_instant, whole_days

Status = Appointment.Status
ON_THE_BOARD = (Status.BOOKED, Status.ARRIVED, Status.IN_EXAM, Status.DONE, Status.NO_SHOW)
LAST_CHANGES = 100  # more than are saved at a location while one of them takes long
# A usual day, for a location without hours or visits on it: minutes since midnight.
_PLAIN_DAY = (8 * 60, 17 * 60)


@dataclass(frozen=True, slots=True)
class BoardVisit:
    visit: Appointment
    items: Sequence[Item]  # what is still open

    @property
    def span(self) -> Interval:
        return Interval(self.visit.starts_at, self.visit.ends_at)


@dataclass(frozen=True, slots=True)
class Column:
    scanner: Scanner
    closed: Sequence[Interval]  # outside the hours of the scanner
    closures: Sequence[Closure]
    visits: Sequence[BoardVisit]
    holds: Sequence[Appointment]
    free: Sequence[Interval]  # from now on

    @property
    def free_minutes(self) -> int:
        return int(sum((one.end - one.start).total_seconds() for one in self.free) // 60)


@dataclass(frozen=True, slots=True)
class Board:
    location: Location
    day: date
    shown: Interval  # from the first to the last thing of the day
    columns: Sequence[Column]
    canceled: Sequence[Appointment]
    version: int

    @property
    def visits(self) -> list[BoardVisit]:
        """Of all scanners, in order of time."""
        every = [one for column in self.columns for one in column.visits]
        return sorted(every, key=lambda one: (one.visit.starts_at, one.visit.pk))


def board_version(*locations: Location) -> int:
    """Rises with every change at the locations: all of them are in the audit. Who only looks changes nothing.

    The sum of the last keys, not the last key: a change gets its key before it is saved, so that one that
    takes long may be saved after others with higher keys.
    """
    changes = AuditEvent.objects.filter(location_id__in=[one.pk for one in locations])
    last = changes.exclude(event__in=LOOKS).order_by("-pk").values("pk")[:LAST_CHANGES]
    return int(last.aggregate(sum=Sum("pk"))["sum"] or 0)


def day_board(location: Location, day: date, *, now: datetime) -> Board:
    """`day` is one of the location's own calendar."""
    version = board_version(location)  # read first: what changes meanwhile makes the board old, not wrong
    whole = whole_days(day, day, location.zone)
    visits = Appointment.objects.filter(
        scanner__location=location, starts_at__lt=whole.end, ends_at__gt=whole.start
    )
    scans = before_scans(
        location, visits.filter(status__in=ON_THE_BOARD).order_by("starts_at", "pk"), now=now
    )
    holds = list(visits.filter(status=Status.HELD, held_until__gt=now).select_related("exam"))
    canceled = list(visits.filter(status=Status.CANCELED).select_related("exam", "patient", "scanner"))
    closures = list(
        Closure.objects.filter(location=location, starts_at__lt=whole.end, ends_at__gt=whole.start)
    )
    busy = {one.visit.scanner_id for one in scans} | {one.scanner_id for one in holds}
    scanners = location.scanners.filter(Q(is_active=True) | Q(pk__in=busy)).order_by("modality", "name", "pk")
    hours = _hours_of(location, scanners, day)
    columns = [
        _column(scanner, hours[scanner.pk], scans, holds, closures, whole, now) for scanner in scanners
    ]
    return Board(
        location=location,
        day=day,
        shown=_shown(location, day, columns, whole),
        columns=columns,
        canceled=canceled,
        version=version,
    )


def _hours_of(location: Location, scanners: Iterable[Scanner], day: date) -> dict[int, list[Interval]]:
    """A scanner with hours of its own follows only these."""
    rows: dict[int | None, list[OpeningHours]] = defaultdict(list)
    for row in OpeningHours.objects.filter(location=location, kind=OpeningHours.Kind.OPEN):
        rows[row.scanner_id].append(row)
    return {
        scanner.pk: open_intervals(
            spans_of(rows[scanner.pk] or rows[None]), zone=location.zone, first=day, last=day
        )
        for scanner in scanners
    }


def _column(
    scanner: Scanner,
    hours: list[Interval],
    scans: Iterable[BeforeScan],
    holds: Iterable[Appointment],
    closures: Iterable[Closure],
    whole: Interval,
    now: datetime,
) -> Column:
    own = [scan for scan in scans if scan.visit.scanner_id == scanner.pk]
    held = [hold for hold in holds if hold.scanner_id == scanner.pk]
    shut = [one for one in closures if one.scanner_id in (None, scanner.pk)]
    busy = [Interval(one.starts_at, one.occupied_until) for one in (*(s.visit for s in own), *held)]
    unclosed = subtract(hours, [Interval(one.starts_at, one.ends_at) for one in shut])
    # In whole tracks: this very moment would be over when the desk presses it.
    soon = whole.start - (whole.start - now) // TRACK * TRACK
    ahead = [Interval(max(soon, whole.start), whole.end)] if soon < whole.end else []
    return Column(
        scanner=scanner,
        closed=subtract([whole], hours),
        closures=shut,
        visits=[BoardVisit(scan.visit, open_items(scan)) for scan in own],
        holds=held,
        free=intersect(subtract(unclosed, busy), ahead) if scanner.is_active else [],
    )


def _shown(location: Location, day: date, columns: Collection[Column], whole: Interval) -> Interval:
    """The hours of all scanners together and the visits outside of them, within the day."""
    spans = [one.span for column in columns for one in column.visits]
    spans += [Interval(hold.starts_at, hold.ends_at) for column in columns for hold in column.holds]
    for column in columns:
        spans += subtract([whole], column.closed)
    if not spans:
        return Interval(*(wall_instant(day, minute, location.zone) for minute in _PLAIN_DAY))
    every = merge(spans)
    return Interval(max(every[0].start, whole.start), min(every[-1].end, whole.end))
