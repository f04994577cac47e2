"""What of a visit is settled before it and what is still open, in topics; never an answer or a result."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scheduling.models import Appointment, Task
from scheduling.models.catalogue import Exam
from scheduling.queries.authorizations import problem_of
from scheduling.queries.second_screen import BeforeScan


class Topic(StrEnum):
    ORDER = "order"
    SAFETY = "safety"
    ILLNESS = "illness"
    LABS = "labs"
    AUTHORIZATION = "authorization"
    ESTIMATE = "estimate"
    CONTACT = "contact"
    DETAILS = "details"
    ROOM = "room"
    INTERPRETER = "interpreter"


class Level(StrEnum):
    STOP = "stop"  # the scan can't begin
    TO_DO = "to_do"
    GOOD_TO_KNOW = "good_to_know"
    LATER = "later"  # on the day, by whoever is there
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Item:
    """`state` is a key; staff read it in words (templatetags.board)."""

    topic: Topic
    state: str
    level: Level
    task: Task | None = None
    detail: str = ""


def readiness_of(scan: BeforeScan) -> list[Item]:
    """Every topic that there is for this visit, settled or not."""
    tasks = {Task.Kind(task.kind): task for task in scan.tasks}
    found = [
        _order(scan.visit, tasks),
        _safety(scan),
        _illness(scan),
        _simple(tasks, Topic.LABS, Task.Kind.LABS, Level.STOP),
        _authorization(scan.visit, tasks),
        _simple(tasks, Topic.ESTIMATE, Task.Kind.ESTIMATE, Level.TO_DO),
        _simple(tasks, Topic.CONTACT, Task.Kind.NOT_DELIVERED, Level.TO_DO),
        _simple(tasks, Topic.DETAILS, Task.Kind.MISSING_DETAILS, Level.TO_DO),
        _simple(tasks, Topic.ROOM, Task.Kind.ROOM, Level.GOOD_TO_KNOW),
    ]
    if scan.visit.interpreter_language:
        language = scan.visit.interpreter_language
        found.append(Item(Topic.INTERPRETER, "needed", Level.GOOD_TO_KNOW, detail=language))
    return [item for item in found if item is not None]


def open_items(scan: BeforeScan) -> list[Item]:
    """What still asks for something, the most serious first."""
    order = list(Level)
    quiet = (Level.LATER, Level.SETTLED)
    still_open = [item for item in readiness_of(scan) if item.level not in quiet]
    return sorted(still_open, key=lambda item: order.index(item.level))


Tasks = Mapping[Task.Kind, Task]


def _order(visit: Appointment, tasks: Tasks) -> Item:
    missing, to_match = tasks.get(Task.Kind.MISSING_ORDER), tasks.get(Task.Kind.MATCH_ORDER)
    if missing:
        return Item(Topic.ORDER, "missing", Level.TO_DO, missing)
    if to_match:
        return Item(Topic.ORDER, "to_match", Level.TO_DO, to_match)
    if visit.order_status == Appointment.OrderStatus.RECEIVED:
        return Item(Topic.ORDER, "received", Level.SETTLED)
    if visit.order_status != Appointment.OrderStatus.NONE:
        return Item(Topic.ORDER, "brought", Level.SETTLED)
    if visit.exam.order_required == Exam.OrderRequired.YES:
        return Item(Topic.ORDER, "none", Level.TO_DO)
    return Item(Topic.ORDER, "not_needed", Level.SETTLED)


def _safety(scan: BeforeScan) -> Item:
    if scan.review:
        return Item(Topic.SAFETY, "review", Level.STOP, scan.review)
    if scan.needs_second_screen and scan.is_signed:
        return Item(Topic.SAFETY, "signed", Level.SETTLED)
    if scan.needs_second_screen:
        return Item(Topic.SAFETY, "unsigned", _at_the_door(scan))
    return Item(Topic.SAFETY, "no_open_flag", Level.SETTLED)


def _illness(scan: BeforeScan) -> Item:
    if scan.asks_at_the_door:
        return Item(Topic.ILLNESS, "ask", _at_the_door(scan))
    return Item(Topic.ILLNESS, "not_now", Level.SETTLED)


def _authorization(visit: Appointment, tasks: Tasks) -> Item | None:
    """Which problem it is, as long as somebody has it to do."""
    task = tasks.get(Task.Kind.AUTHORIZATION)
    problem = problem_of(visit, getattr(visit, "authorization", None)) if task else None
    return Item(Topic.AUTHORIZATION, problem or "open", Level.TO_DO, task) if task else None


def _at_the_door(scan: BeforeScan) -> Level:
    return Level.TO_DO if scan.visit.status == Appointment.Status.ARRIVED else Level.LATER


def _simple(tasks: Tasks, topic: Topic, kind: Task.Kind, level: Level) -> Item | None:
    task = tasks.get(kind)
    return Item(topic, "open", level, task) if task else None
