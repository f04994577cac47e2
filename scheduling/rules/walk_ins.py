"""When people without a time of their own will be scanned: the rooms' day is played through, twice. Once with
every exam as long as it is planned, once with every exam half as long again; what is said lies between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.rules.intervals import Interval, subtract

PLANNED, SLOW = 1.0, 1.5  # of the planned length
_MINUTE = timedelta(minutes=1)
_NEARLY_DONE = 2 * _MINUTE  # an exam that goes on longer than planned may end any moment
_STEP = 5  # waits are said in steps of as many minutes

Free = Mapping[int, Sequence[Interval]]  # what each room has left of the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """With a time of its own. `span` is what was planned, turnover included."""

    span: Interval
    is_here: bool = False
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """In minutes from now. `most` is None where it may not happen before closing, both where it will not."""

    least: int | None
    most: int | None

    @property
    def is_sure(self) -> bool:
        return self.most is not None

    @property
    def is_hopeless(self) -> bool:
        return self.least is None


def busy_spans(visits: Sequence[Visit], *, now: datetime, pace: float) -> list[Interval]:
    """What one room's own visits take from now on. Whoever is late and not here yet keeps no more than the
    time that was planned; whoever is here is scanned, however late it gets."""
    taken: list[Interval] = []
    free_from = now
    for visit in sorted(visits, key=lambda one: (one.began_at is None, one.span.start)):
        length = (visit.span.end - visit.span.start) * pace
        if visit.began_at is not None:
            start, end = now, max(visit.began_at + length, now + _NEARLY_DONE)
        elif visit.is_here:
            start = max(visit.span.start, free_from)
            end = start + length
        elif visit.span.end <= now:
            continue
        else:
            start = max(visit.span.start, free_from)
            end = max(visit.span.start + length, start + _MINUTE)
        taken.append(Interval(start, end))
        free_from = max(free_from, end)
    return taken


def expected_starts(
    rooms: Free, queue: Sequence[Mapping[int, timedelta]], *, pace: float
) -> list[datetime | None]:
    """First come, first served. Each of the queue says how long it takes in every room that can do it, and
    begins where there is time enough first; None where there is none today."""
    left = {room: list(spans) for room, spans in rooms.items()}
    starts: list[datetime | None] = []
    for lengths in queue:
        found = [
            (span.start, length * pace, room)
            for room, length in lengths.items()
            for span in left.get(room, ())
            if span.end - span.start >= length * pace
        ]
        if not found:
            starts.append(None)
            continue
        start, length, room = min(found)
        left[room] = subtract(left[room], [Interval(start, start + length)])
        starts.append(start)
    return starts


def waits(
    *,
    hours: Free,
    visits: Mapping[int, Sequence[Visit]],
    queue: Sequence[Mapping[int, timedelta]],
    now: datetime,
) -> list[Wait]:
    """One for each of the queue. `hours` are what the rooms are open, without closures, from now on."""
    planned, slow = (
        expected_starts(
            {
                room: subtract(spans, busy_spans(visits.get(room, ()), now=now, pace=pace))
                for room, spans in hours.items()
            },
            queue,
            pace=pace,
        )
        for pace in (PLANNED, SLOW)
    )
    return [_wait(early, late, now) for early, late in zip(planned, slow, strict=True)]


def _wait(early: datetime | None, late: datetime | None, now: datetime) -> Wait:
    """Rounded outwards: who is told 10 to 20 minutes is not disappointed by 19."""
    if early is None:
        return Wait(None, None)
    least = int((early - now) / _MINUTE) // _STEP * _STEP
    if late is None:
        return Wait(least, None)
    most = -((now - max(early, late)) // (_STEP * _MINUTE)) * _STEP
    return Wait(least, most)
