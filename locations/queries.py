import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from locations.geography import Place, Point, place_from_text
from locations.models import Closure, Location, Notice, OpeningHours, Scanner

__all__ = [
    "Day",
    "Nearby",
    "Place",
    "Point",
    "Today",
    "current_notices",
    "kinds_today",
    "locations_open",
    "nearest_locations",
    "opening_today",
    "openings_today",
    "place_from_text",
    "upcoming_closures",
    "week_of",
]

EARTH_RADIUS_MILES = 3958.7613
LOOK_AHEAD = 14  # days in which a closed location is said to open again
Span = tuple[dt.datetime, dt.datetime]
Minutes = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Nearby:
    location: Location
    miles: float


@dataclass(frozen=True)
class Today:
    """Whether a location is open at a moment, in its own zone.

    `until` while it is open; `opens` while it is closed and opens again today; neither: closed for
    the rest of today, `is_over` if it was open earlier, and `again` when it opens on a day to come.
    """

    until: dt.datetime | None = None
    opens: dt.datetime | None = None
    all_day: bool = False
    is_over: bool = False
    again: dt.datetime | None = None
    is_soon: bool = True  # `again` is in the next six days: its weekday says enough

    @property
    def is_open(self) -> bool:
        return self.until is not None


@dataclass(frozen=True)
class Day:
    """The hours of one coming day, in minutes since midnight on the wall clock."""

    date: dt.date
    spans: Minutes
    kinds: tuple[tuple[str, Minutes], ...] = ()  # kinds of scanners whose hours differ that day


def locations_open() -> QuerySet[Location]:
    """To patients, A to Z."""
    return Location.objects.filter(is_active=True)


def nearest_locations(
    point: Point,
    *,
    limit: int,
    within_miles: float | None = None,
    among: QuerySet[Location] | None = None,
) -> list[Nearby]:
    """Open locations, nearest first, in a straight line; `among` narrows them first."""
    locations = (Location.objects.all() if among is None else among).filter(is_active=True)
    if within_miles is not None:
        locations = locations.filter(_in_box(point, within_miles))
    ranked = locations.annotate(miles=_distance_from(point)).order_by("miles", "name", "pk")
    if within_miles is not None:
        ranked = ranked.filter(miles__lte=within_miles)
    return [Nearby(location, location.miles) for location in ranked[:limit]]


def _distance_from(point: Point) -> Combinable:
    """Haversine, in miles. With `asin` and not `acos`, which loses short distances to rounding."""
    latitude, longitude = Radians(F("latitude")), Radians(F("longitude"))
    here, there = math.radians(point.latitude), math.radians(point.longitude)
    half = Power(Sin((latitude - here) / 2.0), 2) + Value(math.cos(here)) * Cos(latitude) * Power(
        Sin((longitude - there) / 2.0), 2
    )
    return Value(2 * EARTH_RADIUS_MILES) * ASin(Least(Value(1.0), Sqrt(half)))


def _in_box(point: Point, miles: float) -> Q:
    """The latitudes and longitudes that a circle of so many miles touches, over the date line too."""
    angle = miles / EARTH_RADIUS_MILES
    north, south = (point.latitude + sign * math.degrees(angle) for sign in (1, -1))
    box = Q(latitude__gte=south, latitude__lte=north)
    if north >= 90 or south <= -90:
        return box
    wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(point.latitude)))))
    west, east = point.longitude - wide, point.longitude + wide
    if west < -180:
        return box & (Q(longitude__gte=west + 360) | Q(longitude__lte=east))
    if east > 180:
        return box & (Q(longitude__gte=west) | Q(longitude__lte=east - 360))
    return box & Q(longitude__gte=west, longitude__lte=east)


def current_notices(now: dt.datetime, location: Location | None = None) -> QuerySet[Notice]:
    """Those of everywhere, and with a location those of there; warnings first, then the newest."""
    place = Q(locations=None) if location is None else Q(locations=None) | Q(locations=location)
    current = Notice.objects.filter(place, shown_from__lte=now, shown_until__gt=now).distinct()
    warnings_first = Case(When(level=Notice.Level.WARNING, then=0), default=1)
    return current.annotate(rank=warnings_first).order_by("rank", "-shown_from", "-pk")


def opening_today(location: Location, now: dt.datetime) -> Today:
    return openings_today([location], now)[location.pk]


def openings_today(locations: Iterable[Location], now: dt.datetime) -> dict[int, Today]:
    """`Today` by primary key of the location, for all of them in two queries."""
    places = {location.pk: location for location in locations}
    hours = _visiting_hours(places)
    closures = _closures(places, now)
    return {pk: _today(place, hours[pk], closures[pk], now) for pk, place in places.items()}


def kinds_today(locations: Iterable[Location], now: dt.datetime) -> dict[int, dict[str, Today]]:
    """By location, the kinds of scanners (modalities) that are open when the location is not, or the
    other way round, for all locations in a constant number of queries."""
    places = {location.pk: location for location in locations}
    own = _kinds_with_own_hours(places)
    if not own:
        return {}
    hours, closures = _visiting_hours(places), _closures(places, now)
    found: dict[int, dict[str, Today]] = defaultdict(dict)
    for (pk, kind), rows in own.items():
        today = _today(places[pk], rows, closures[pk], now)
        if today != _today(places[pk], hours[pk], closures[pk], now):
            found[pk][kind] = today
    return dict(found)


def _closures(places: Iterable[int], now: dt.datetime) -> defaultdict[int, list[Span]]:
    closures: defaultdict[int, list[Span]] = defaultdict(list)
    for closure in Closure.objects.filter(
        location__in=places,
        scanner=None,
        ends_at__gt=now - dt.timedelta(days=1),
        starts_at__lt=now + dt.timedelta(days=LOOK_AHEAD + 1),
    ):
        closures[closure.location_id].append((closure.starts_at, closure.ends_at))
    return closures


