"""When people are at a location, in UTC."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from locations.models import Closure, Location, OpeningHours
from scheduling.rules.day_parts import DayPart, minutes_of
from scheduling.rules.intervals import Interval, intersect, subtract
from scheduling.rules.opening_hours import WeeklySpan, local_day, open_intervals

CALLBACK_WITHIN = timedelta(hours=1)
URGENT_WITHIN = timedelta(minutes=15)
_LOOK_AHEAD = timedelta(days=14)


def spans_of(rows: Iterable[OpeningHours]) -> list[WeeklySpan]:
    return [
        WeeklySpan(row.weekday, row.opens, row.closes, row.effective_from, row.effective_until)
        for row in rows
    ]


def staffed_intervals(location: Location, *, now: datetime) -> list[Interval]:
    """The next two weeks of the location's doors hours; its open hours where it has none of these.

    Hours of a single scanner do not count: an X-ray room that runs to midnight has nobody who calls.
    """
    return staffed_at([location], now=now)[location.pk]


def staffed_at(locations: Iterable[Location], *, now: datetime) -> dict[int, list[Interval]]:
    """By key, of all of them with two queries."""
    places, last = list(locations), now + _LOOK_AHEAD
    hours: dict[int, list[OpeningHours]] = {place.pk: [] for place in places}
    for row in OpeningHours.objects.filter(location__in=places, scanner=None, kind__in=["doors", "open"]):
        hours[row.location_id].append(row)
    closed: dict[int, list[Interval]] = {place.pk: [] for place in places}
    whole = Closure.objects.filter(location__in=places, scanner=None)
    for closure in whole.filter(starts_at__lt=last, ends_at__gt=now):
        closed[closure.location_id].append(Interval(closure.starts_at, closure.ends_at))
    return {
        place.pk: subtract(_staffed(hours[place.pk], place, now, last), closed[place.pk]) for place in places
    }


def _staffed(rows: list[OpeningHours], location: Location, now: datetime, last: datetime) -> list[Interval]:
    doors = [row for row in rows if row.kind == OpeningHours.Kind.DOORS]
    return open_intervals(
        spans_of(doors or rows),
        zone=location.zone,
        first=local_day(now, location.zone),
        last=local_day(last, location.zone),
    )


def due_in_staffed_hours(
    location: Location,
    *,
    now: datetime,
    within: timedelta = CALLBACK_WITHIN,
    before: datetime | None = None,
    part: DayPart | None = None,
    staffed: list[Interval] | None = None,
) -> datetime:
    """So much staffed time from now, but not after `before`, when the patient comes anyway.

    With a part of the day only time in it counts; where nobody is there then, any does. A
    location without hours gets the same time of the clock. `staffed`: where it was read already.
    """
    staffed = staffed_intervals(location, now=now) if staffed is None else staffed
    due = _time_of(_in_part(staffed, part, location, now), now, within) or _time_of(staffed, now, within)
    due = due or now + within
    return due if before is None or before <= now else min(due, before)


def _in_part(
    staffed: list[Interval], part: DayPart | None, location: Location, now: datetime
) -> list[Interval]:
    if part is None:
        return staffed
    every_day = [WeeklySpan(weekday, *minutes_of(part)) for weekday in range(7)]
    first, last = local_day(now, location.zone), local_day(now + _LOOK_AHEAD, location.zone)
    return intersect(staffed, open_intervals(every_day, zone=location.zone, first=first, last=last))


def _time_of(staffed: list[Interval], now: datetime, within: timedelta) -> datetime | None:
    """When so much of it has passed; None when it never has."""
    left = within
    for span in staffed:
        start = max(span.start, now)
        if span.end <= start:
            continue
        if span.end - start >= left:
            return start + left
        left -= span.end - start
    return None
