"""Kidney blood tests before contrast: a result, a test at the center, or a radiologist's waiver. Until one of
them is there the database lets no scan begin."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import User
from scheduling.actions import audit, tasks
from scheduling.exceptions import ForRadiologist, IllegalMove, OldResult, TooLate
from scheduling.models import Appointment, AuditEvent, LabResult, Task
from scheduling.queries.labs import last_lab_result, limits_for, may_waive
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import local_day

# Stored in English, translated where staff read it; the front desk may see them.
REASON_LABS = gettext_noop("Get a recent kidney blood test: ask the patient’s doctor for the result")
REASON_TEST_HERE = gettext_noop("Test the kidneys at the center, before the scan")
REASON_LOW = gettext_noop("Look at the blood test before the scan")
OUTCOME_RESULT, OUTCOME_WAIVED = gettext_noop("Result recorded"), gettext_noop("Waived by a radiologist")
EXPECTED = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


@transaction.atomic
def record_result(
    *, task_id: int, egfr: int, taken_on: date, is_on_site: bool, user: User, now: datetime, by: Actor
) -> LabResult:
    """`egfr` in mL/min/1.73 m². A low one opens a review for a radiologist.

    Raises IllegalMove for a task that is done, OldResult for a test too long before the visit or after it,
    and TooLate for a visit that is neither ahead nor here.
    """
    visit, task = _lock(task_id)
    limits = limits_for(visit)
    if not limits.is_current(taken_on, local_day(visit.starts_at, visit.zone)):
        raise OldResult
    made = LabResult.objects.create(
        appointment=visit,
        egfr=egfr,
        taken_on=taken_on,
        is_on_site=is_on_site,
        recorded_by=user,
        recorded_at=now,
    )
    _audit(AuditEvent.Event.LAB_RECORDED, made, task, now=now, by=by)
    tasks.close_task(task_id=task.pk, outcome=OUTCOME_RESULT, now=now, by=by)
    if limits.is_low(egfr):
        tasks.open_task(
            kind=Task.Kind.REVIEW,
            location=visit.location,
            appointment=visit,
            reason=REASON_LOW,
            for_radiologist=True,
            now=now,
            by=by,
        )
    return made


@transaction.atomic
def waive(*, task_id: int, because: str, user: User, now: datetime, by: Actor) -> LabResult:
    """No test is needed. Raises ForRadiologist unless the user is one there, IllegalMove, TooLate."""
    visit, task = _lock(task_id)
    if not may_waive(user, task):
        raise ForRadiologist
    made = LabResult.objects.create(
        appointment=visit, waived_because=because, recorded_by=user, recorded_at=now
    )
    _audit(AuditEvent.Event.LAB_WAIVED, made, task, now=now, by=by)
    tasks.close_task(task_id=task.pk, outcome=OUTCOME_WAIVED, now=now, by=by)
    return made


@transaction.atomic
def plan_test_here(*, task_id: int, now: datetime, by: Actor) -> Task:
    """The center tests on the day: the task waits until the patient comes. Raises IllegalMove, TooLate."""
    visit, task = _lock(task_id)
    if task.reason == REASON_TEST_HERE:
        return task
    tasks.rewrite(task=task, reason=REASON_TEST_HERE, due_at=visit.arrive_at)
    _audit(AuditEvent.Event.LAB_PLANNED, task, task, now=now, by=by)
    return task


def follow_move(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction, after the row has its new time: a result may be too old for it. A waiver
    stays one."""
    result = last_lab_result(appointment)
    if result is None or result.taken_on is None:
        return
    day = local_day(appointment.starts_at, appointment.zone)
    if not limits_for(appointment).is_current(result.taken_on, day):
        tasks.open_task(
            kind=Task.Kind.LABS,
            location=appointment.location,
            appointment=appointment,
            reason=REASON_LABS,
            now=now,
            by=by,
        )


def follow_exam(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction, after the row has another exam: without contrast no test is needed."""
    if not appointment.exam.needs_contrast:
        tasks.close_tasks_of(
            appointment=appointment,
            kind=Task.Kind.LABS,
            outcome=tasks.OUTCOME_CORRECTED,
            now=now,
            by=by,
        )


def _audit(
    event: AuditEvent.Event, subject: LabResult | Task, task: Task, *, now: datetime, by: Actor
) -> None:
    audit.record(event=event, subject=subject, location_id=task.location_id, now=now, by=by)


def _lock(task_id: int) -> tuple[Appointment, Task]:
    visit_id = Task.objects.values_list("appointment_id", flat=True).get(pk=task_id)
    Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    if task.closed_at or task.kind != Task.Kind.LABS:
        raise IllegalMove
    visit = Appointment.objects.with_place().get(pk=visit_id)
    if visit.status not in EXPECTED:
        raise TooLate
    return visit, task
