"""The day board laid out for its page: rows of an hour, a cell for each scanner, blocks true to time."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from locations.models import Closure, Scanner
from scheduling.models import Appointment
from scheduling.queries.board import Board, BoardVisit, Column
from scheduling.rules.day_grid import HOUR, TRACK, Block, cut_by_hour, hours_between, place_blocks
from scheduling.rules.intervals import Interval


@dataclass(frozen=True, slots=True)
class Stretch:
    """Free, closed or blocked time within one hour."""

    kind: str  # free, closed or closure
    span: Interval
    block: Block
    is_first: bool  # of its pieces; the others are drawn without words
    closure: Closure | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A visit or a hold, in the row where it begins."""

    block: Block
    visit: BoardVisit | None = None
    hold: Appointment | None = None


@dataclass(slots=True)
class Cell:
    scanner: Scanner
    behind: list[Stretch] = field(default_factory=list)
    free: list[Stretch] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    starts_at: datetime
    cells: Sequence[Cell]
    now_at: int | None  # the track of the now-line


def rows_of(board: Board, *, now: datetime) -> list[Row]:
    hours = hours_between(board.shown.start, board.shown.end)
    shown = Interval(hours[0], hours[-1] + HOUR)
    columns = [_cells(column, shown, len(hours)) for column in board.columns]
    return [
        Row(hour, [cells[number] for cells in columns], _now_line(hour, now))
        for number, hour in enumerate(hours)
    ]


def _cells(column: Column, shown: Interval, count: int) -> list[Cell]:
    cells = [Cell(column.scanner) for _hour in range(count)]
    for closed in column.closed:
        for stretch in _cut("closed", closed, shown):
            cells[stretch.block.row].behind.append(stretch)
    for closure in column.closures:
        for stretch in _cut("closure", Interval(closure.starts_at, closure.ends_at), shown, closure):
            cells[stretch.block.row].behind.append(stretch)
    for free in column.free:
        for stretch in _cut("free", free, shown):
            cells[stretch.block.row].free.append(stretch)
    for taken in _taken(column, shown):
        cells[taken.block.row].taken.append(taken)
    return cells


def _cut(kind: str, span: Interval, shown: Interval, closure: Closure | None = None) -> Iterator[Stretch]:
    start, end = max(span.start, shown.start), min(span.end, shown.end)
    if start >= end:
        return
    for number, (piece, block) in enumerate(cut_by_hour(Interval(start, end), top=shown.start)):
        yield Stretch(kind, piece, block, number == 0, closure)


def _taken(column: Column, shown: Interval) -> Iterator[Taken]:
    visits = {one.visit.pk: one for one in column.visits}
    holds = {hold.pk: hold for hold in column.holds}
    spans: list[tuple[Hashable, Interval]] = [(pk, one.span) for pk, one in visits.items()]
    spans += [(pk, Interval(hold.starts_at, hold.ends_at)) for pk, hold in holds.items()]
    for block in place_blocks(spans, top=shown.start):
        key = block.key
        assert isinstance(key, int)
        yield Taken(block, visits.get(key), holds.get(key))


def _now_line(hour: datetime, now: datetime) -> int | None:
    return int((now - hour) // TRACK) if hour <= now < hour + HOUR else None
