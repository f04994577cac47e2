"""Every wait has an end: work that nobody settled in time is told to the manager, then to the patient.
Nothing is ever canceled for it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Location
from scheduling.actions import audit, messages
from scheduling.models import Appointment, AuditEvent, Message, Task
from scheduling.queries.escalation import (
    locations_to_tell_of,
    managers_of,
    overdue,
    reviews_to_explain,
)
from scheduling.queries.messages import is_reachable_by_email
from scheduling.rules.actors import Actor

CALL_STILL_LOOKING = gettext_noop("Call to say that we are still looking at the answers: no email")
BY = Actor.process("escalation")


def escalate(*, now: datetime) -> None:
    """Each step is a transaction of its own, and leaves its mark: it can stop and go on anywhere, and two
    workers do nothing twice."""
    for task_id in list(overdue(now=now).values_list("pk", flat=True)):
        _mark(task_id, now=now)
    for location in locations_to_tell_of(now=now):
        _tell_managers(location.pk, now=now)
    for task in reviews_to_explain(now=now):
        _tell_patient(task.pk, now=now)


@transaction.atomic
def _mark(task_id: int, *, now: datetime) -> None:
    locked = overdue(now=now).select_for_update(skip_locked=True, no_key=True)
    task = locked.filter(pk=task_id).first()
    if task is None:
        return
    task.escalated_at = now
    task.save(update_fields=["escalated_at"])
    audit.record(
        event=AuditEvent.Event.TASK_ESCALATED,
        subject=task,
        location_id=task.location_id,
        after={"kind": task.kind},
        now=now,
        by=BY,
    )


@transaction.atomic
def _tell_managers(location_id: int, *, now: datetime) -> None:
    locked = Location.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=location_id)
    location = locked.first()
    if location is None or location not in locations_to_tell_of(now=now):
        return
    messages.tell_staff(location=location, staff=managers_of(location), now=now)


@transaction.atomic
def _tell_patient(task_id: int, *, now: datetime) -> None:
    visit_id = Task.objects.values_list("appointment_id", flat=True).get(pk=task_id)
    Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    open_tasks = Task.objects.open().filter(pk=task_id, patient_told_at=None)
    task = open_tasks.select_for_update(skip_locked=True, no_key=True).first()
    visit = Appointment.objects.with_place().get(pk=visit_id)
    if task is None or not visit.is_ahead(now):
        return
    task.patient_told_at = now
    task.save(update_fields=["patient_told_at"])
    if is_reachable_by_email(visit):
        kind = Message.Kind.STILL_LOOKING
        messages.ask_patient(appointment=visit, kind=kind, in_quiet_hours=False, now=now)
    else:
        messages.call(visit, CALL_STILL_LOOKING, now=now, by=BY)