def _kinds_with_own_hours(places: Iterable[int]) -> dict[tuple[int, str], list[OpeningHours]]:
    """By location and modality the hours of all its scanners, where one has hours of its own."""
    own: defaultdict[int, list[OpeningHours]] = defaultdict(list)
    rows = OpeningHours.objects.filter(location__in=places, kind=OpeningHours.Kind.OPEN)
    for row in rows.filter(scanner__is_active=True):
        own[row.scanner_id or 0].append(row)
    if not own:
        return {}
    kinds = Scanner.objects.filter(pk__in=own).values("location", "modality")
    common = _visiting_hours(places)
    found: defaultdict[tuple[int, str], list[OpeningHours]] = defaultdict(list)
    for scanner in Scanner.objects.filter(location__in=places, is_active=True).order_by("pk"):
        if {"location": scanner.location_id, "modality": scanner.modality} in kinds:
            found[scanner.location_id, scanner.modality] += own.get(scanner.pk) or common[scanner.location_id]
    return dict(found)


def _visiting_hours(places: Iterable[int]) -> defaultdict[int, list[OpeningHours]]:
    hours: defaultdict[int, list[OpeningHours]] = defaultdict(list)
    rows = OpeningHours.objects.filter(location__in=places, scanner=None, kind=OpeningHours.Kind.OPEN)
    for row in rows.order_by("weekday", "opens"):
        hours[row.location_id].append(row)
    return hours


def _on(rows: Iterable[OpeningHours], date: dt.date) -> list[OpeningHours]:
    return [
        row
        for row in rows
        if row.weekday == date.weekday()
        and (row.effective_from is None or row.effective_from <= date)
        and (row.effective_until is None or date < row.effective_until)
    ]


def _today(
    location: Location, hours: Iterable[OpeningHours], closures: list[Span], now: dt.datetime
) -> Today:
    zone, hours = location.zone, list(hours)
    date = now.astimezone(zone).date()
    midnight = dt.datetime.combine(date, dt.time(), zone)
    day = _instant(midnight, 0), _instant(midnight, 24 * 60)
    spans = _spans_on(date, zone, hours, closures)
    for start, end in spans:
        if start <= now < end:
            return Today(until=end.astimezone(zone), all_day=(start, end) == day)
        if now < start:
            return Today(opens=start.astimezone(zone))
    for ahead in range(1, LOOK_AHEAD + 1):
        later = _spans_on(date + dt.timedelta(days=ahead), zone, hours, closures)
        if later:
            return Today(is_over=bool(spans), again=later[0][0].astimezone(zone), is_soon=ahead < 7)
    return Today(is_over=bool(spans))


def _spans_on(date: dt.date, zone: ZoneInfo, hours: list[OpeningHours], closures: list[Span]) -> list[Span]:
    midnight = dt.datetime.combine(date, dt.time(), zone)
    spans = [(_instant(midnight, row.opens), _instant(midnight, row.closes)) for row in _on(hours, date)]
    return list(_joined(_without(spans, closures)))


def _instant(midnight: dt.datetime, minute: int) -> dt.datetime:
    """Adding to an aware local time moves the wall clock, which is what hours mean."""
    return (midnight + dt.timedelta(minutes=minute)).astimezone(dt.UTC)


def _without(spans: Iterable[Span], closures: Iterable[Span]) -> list[Span]:
    """In order. A span that the spring change swallows is none."""
    left = [(start, end) for start, end in spans if start < end]
    for closed_from, closed_until in closures:
        left = [
            part
            for start, end in left
            for part in ((start, min(end, closed_from)), (max(start, closed_until), end))
            if part[0] < part[1]
        ]
    return sorted(left)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that touch are one: 7-12 and 12-19 is open until 19."""
    current: Span | None = None
    for span in spans:
        if current and span[0] <= current[1]:
            current = current[0], max(current[1], span[1])
        else:
            if current:
                yield current
            current = span
    if current:
        yield current


def week_of(location: Location, now: dt.datetime) -> list[Day]:
    """The next seven days from today on, Monday first."""
    today = now.astimezone(location.zone).date()
    hours = _visiting_hours([location.pk])[location.pk]
    own = _kinds_with_own_hours([location.pk])
    dates = sorted((today + dt.timedelta(days=ahead) for ahead in range(7)), key=dt.date.weekday)
    return [Day(date, _minutes(hours, date), _kinds_of_day(own, hours, date)) for date in dates]


def _kinds_of_day(
    own: dict[tuple[int, str], list[OpeningHours]], hours: list[OpeningHours], date: dt.date
) -> tuple[tuple[str, Minutes], ...]:
    usual = _minutes(hours, date)
    days = {kind: _minutes(rows, date) for (_location, kind), rows in own.items()}
    return tuple((kind, minutes) for kind, minutes in days.items() if minutes != usual)


def _minutes(rows: Iterable[OpeningHours], date: dt.date) -> Minutes:
    """In order; hours of several scanners that overlap are one span."""
    found: list[tuple[int, int]] = []
    for opens, closes in sorted((row.opens, row.closes) for row in _on(rows, date)):
        if found and opens < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], closes)
        else:
            found.append((opens, closes))
    return tuple(found)


def upcoming_closures(location: Location, now: dt.datetime, *, days: int = 30) -> QuerySet[Closure]:
    """When the whole location is closed, from now on."""
    return location.closures.select_related("location").filter(
        scanner=None, ends_at__gt=now, starts_at__lt=now + dt.timedelta(days=days)
    )
