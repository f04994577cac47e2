"""When scanners are open and what of it is still free."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import connection

from locations.models import Closure, OpeningHours
from scheduling.queries.machines import Machine
from scheduling.rules.intervals import Interval, merge, subtract
from scheduling.rules.opening_hours import MINUTE, WeeklySpan, local_day, open_intervals
from scheduling.rules.slots import ScannerTime

OPEN, CONTRAST, DOORS = OpeningHours.Kind.OPEN, OpeningHours.Kind.CONTRAST, OpeningHours.Kind.DOORS
DAY = timedelta(days=1)
Place = tuple[int, int | None]  # a location, or one scanner of it
Hours = tuple[Interval, ...]
_span = lru_cache(maxsize=2048)(WeeklySpan)


@dataclass(frozen=True)
class Timetable:
    """Hours and closures of some locations and their scanners, as they stand in the database."""

    spans: dict[tuple[Place, str], tuple[WeeklySpan, ...]]
    closures: dict[Place, list[Interval]]

    def open_hours(self, machine: Machine, first: date, last: date) -> Hours:
        return self._hours(self._own_or_shared(machine, OPEN), OPEN, machine, first, last)

    def contrast_hours(self, machine: Machine, first: date, last: date) -> Hours:
        return self._hours(self._own_or_shared(machine, CONTRAST), CONTRAST, machine, first, last)

    def staffed_hours(self, machine: Machine, first: date, last: date) -> Hours:
        """When a patient finds somebody: doors hours, or else while location or scanner are open."""
        place = self._own_or_shared(machine, DOORS)
        if (place, DOORS) in self.spans:
            staffed = self._hours(place, DOORS, machine, first, last)
        else:
            shared = self._hours((machine.location_id, None), OPEN, machine, first, last)
            own = self.open_hours(machine, first, last)
            staffed = shared if own is shared else tuple(merge([*shared, *own]))
        return without(staffed, self.closures.get((machine.location_id, None), ()))

    def closed(self, machine: Machine) -> list[Interval]:
        places: list[Place] = [(machine.location_id, None), (machine.location_id, machine.scanner_id)]
        return [closure for place in places for closure in self.closures.get(place, ())]

    def _own_or_shared(self, machine: Machine, kind: str) -> Place:
        own = (machine.location_id, machine.scanner_id)
        return own if (own, kind) in self.spans else (machine.location_id, None)

    def _hours(self, place: Place, kind: str, machine: Machine, first: date, last: date) -> Hours:
        return hours_of(self.spans.get((place, kind), ()), machine.zone, first, last)


@lru_cache(maxsize=2048)  # most locations of a group keep the same hours
def hours_of(spans: tuple[WeeklySpan, ...], zone: ZoneInfo, first: date, last: date) -> Hours:
    return tuple(open_intervals(spans, zone=zone, first=first, last=last))


def without(hours: Hours, closures: Iterable[Interval]) -> Hours:
    if not hours:
        return hours
    near = [one for one in closures if one.start < hours[-1].end and hours[0].start < one.end]
    return tuple(subtract(hours, near)) if near else hours


def read_timetable(location_ids: Collection[int], window: Interval) -> Timetable:
    spans: dict[tuple[Place, str], list[WeeklySpan]] = defaultdict(list)
    rows = OpeningHours.objects.filter(location_id__in=location_ids).order_by("weekday", "opens")
    columns = ("location_id", "scanner_id", "kind", "weekday", "opens", "closes")
    for location, scanner, kind, *span in rows.values_list(*columns, "effective_from", "effective_until"):
        spans[(location, scanner), kind].append(_span(*span))
    closures: dict[Place, list[Interval]] = defaultdict(list)
    near = Closure.objects.filter(
        location_id__in=location_ids, ends_at__gt=window.start - DAY, starts_at__lt=window.end + DAY
    ).order_by()
    for location, scanner, start, end in near.values_list(
        "location_id", "scanner_id", "starts_at", "ends_at"
    ):
        closures[location, scanner].append(Interval(start, end))
    return Timetable({place: tuple(found) for place, found in spans.items()}, dict(closures))


def scanner_times(
    machines: Collection[Machine],
    timetable: Timetable,
    *,
    window: Interval,
    now: datetime,
    ignore: Iterable[int] = (),
    with_visits: bool = True,
) -> dict[int, ScannerTime]:
    """What each scanner has to give around the starts of `window`, by scanner.

    `ignore` are appointments that keep nothing busy (the one being moved); without visits,
    only hours and closures count.
    """
    hours = {machine.scanner_id: _hours_around(machine, timetable, window) for machine in machines}
    unclosed = {
        machine.scanner_id: _unclosed(machine, timetable, hours[machine.scanner_id][0], window)
        for machine in machines
    }
    free: Mapping[int, Sequence[Interval]] = unclosed
    if with_visits:
        free = _without_visits(machines, unclosed, now=now, ignore=ignore)
    return {
        machine.scanner_id: ScannerTime(
            open=hours[machine.scanner_id][0],
            staffed=hours[machine.scanner_id][1],
            supervised=hours[machine.scanner_id][2],
            free=free.get(machine.scanner_id, ()),
        )
        for machine in machines
    }


def _hours_around(
    machine: Machine, timetable: Timetable, window: Interval
) -> tuple[Hours, Hours, Hours | None]:
    """One day more on each side: patients arrive before midnight and exams end after it."""
    first = local_day(window.start, machine.zone) - DAY
    last = local_day(window.end, machine.zone) + DAY
    return (
        timetable.open_hours(machine, first, last),
        timetable.staffed_hours(machine, first, last),
        timetable.contrast_hours(machine, first, last) if machine.with_contrast else None,
    )


def _unclosed(machine: Machine, timetable: Timetable, open_hours: Hours, window: Interval) -> Hours:
    """Hours near the window and the turnover that may follow them, minus closures."""
    need = machine.need
    after = timedelta() if need.turnover_inside else need.turnover * MINUTE
    latest = window.end + need.taken * MINUTE
    near = tuple(
        Interval(hours.start, hours.end + after)
        for hours in open_hours
        if hours.end > window.start and hours.start < latest
    )
    return without(near, timetable.closed(machine))


def _without_visits(
    machines: Iterable[Machine],
    unclosed: dict[int, Hours],
    *,
    now: datetime,
    ignore: Iterable[int],
) -> dict[int, list[Interval]]:
    """The pieces that are long enough for the exam; PostgreSQL takes the visits out."""
    asked = [machine for machine in machines if unclosed[machine.scanner_id]]
    if not asked:
        return {}
    free: dict[int, list[Interval]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            FREE_PIECES,
            {
                "scanners": [machine.scanner_id for machine in asked],
                "unclosed": [_multirange(unclosed[machine.scanner_id]) for machine in asked],
                "needs": [machine.need.taken for machine in asked],
                "now": now,
                "ignore": list(ignore),
            },
        )
        for scanner_id, start, end in cursor.fetchall():
            free[scanner_id].append(Interval(start, end))
    return free


def _multirange(intervals: Iterable[Interval]) -> str:
    ranges = ",".join(f"[{one.start.isoformat()},{one.end.isoformat()})" for one in intervals)
    return f"{{{ranges}}}"


# The first branch reads the index of appointment_no_overlap; deliberate overbooks stand outside
# of it and have a small index of their own.
FREE_PIECES = """
SELECT w.scanner_id, lower(piece), upper(piece)
FROM unnest(%(scanners)s::bigint[], %(unclosed)s::tstzmultirange[], %(needs)s::int[])
     AS w(scanner_id, unclosed, need)
CROSS JOIN LATERAL (
    SELECT range_agg(visit.occupied) AS busy
    FROM (
        SELECT a.occupied, a.id, a.held_until FROM scheduling_appointment a
        WHERE a.scanner_id = w.scanner_id AND a.occupied && w.unclosed AND NOT a.overbooked
          AND a.status IN ('held', 'booked', 'arrived', 'in_exam', 'done', 'no_show')
        UNION ALL
        SELECT a.occupied, a.id, a.held_until FROM scheduling_appointment a
        WHERE a.scanner_id = w.scanner_id AND a.occupied && w.unclosed AND a.overbooked
          AND a.status IN ('held', 'booked', 'arrived', 'in_exam', 'done', 'no_show')
    ) visit
    WHERE (visit.held_until IS NULL OR visit.held_until > %(now)s) AND visit.id <> ALL(%(ignore)s::bigint[])
) taken
CROSS JOIN LATERAL unnest(w.unclosed - COALESCE(taken.busy, '{}'::tstzmultirange)) AS piece
WHERE upper(piece) - lower(piece) >= make_interval(mins => w.need)
ORDER BY w.scanner_id, piece
"""
