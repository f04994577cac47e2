"""Weekly opening hours on the wall clock, turned into instants.

This is the only module of the rules that does arithmetic on wall-clock time. Everything
else adds durations in UTC, where every minute has sixty seconds and every hour happens once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.rules.intervals import Interval, merge

MINUTES_A_DAY = 1440
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WeeklySpan:
    """Hours of one weekday (0 is Monday), in minutes of the wall clock since midnight.

    1440 is 24:00, so "until midnight" and "round the clock" need no 23:59. Hours that go
    past midnight are two spans that join. `effective_until` is the first day that no longer counts.
    """

    weekday: int
    opens: int
    closes: int
    effective_from: date | None = None
    effective_until: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday is 0 to 6")
        if not 0 <= self.opens < self.closes <= MINUTES_A_DAY:
            raise ValueError("hours open before they close, within one day")

    def applies_on(self, day: date) -> bool:
        return (
            day.weekday() == self.weekday
            and (self.effective_from is None or self.effective_from <= day)
            and (self.effective_until is None or day < self.effective_until)
        )


class EvenStretch(NamedTuple):
    """UTC time in which the wall clock runs `offset` minutes ahead and shows no time a second time."""

    start: datetime
    end: datetime
    offset: int


@lru_cache(maxsize=4096)  # many locations open at the same minute of the same day
def wall_instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clock on the wall shows this minute of the day.

    A time that the spring change skips is the first instant after the gap. A time that the
    autumn change repeats is its first showing, for opening and for closing alike: spans that
    join on any other night join on this one too, and nobody has to stay for the repeated hour
    of a closing time. Hours that reach past the repeated hour contain both of its showings.
    """
    wall = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minute)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    before_gap = wall.replace(fold=1).astimezone(UTC)
    return _change_between(before_gap, instant, zone)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def minute_of_day(instant: datetime, zone: ZoneInfo) -> int:
    wall = instant.astimezone(zone)
    return wall.hour * 60 + wall.minute


def whole_days(first: date, last: date, zone: ZoneInfo) -> Interval:
    """From the midnight that begins `first` to the midnight that ends `last`."""
    return Interval(wall_instant(first, 0, zone), wall_instant(last, MINUTES_A_DAY, zone))


def open_intervals(spans: Iterable[WeeklySpan], *, zone: ZoneInfo, first: date, last: date) -> list[Interval]:
    """The hours of the days from `first` to `last`, both included, merged.

    A span of the last day ends at its midnight: to see an exam over that midnight, ask for one day more.
    """
    week: list[list[WeeklySpan]] = [[] for _ in range(7)]
    for span in spans:
        week[span.weekday].append(span)
    found: list[Interval] = []
    for day in _days(first, last):
        for span in week[day.weekday()]:
            if span.applies_on(day):
                start, end = wall_instant(day, span.opens, zone), wall_instant(day, span.closes, zone)
                if start < end:  # a span may lie whole inside the hour that spring skips
                    found.append(Interval(start, end))
    return merge(found)


@lru_cache(maxsize=256)
def even_stretches(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[EvenStretch, ...]:
    """The time from `start` to `end` without the second showing of repeated wall-clock times."""
    stretches: list[EvenStretch] = []
    since = start - DAY  # `start` itself may stand inside a repeated hour
    for change in [*_changes(since, end, zone), end]:
        offset = _offset(since, zone)
        if max(since, start) < change:
            stretches.append(EvenStretch(max(since, start), change, offset // MINUTE))
        repeated = offset - _offset(change, zone)
        since = change + max(timedelta(0), repeated)
    return tuple(stretches)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _changes(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the zone's offset changes after `start` and before `end`. No zone changes twice a day."""
    while start < end:
        following = min(start + DAY, end)
        if _offset(start, zone) != _offset(following, zone):
            change = _change_between(start, following, zone)
            if change < end:
                yield change
        start = following


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant with the later offset. Changes fall on whole minutes."""
    before = before.replace(second=0, microsecond=0)
    old = _offset(before, zone)
    low, high = 0, -(-(after - before) // MINUTE)
    while low + 1 < high:
        middle = (low + high) // 2
        if _offset(before + middle * MINUTE, zone) == old:
            low = middle
        else:
            high = middle
    return before + high * MINUTE
