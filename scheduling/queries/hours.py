"""When people are at a location, in UTC."""

from datetime import datetime, timedelta

from locations.models import Closure, Location, OpeningHours
from scheduling.rules.intervals import Interval, subtract
from scheduling.rules.opening_hours import WeeklySpan, local_day, open_intervals

CALLBACK_WITHIN = timedelta(hours=1)
URGENT_WITHIN = timedelta(minutes=15)
_LOOK_AHEAD = timedelta(days=14)


def weekly_spans(rows: list[OpeningHours]) -> list[WeeklySpan]:
    return [
        WeeklySpan(row.weekday, row.opens, row.closes, row.effective_from, row.effective_until)
        for row in rows
    ]


def staffed_intervals(location: Location, *, now: datetime) -> list[Interval]:
    """The next two weeks of the location's doors hours; its open hours where it has none of these.

    Hours of a single scanner do not count: an X-ray room that runs to midnight has nobody who calls.
    """
    rows = list(OpeningHours.objects.filter(location=location, scanner=None, kind__in=["doors", "open"]))
    doors = [row for row in rows if row.kind == OpeningHours.Kind.DOORS]
    last = now + _LOOK_AHEAD
    staffed = open_intervals(
        weekly_spans(doors or rows),
        zone=location.zone,
        first=local_day(now, location.zone),
        last=local_day(last, location.zone),
    )
    closures = Closure.objects.filter(
        location=location, scanner=None, starts_at__lt=last, ends_at__gt=now
    ).values_list("starts_at", "ends_at")
    return subtract(staffed, [Interval(start, end) for start, end in closures])


def due_in_staffed_hours(
    location: Location,
    *,
    now: datetime,
    within: timedelta = CALLBACK_WITHIN,
    before: datetime | None = None,
) -> datetime:
    """So much staffed time from now, but not after `before`, when the patient comes anyway."""
    due = _staffed_time_from(location, now, within)
    return due if before is None or before <= now else min(due, before)


def _staffed_time_from(location: Location, now: datetime, within: timedelta) -> datetime:
    """A location without hours gets the same time of the clock."""
    left = within
    for span in staffed_intervals(location, now=now):
        start = max(span.start, now)
        if span.end <= start:
            continue
        if span.end - start >= left:
            return start + left
        left -= span.end - start
    return now + within
