"""A day drawn true to time: rows of an hour, in them blocks that begin on tracks of five minutes.

Blocks that would lie on each other stand side by side in lanes.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.rules.intervals import Interval

TRACK = timedelta(minutes=5)
HOUR = timedelta(hours=1)
TRACKS_AN_HOUR = HOUR // TRACK
LEAST_TRACKS = 3  # what a block needs to be read and pressed: ten minutes of X-ray look like fifteen


@dataclass(frozen=True, slots=True)
class Block:
    """`row` counts hours from the top; `at` and `tracks` are tracks of five minutes, from the row's top."""

    key: Hashable
    row: int
    at: int
    tracks: int
    lane: int = 1
    lanes: int = 1


def hours_between(start: datetime, end: datetime) -> list[datetime]:
    """The starts of the rows that cover the stretch, each one hour long however the clock is changed."""
    first = start.replace(minute=0, second=0, microsecond=0)
    count = max(1, -((first - end) // HOUR))
    return [first + number * HOUR for number in range(count)]


def place_blocks(spans: Iterable[tuple[Hashable, Interval]], *, top: datetime) -> list[Block]:
    """In order of their starts. What began before the top begins there."""
    rising = sorted(spans, key=lambda one: (one[1].start, one[1].end))
    found: list[Block] = []
    for group in _touching([(key, *_tracks(span, top)) for key, span in rising]):
        lanes = _lanes(group)
        width = max(lanes) + 1
        found += [
            Block(key, at // TRACKS_AN_HOUR, at % TRACKS_AN_HOUR, tracks, lane + 1, width)
            for (key, at, tracks), lane in zip(group, lanes, strict=True)
        ]
    return found


def cut_by_hour(span: Interval, *, top: datetime) -> Iterator[tuple[Interval, Block]]:
    """Its pieces, one in each row, for what is no visit: free or closed time."""
    start = max(span.start, top)
    while start < span.end:
        row = (start - top) // HOUR
        end = min(span.end, top + (row + 1) * HOUR)
        at = (start - top) // TRACK % TRACKS_AN_HOUR
        yield Interval(start, end), Block(row, row, at, max(1, -((start - end) // TRACK)))
        start = end


Laid = tuple[Hashable, int, int]


def _tracks(span: Interval, top: datetime) -> tuple[int, int]:
    at = max(0, (span.start - top) // TRACK)
    end = -((top - span.end) // TRACK)
    return at, max(LEAST_TRACKS, end - at)


def _touching(blocks: Sequence[Laid]) -> Iterator[list[Laid]]:
    """Groups in which each block lies on another, directly or over others."""
    group: list[Laid] = []
    end = 0
    for block in blocks:
        if group and block[1] >= end:
            yield group
            group = []
        group.append(block)
        end = max(end, block[1] + block[2])
    if group:
        yield group


def _lanes(group: Sequence[Laid]) -> list[int]:
    """The first lane that is free when each begins."""
    free_from: list[int] = []
    lanes = []
    for _key, at, tracks in group:
        lane = next((number for number, free in enumerate(free_from) if free <= at), len(free_from))
        free_from[lane : lane + 1] = [at + tracks]
        lanes.append(lane)
    return lanes
