"""Algebra on half-open stretches of time.

Every function accepts its intervals in any order, overlapping or touching, and returns
them merged: rising, disjoint, with a gap between any two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

by_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to, but not including, `end`. Both are aware and in UTC; `start < end`."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if not (is_utc(self.start) and is_utc(self.end)):
            raise ValueError("an interval is written in UTC")
        if self.start >= self.end:
            raise ValueError("an interval ends after it starts")

    def contains(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def is_utc(moment: datetime) -> bool:
    return moment.tzinfo is UTC or moment.utcoffset() == timedelta(0)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for interval in sorted(intervals, key=by_start):
        if not merged or interval.start > merged[-1].end:
            merged.append(interval)
        elif interval.end > merged[-1].end:
            merged[-1] = Interval(merged[-1].start, interval.end)
    return merged


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    lefts, rights = merge(left), merge(right)
    common: list[Interval] = []
    i = j = 0
    while i < len(lefts) and j < len(rights):
        start, end = max(lefts[i].start, rights[j].start), min(lefts[i].end, rights[j].end)
        if start < end:
            common.append(Interval(start, end))
        if lefts[i].end < rights[j].end:
            i += 1
        else:
            j += 1
    return common


def subtract(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    holes = merge(taken)
    left: list[Interval] = []
    first = 0
    for interval in merge(intervals):
        while first < len(holes) and holes[first].end <= interval.start:
            first += 1
        left.extend(_around(interval, holes, first))
    return left


def _around(interval: Interval, holes: list[Interval], first: int) -> Iterable[Interval]:
    start = interval.start
    for hole in holes[first:]:
        if hole.start >= interval.end:
            break
        if start < hole.start:
            yield Interval(start, hole.start)
        start = hole.end
    if start < interval.end:
        yield Interval(start, interval.end)


def covers(intervals: Iterable[Interval], wanted: Interval) -> bool:
    """Whether `wanted` lies whole inside the intervals taken together."""
    return any(one.start <= wanted.start and wanted.end <= one.end for one in merge(intervals))
