"""A day's visits as lists: who is expected at the desk, and what comes next on each scanner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.frontdesk.visit_page import StepButton, steps_of
from scheduling.models import Appointment
from scheduling.queries.board import Board, BoardVisit, Column
from scheduling.queries.visits import is_late

SOON = timedelta(hours=2)
Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Line:
    visit: Appointment
    items: Sequence[object]
    steps: Sequence[StepButton]


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines under one heading; `key` is read in words by the template."""

    key: str
    lines: Sequence[Line]
    name: str = ""


def arrivals_of(board: Board, *, now: datetime) -> list[Part]:
    """Late ones on top, then who comes in the next two hours, then the rest, then who has come."""
    parts: dict[str, list[Line]] = {"late": [], "soon": [], "later": [], "here": [], "over": []}
    for one in board.visits:
        parts[_part_of(one.visit, now)].append(_line(one, now))
    return [Part(key, lines) for key, lines in parts.items() if lines]


def worklist_of(board: Board, *, now: datetime) -> list[Part]:
    """Each scanner's visits in order; what is over comes last."""
    return [_of_scanner(column, now) for column in board.columns]


def _of_scanner(column: Column, now: datetime) -> Part:
    rising = sorted(column.visits, key=lambda one: (_is_over(one.visit), one.visit.starts_at, one.visit.pk))
    return Part("scanner", [_line(one, now) for one in rising], column.scanner.name)


def _part_of(visit: Appointment, now: datetime) -> str:
    if _is_over(visit):
        return "over"
    if visit.status != Status.BOOKED:
        return "here"
    if is_late(visit, now=now):
        return "late"
    return "soon" if visit.arrive_at <= now + SOON else "later"


def _is_over(visit: Appointment) -> bool:
    return visit.status in (Status.DONE, Status.NO_SHOW)


def _line(one: BoardVisit, now: datetime) -> Line:
    return Line(one.visit, one.items, [step for step in steps_of(one.visit, now=now) if step.value != "back"])
