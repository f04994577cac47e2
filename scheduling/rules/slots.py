"""Which start times an exam can have on one scanner.

One definition serves the list a patient sees and the check when a time is taken:
`is_free` asks `start_times` about a single minute. Only hiding times that would strand
scanner time is left to the list; a time that is free and on the grid is never refused.

Inside, time is counted in whole minutes since 1970 (UTC): offsets, hours and appointments
fall on whole minutes, and anything that does not is rounded to the careful side.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from scheduling.rules.intervals import Interval, merge
from scheduling.rules.opening_hours import EvenStretch, even_stretches, local_day, minute_of_day

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 60
Range = tuple[int, int]  # half-open, minutes since EPOCH
range_end = itemgetter(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerTime:
    """What one scanner's calendar has to give. Any order; touching intervals count as one."""

    open: Sequence[Interval]  # the exam lies inside these hours
    free: Sequence[Interval]  # the exam and its turnover touch no closure and no appointment: all but those
    staffed: Sequence[Interval]  # somebody opens the door when the patient arrives
    supervised: Sequence[Interval] | None = None  # where the exam needs contrast: a physician is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one exam asks of a scanner, in minutes."""

    minutes: int
    turnover: int = 0
    turnover_inside: bool = False  # by default the room may be cleaned after closing
    arrive_before: int = 0
    shortest: int = 0  # the shortest exam of the scanner with its turnover: less is stranded
    grid: int = 5  # starts on these minutes of every wall-clock hour

    def __post_init__(self) -> None:
        if self.minutes < 1 or self.turnover < 0 or self.arrive_before < 0:
            raise ValueError("an exam takes time, and nothing takes less than none")
        if not 5 <= self.grid <= HOUR:
            raise ValueError("a grid has 5 to 60 minutes")

    @property
    def taken(self) -> int:
        return self.minutes + self.turnover


def start_times(
    time: ScannerTime,
    need: Need,
    *,
    zone: ZoneInfo,
    earliest: datetime,
    latest: datetime,
    avoid_stranding: bool = False,
) -> list[datetime]:
    """Rising UTC starts, from `earliest` on and before `latest`.

    No start shows a wall-clock time that does not exist, and a time that the clock shows
    twice is offered once, for its first showing: "1:30" on a letter must mean one moment.
    """
    found = start_minutes(
        time, need, zone=zone, earliest=earliest, latest=latest, avoid_stranding=avoid_stranding
    )
    return [instant(minute) for minute in found]


def is_free(
    start: datetime,
    time: ScannerTime,
    need: Need,
    *,
    zone: ZoneInfo,
    earliest: datetime,
    latest: datetime,
) -> bool:
    """Whether `start` may be taken: the rule of `start_times`, stranded time left aside."""
    if not earliest <= start < latest:
        return False
    after = start + timedelta(minutes=1)
    return start in start_times(time, need, zone=zone, earliest=start, latest=after)


def start_minutes(
    time: ScannerTime,
    need: Need,
    *,
    zone: ZoneInfo,
    earliest: datetime,
    latest: datetime,
    avoid_stranding: bool = False,
) -> Iterator[int]:
    """`start_times` in minutes since EPOCH, one by one: for callers that put many scanners together."""
    windows = _start_windows(time, need, earliest, latest) if time.free else []
    if not windows:
        return
    stretches = even_stretches(earliest, latest, zone)
    for piece in _pieces(time, need):
        possible = (piece[0], piece[1] - need.taken + 1)
        starts = [
            minute
            for window in _overlaps([possible], windows)
            for minute in _on_grid(window, stretches, need.grid)
        ]
        yield from _without_stranding(starts, piece, need) if avoid_stranding else starts


def spread(times: Sequence[datetime], *, zone: ZoneInfo, grid: int, every: int = 20) -> list[datetime]:
    """A readable part of rising times: the first of each run, then about one in `every` minutes.

    A run is a row of times of one day no further apart than the grid. Round times (:00, :20, :40)
    are preferred, and the last time of each day is always kept.
    """
    kept: list[datetime] = []
    for _, times_of_day in groupby(times, key=lambda time: local_day(time, zone)):
        day = list(times_of_day)
        for before, this in zip([None, *day], day, strict=False):
            starts_run = before is None or this - before > timedelta(minutes=grid)
            if starts_run or this is day[-1] or _is_due(this, kept[-1], zone, every):
                kept.append(this)
    return kept


def to_minute(moment: datetime) -> int:
    """Minutes since EPOCH; a moment between two is the later."""
    return -((EPOCH - moment) // timedelta(minutes=1))


def instant(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def _is_due(this: datetime, last: datetime, zone: ZoneInfo, every: int) -> bool:
    waited = (this - last) / timedelta(minutes=1)
    is_round = minute_of_day(this, zone) % HOUR % every == 0
    return waited >= every * 3 / 2 or (is_round and waited >= every / 2)


def _start_windows(time: ScannerTime, need: Need, earliest: datetime, latest: datetime) -> list[Range]:
    """When an exam may begin as far as people are concerned, not the scanner."""
    windows = [(to_minute(earliest), to_minute(latest))]
    arrivals = [
        (start + need.arrive_before, end + need.arrive_before) for start, end in _hours(tuple(time.staffed))
    ]
    windows = list(_overlaps(windows, arrivals))
    if time.supervised is not None:
        covered = [(start, end - need.minutes + 1) for start, end in _hours(tuple(time.supervised))]
        windows = list(_overlaps(windows, covered))
    return windows


def _pieces(time: ScannerTime, need: Need) -> Iterator[Range]:
    """Stretches that exams with their turnovers can fill. The last turnover may run past closing."""
    past_closing = 0 if need.turnover_inside else need.turnover
    hours = [(start, end + past_closing) for start, end in _hours(tuple(time.open))]
    return _overlaps(hours, _ranges(time.free))


def _on_grid(window: Range, stretches: Iterable[EvenStretch], grid: int) -> Iterator[int]:
    for stretch in stretches:
        low = max(window[0], to_minute(stretch.start))
        high = min(window[1], to_minute(stretch.end))
        first_hour = low - (low + stretch.offset) % HOUR
        for hour in range(first_hour, high, HOUR):
            for minute in range(hour, hour + HOUR, grid):
                if low <= minute < high:
                    yield minute


def _without_stranding(starts: list[int], piece: Range, need: Need) -> list[int]:
    """Leaves out starts with a rest before or after that no exam fits into.

    The first and the last start cannot do better on their own side. Where every start
    strands something, those two stay: they leave one rest, not two.
    """
    if not starts:
        return []
    first, last = starts[0], starts[-1]
    kept = [
        start
        for start in starts
        if (start == first or start - piece[0] >= need.shortest)
        and (start == last or piece[1] - start - need.taken >= need.shortest)
    ]
    return kept or sorted({first, last})


def _overlaps(lefts: Sequence[Range], rights: Sequence[Range]) -> Iterator[Range]:
    """Common parts, in order. Starts rise on the left, starts and ends on the right."""
    for start, end in lefts:
        for number in range(bisect_right(rights, start, key=range_end), len(rights)):
            other_start, other_end = rights[number]
            if other_start >= end:
                break
            if max(start, other_start) < min(end, other_end):
                yield max(start, other_start), min(end, other_end)


@lru_cache(maxsize=1024)  # the hours of many scanners are the same
def _hours(intervals: tuple[Interval, ...]) -> list[Range]:
    return _ranges(intervals)


def _ranges(intervals: Iterable[Interval]) -> list[Range]:
    return [(to_minute(one.start), _floor(one.end)) for one in merge(intervals)]


def _floor(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(minutes=1)
