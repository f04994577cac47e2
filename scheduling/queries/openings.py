"""Which start times can be booked: the one rule of every list, and of every write.

Lists hide times that would strand scanner time; `openings_at`, which a write asks under the
scanner's lock, refuses no time that is free.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from heapq import merge as merge_rising
from itertools import takewhile
from typing import NamedTuple

from scheduling.queries.machines import Machine, Wish, machines_for
from scheduling.queries.scanner_time import DAY, read_timetable, scanner_times
from scheduling.rules.intervals import Interval
from scheduling.rules.opening_hours import MINUTE, local_day, whole_days
from scheduling.rules.slots import ScannerTime, instant, is_free, start_minutes, to_minute

__all__ = [
    "Opening",
    "Wish",
    "find_openings",
    "first_opening_of_each",
    "first_openings",
    "is_bookable_time",
    "opening_on",
    "openings_at",
]

# A search over many locations looks this far ahead, then further, and stops early.
REACHES = (1 * DAY, 7 * DAY)


class Opening(NamedTuple):
    """A time that can be booked, on the least capable scanner that has it."""

    starts_at: datetime
    location_id: int
    scanner_id: int
    minutes: int
    turnover: int
    arrive_before: int

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.minutes * MINUTE

    @property
    def occupied_until(self) -> datetime:
        return self.ends_at + self.turnover * MINUTE

    @property
    def arrive_at(self) -> datetime:
        return self.starts_at - self.arrive_before * MINUTE


def find_openings(
    *,
    wish: Wish,
    location_id: int,
    first: date,
    last: date,
    now: datetime,
    ignore: Collection[int] = (),
    avoid_stranding: bool = True,
    among: Collection[int] | None = None,
) -> list[Opening]:
    """Rising, one per time, from the first to the last day of the location's calendar.

    Four queries. `ignore` are appointments that keep nothing busy: the one being moved; `among` are the only
    scanners to look at.
    """
    machines = machines_for(wish, [location_id])
    if among is not None:
        machines = [machine for machine in machines if machine.scanner_id in among]
    return _listed(machines, first, last, now=now, ignore=ignore, avoid_stranding=avoid_stranding)


def openings_at(
    *,
    wish: Wish,
    location_id: int,
    starts_at: datetime,
    now: datetime,
    ignore: Collection[int] = (),
    however_soon: bool = False,
) -> list[Opening]:
    """The scanners that have this very time, the one to take first. Empty: it can't be booked.

    `however_soon`: without the location's notice.

    Ask again under the scanners' locks. The first is the one that `find_openings` names: scanners on
    which the time strands nothing, then the others, always the least capable first.
    """
    machines = _without_notice(however_soon, machines_for(wish, [location_id]))
    window = _day_around(machines, starts_at, now)
    if window is None:
        return []
    timetable = read_timetable([location_id], window)
    times = scanner_times(machines, timetable, window=window, now=now, ignore=ignore)
    free = [machine for machine in machines if _has(machine, times, starts_at, window)]
    stranding = {
        machine.scanner_id
        for machine in free
        if to_minute(starts_at) not in _starts(machine, times, window, now, avoid_stranding=True)
    }
    free.sort(key=lambda machine: machine.scanner_id in stranding)
    return [opening_on(machine, starts_at) for machine in free]


def is_bookable_time(
    *, wish: Wish, location_id: int, starts_at: datetime, now: datetime, however_soon: bool = False
) -> bool:
    """Whether only other visits can stand in the way of this time."""
    machines = _without_notice(however_soon, machines_for(wish, [location_id]))
    window = _day_around(machines, starts_at, now)
    if window is None:
        return False
    timetable = read_timetable([location_id], window)
    times = scanner_times(machines, timetable, window=window, now=now, with_visits=False)
    return any(_has(machine, times, starts_at, window) for machine in machines)


def first_openings(
    *,
    wish: Wish,
    location_ids: Sequence[int],
    limit: int,
    now: datetime,
    first: date | None = None,
    ignore: Collection[int] = (),
    however_soon: bool = False,
) -> list[Opening]:
    """The first times anywhere, rising; of one time, in the order of `location_ids`. At most six queries.

    `first` is the first day to look at, on each location's calendar; `however_soon` leaves out the notice.
    """
    machines = _without_notice(however_soon, _from_day(first, machines_for(wish, location_ids)))
    rank = {location_id: number for number, location_id in enumerate(location_ids)}
    found: list[Opening] = []
    for window, times in _further_and_further(machines, now, ignore):
        rows = [_ranked(machine, order, rank, times, window, now) for order, machine in enumerate(machines)]
        best: dict[tuple[int, int], Opening] = {}
        for minute, place, order in merge_rising(*rows):
            if len(found) + len(best) == limit and (minute, place) not in best:
                break
            best.setdefault((minute, place), opening_on(machines[order], instant(minute)))
        found += best.values()
        if len(found) >= limit:
            break
    return found


def first_opening_of_each(
    *,
    wish: Wish,
    location_ids: Collection[int],
    now: datetime,
    first: date | None = None,
    ignore: Collection[int] = (),
) -> dict[int, Opening]:
    """The first time of every location that has one, by location. At most six queries."""
    left = _from_day(first, machines_for(wish, location_ids))
    found: dict[int, Opening] = {}
    for window, times in _further_and_further(left, now, ignore):
        for machine in left:
            minute = next(_starts(machine, times, window, now, avoid_stranding=True), None)
            best = found.get(machine.location_id)
            if minute is not None and (best is None or instant(minute) < best.starts_at):
                found[machine.location_id] = opening_on(machine, instant(minute))
        left[:] = [machine for machine in left if machine.location_id not in found]
    return found


def _listed(
    machines: list[Machine],
    first: date,
    last: date,
    *,
    now: datetime,
    ignore: Collection[int],
    avoid_stranding: bool,
) -> list[Opening]:
    """Of machines of one location, which share zone, notice and horizon."""
    window = _days(machines, first, last, now)
    if window is None:
        return []
    timetable = read_timetable([machines[0].location_id], window)
    times = scanner_times(machines, timetable, window=window, now=now, ignore=ignore)
    best: dict[int, Machine] = {}
    for machine in machines:
        for minute in _starts(machine, times, window, now, avoid_stranding=avoid_stranding):
            best.setdefault(minute, machine)
    return [opening_on(best[minute], instant(minute)) for minute in sorted(best)]


def _days(machines: list[Machine], first: date, last: date, now: datetime) -> Interval | None:
    """What can be booked of these days; dates come from addresses and may be absurd."""
    if not machines:
        return None
    machine = machines[0]
    first, last = max(first, local_day(now, machine.zone)), min(last, machine.last_day(now))
    if first > last:
        return None
    days = whole_days(first, last, machine.zone)
    start = max(days.start, now + machine.notice)
    return Interval(start, days.end) if start < days.end else None


def _day_around(machines: list[Machine], starts_at: datetime, now: datetime) -> Interval | None:
    if not machines:
        return None
    earliest, latest = machines[0].bookable(now)
    if not earliest <= starts_at < latest:
        return None
    day = local_day(starts_at, machines[0].zone)
    return _days(machines, day, day, now)


def _without_notice(however_soon: bool, machines: list[Machine]) -> list[Machine]:
    return [machine._replace(notice=timedelta()) for machine in machines] if however_soon else machines


def _from_day(first: date | None, machines: list[Machine]) -> list[Machine]:
    return [machine._replace(first_day=first) for machine in machines] if first else machines


def _further_and_further(
    left: list[Machine], now: datetime, ignore: Collection[int]
) -> Iterator[tuple[Interval, dict[int, ScannerTime]]]:
    """Stretches of time with what the scanners have in them, from the first time that can be booked on,
    while any are left."""
    if not left:
        return
    start = min(machine.bookable(now)[0] for machine in left)
    end = max(machine.bookable(now)[1] for machine in left)
    if start >= end:
        return
    timetable = read_timetable({machine.location_id for machine in left}, Interval(start, end))
    for reach in (*(start + reach for reach in REACHES), end):
        if left and start < reach:
            window = Interval(start, min(reach, end))
            yield window, scanner_times(left, timetable, window=window, now=now, ignore=ignore)
            start = window.end


def _starts(
    machine: Machine,
    times: dict[int, ScannerTime],
    window: Interval,
    now: datetime,
    *,
    avoid_stranding: bool,
) -> Iterator[int]:
    """The starts inside `window`. What strands time is judged from a day before to a day after it,
    so that a time is hidden or shown whichever days are asked for."""
    earliest, latest = machine.bookable(now)
    found = start_minutes(
        times[machine.scanner_id],
        machine.need,
        zone=machine.zone,
        earliest=max(earliest, window.start - DAY),
        latest=min(latest, window.end + DAY),
        avoid_stranding=avoid_stranding,
    )
    first, end = to_minute(window.start), to_minute(window.end)
    return (minute for minute in takewhile(lambda minute: minute < end, found) if minute >= first)


def _ranked(
    machine: Machine,
    order: int,
    rank: dict[int, int],
    times: dict[int, ScannerTime],
    window: Interval,
    now: datetime,
) -> Iterator[tuple[int, int, int]]:
    place = rank[machine.location_id]
    return ((minute, place, order) for minute in _starts(machine, times, window, now, avoid_stranding=True))


def _has(machine: Machine, times: dict[int, ScannerTime], starts_at: datetime, window: Interval) -> bool:
    return is_free(
        starts_at,
        times[machine.scanner_id],
        machine.need,
        zone=machine.zone,
        earliest=window.start,
        latest=window.end,
    )


def opening_on(machine: Machine, starts_at: datetime) -> Opening:
    """That time on that machine, free or not."""
    need = machine.need
    return Opening(
        starts_at, machine.location_id, machine.scanner_id, need.minutes, need.turnover, need.arrive_before
    )
