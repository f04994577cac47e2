"""Open tasks of a member of staff's locations, with whom to call. Nobody reads answers here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from locations.models import Assignment, Location, User
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, Task

WORKING = (
    Assignment.Role.FRONT_DESK,
    Assignment.Role.TECHNOLOGIST,
    Assignment.Role.RADIOLOGIST,
    Assignment.Role.ADMINISTRATOR,
)
READING = (*WORKING, Assignment.Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    name: str
    phone: str  # E.164
    visit_at: datetime | None
    is_overdue: bool
    may_work: bool


def task_locations(user: User) -> QuerySet[Location]:
    return user.locations_for(*READING)


def tasks_for(user: User) -> QuerySet[Task]:
    """Open tasks the user may read, the most urgent first."""
    return (
        Task.objects.open()
        .filter(location__in=task_locations(user))
        .select_related("location", "appointment__patient", "draft")
        .order_by("due_at", "pk")
    )


def task_for(user: User, task_id: int) -> Task:
    """Open or done. Raises NotFound, the same for a missing task and for another location's."""
    task = (
        Task.objects.filter(pk=task_id, location__in=task_locations(user)).select_related("location").first()
    )
    if task is None:
        raise NotFound
    return task


def may_work(user: User, task: Task) -> bool:
    """Whether the user may count tries and press done; an auditor only reads."""
    return user.locations_for(*WORKING).filter(pk=task.location_id).exists()


def task_rows(user: User, tasks: Iterable[Task], *, now: datetime) -> list[TaskRow]:
    workable = set(user.locations_for(*WORKING).values_list("pk", flat=True))
    return [_row(task, may_work=task.location_id in workable, now=now) for task in tasks]


def _row(task: Task, *, may_work: bool, now: datetime) -> TaskRow:
    visit, draft = task.appointment, task.draft
    name, phone, visit_at = task.contact_name, str(task.contact_phone or ""), None
    if visit:
        name = name or (visit.patient.full_name if visit.patient else "")
        phone = phone or str(visit.phone or "")
        visit_at = visit.starts_at
    elif draft:
        name = name or f"{draft.given_name} {draft.family_name}".strip()
        phone = phone or draft.phone
        visit_at = draft.starts_at
    return TaskRow(task, name, phone, visit_at, is_overdue=task.due_at < now, may_work=may_work)


def call_first_task(visit: Appointment) -> Task | None:
    """What a person wants to talk over with the patient before the visit; its time is kept."""
    kinds = [Task.Kind.REVIEW, Task.Kind.MATCH_ORDER]
    return visit.tasks.open().filter(kind__in=kinds).order_by("due_at").first()
