"""Work for people. Opening a task twice for the same thing keeps the first one."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from locations.models import Location, User
from scheduling.actions import audit
from scheduling.exceptions import IllegalMove, LookedAt
from scheduling.models import Appointment, AuditEvent, Draft, GoodHours, Order, Task
from scheduling.queries.hours import CALLBACK_WITHIN, URGENT_WITHIN, due_in_staffed_hours
from scheduling.rules.actors import Actor

# Stored in English, translated where staff read it. One for all kinds that a correction settles: undoing it
# opens them again.
OUTCOME_CORRECTED = gettext_noop("The exam was corrected to the order")
OUTCOME_MOVED = gettext_noop("The visit was moved")
OUTCOME_NEWER = gettext_noop("There is newer news to call about")


@transaction.atomic
def open_task(
    *,
    kind: Task.Kind,
    location: Location,
    reason: str,
    appointment: Appointment | None = None,
    draft: Draft | None = None,
    order: Order | None = None,
    contact_name: str = "",
    contact_phone: str = "",
    is_urgent: bool = False,
    for_radiologist: bool = False,
    due_at: datetime | None = None,
    now: datetime,
    by: Actor,
) -> Task:
    """Due within an hour of staffed time (the location's doors hours), within 15 minutes when urgent,
    unless `due_at` says when.

    An urgent reason takes the place of another on a task that is open already; what is for a radiologist
    stays so.
    """
    contact = {"contact_name": contact_name, "contact_phone": contact_phone}
    # Without a visit, a draft or an order the caller tells tasks apart: two people may share a name.
    looked_up, filled_in = ({}, contact) if appointment or draft or order else (contact, {})
    due_at = due_at or due_in_staffed_hours(
        location,
        now=now,
        within=URGENT_WITHIN if is_urgent else CALLBACK_WITHIN,
        before=appointment.arrive_at if appointment else None,
    )
    task, is_new = Task.objects.get_or_create(
        kind=kind,
        appointment=appointment,
        draft=None if appointment else draft,
        order=order,
        closed_at=None,
        **looked_up,
        defaults={
            **filled_in,
            "location": location,
            "reason": reason,
            "due_at": due_at,
            "created_at": now,
            "for_radiologist": for_radiologist,
        },
    )
    if is_new:
        audit.record(
            event=AuditEvent.Event.TASK_OPENED,
            subject=task,
            location_id=location.pk,
            after={"kind": kind},
            now=now,
            by=by,
        )
        return task
    if is_urgent and task.reason != reason:
        _make_urgent(task, reason, due_at, now=now, by=by)
    if for_radiologist:
        pass_on(task=task, now=now, by=by)
    return task


def open_newer(*, appointment: Appointment, reason: str, now: datetime, by: Actor) -> Task:
    """A call with news of the visit, in the caller’s transaction. One with older news is closed for it, and
    is open again if this news is undone; what was due sooner stays so."""
    kind, location = Task.Kind.NOT_DELIVERED, appointment.location
    older = Task.objects.open().filter(appointment=appointment, kind=kind).exclude(reason=reason)
    due = list(older.values_list("due_at", flat=True))
    _close_all(older, outcome=OUTCOME_NEWER, now=now, by=by)
    task = open_task(kind=kind, location=location, appointment=appointment, reason=reason, now=now, by=by)
    return rewrite(task=task, due_at=min([task.due_at, *due])) if due else task


def pass_on(*, task: Task, now: datetime, by: Actor) -> None:
    """To a radiologist, in the caller's transaction. Whoever is looking at it need not any more."""
    if task.for_radiologist:
        return
    task.for_radiologist, task.owner, task.owned_at, task.next_try_at = True, None, None, None
    task.save(update_fields=["for_radiologist", "owner", "owned_at", "next_try_at"])
    audit.record(
        event=AuditEvent.Event.TASK_PASSED_ON,
        subject=task,
        location_id=task.location_id,
        after={"kind": task.kind},
        now=now,
        by=by,
    )


def _make_urgent(task: Task, reason: str, due_at: datetime, *, now: datetime, by: Actor) -> None:
    task.reason, task.due_at, task.next_try_at = reason, min(task.due_at, due_at), None
    task.save(update_fields=["reason", "due_at", "next_try_at"])
    audit.record(
        event=AuditEvent.Event.TASK_MADE_URGENT,
        subject=task,
        location_id=task.location_id,
        after={"kind": task.kind},
        now=now,
        by=by,
    )


@transaction.atomic
def open_callback(
    *,
    draft: Draft,
    location: Location,
    reason: str,
    contact_name: str,
    contact_phone: str,
    phone_as_typed: str,
    good_hours: GoodHours,
    now: datetime,
    by: Actor,
) -> Task:
    """Due within an hour of staffed time in the hours that suit. Asked again, the same task is about the new
    number, hours and location."""
    task = open_task(kind=Task.Kind.CALLBACK, location=location, draft=draft, reason=reason, now=now, by=by)
    return rewrite(
        task=task,
        location=location,
        due_at=due_in_staffed_hours(location, now=now, part=good_hours.part),
        escalated_at=None,
        next_try_at=None,
        reason=reason,
        contact_name=contact_name,
        contact_phone=contact_phone,
        phone_as_typed=phone_as_typed,
        good_hours=good_hours,
    )


def rewrite(*, task: Task, **values: object) -> Task:
    """In the caller's transaction."""
    Task.objects.filter(pk=task.pk).update(**values)
    task.refresh_from_db()
    return task


def change_number(*, task: Task, phone: str, phone_as_typed: str, now: datetime, by: Actor) -> None:
    """Whom to call, in the caller's transaction. The history says that it changed, not to what."""
    rewrite(task=task, contact_phone=phone, phone_as_typed=phone_as_typed, next_try_at=None)
    audit.record(
        event=AuditEvent.Event.TASK_NUMBER_CHANGED,
        subject=task,
        location_id=task.location_id,
        after={"kind": task.kind},
        now=now,
        by=by,
    )


def purge_callbacks(*, days: int, now: datetime) -> int:
    """Calls about nothing that is kept, done for `days` days: nothing else says who it was."""
    old = Task.objects.filter(
        draft=None, appointment=None, order=None, closed_at__lt=now - timedelta(days=days)
    )
    return old.delete()[1].get(Task._meta.label, 0)


@transaction.atomic
def close_task(*, task_id: int, outcome: str, now: datetime, by: Actor) -> Task:
    """Raises IllegalMove when someone else closed it first."""
    task = locked_open(task_id)
    close(task, outcome=outcome, now=now, by=by)
    return task


@transaction.atomic
def take(*, task_id: int, user: User, take_over: bool = False, now: datetime, by: Actor) -> Task:
    """“I do it”, so that no two call. Taking it again changes nothing. Raises IllegalMove for a task that is
    done, and LookedAt where somebody else has it, unless it is taken over."""
    task = locked_open(task_id)
    if task.owner_id == user.pk:
        return task
    if task.owner and not take_over:
        raise LookedAt(str(task.owner))
    return _own(task, user, AuditEvent.Event.TASK_TAKEN, now=now, by=by)


@transaction.atomic
def give_back(*, task_id: int, user: User, now: datetime, by: Actor) -> Task:
    """To whoever works there; somebody else's stays theirs. Raises IllegalMove for a task that is done."""
    task = locked_open(task_id)
    if task.owner_id != user.pk:
        return task
    return _own(task, None, AuditEvent.Event.TASK_GIVEN_BACK, now=now, by=by)


def _own(task: Task, user: User | None, event: AuditEvent.Event, *, now: datetime, by: Actor) -> Task:
    task.owner, task.owned_at = user, now if user else None
    task.save(update_fields=["owner", "owned_at"])
    audit.record(
        event=event,
        subject=task,
        location_id=task.location_id,
        after={"kind": task.kind},
        now=now,
        by=by,
    )
    return task


def locked_open(task_id: int) -> Task:
    """In the caller's transaction. Raises IllegalMove for a task that is done."""
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    if task.closed_at:
        raise IllegalMove
    return task


def close_tasks_of(
    *, appointment: Appointment, kind: Task.Kind | None = None, outcome: str, now: datetime, by: Actor
) -> None:
    """For a visit that no longer needs them, of one kind or all; in the caller's transaction."""
    open_tasks = Task.objects.open().filter(appointment=appointment)
    if kind:
        open_tasks = open_tasks.filter(kind=kind)
    _close_all(open_tasks, outcome=outcome, now=now, by=by)


def close_tasks_of_order(*, order: Order, outcome: str, now: datetime, by: Actor) -> None:
    """For an order that no longer waits for an answer; in the caller's transaction."""
    _close_all(Task.objects.open().filter(order=order), outcome=outcome, now=now, by=by)


def close_tasks_opened_at(
    *, appointment: Appointment, at: datetime, outcome: str, now: datetime, by: Actor
) -> None:
    """What one change brought about, when it is undone."""
    opened = Task.objects.open().filter(appointment=appointment, created_at=at)
    _close_all(opened, outcome=outcome, now=now, by=by)


def reopen_tasks_of(
    *,
    appointment: Appointment,
    outcome: str,
    closed_at: datetime | None,
    urgent: Collection[str],
    now: datetime,
    by: Actor,
) -> None:
    """Those that were closed with this outcome at that moment; what is late by now is due anew, and soon for
    reasons that are `urgent`. In the caller's transaction. Of a kind that was opened anew since, that one
    stays."""
    open_kinds = Task.objects.open().filter(appointment=appointment).values("kind")
    closed = Task.objects.filter(appointment=appointment, outcome=outcome, closed_at=closed_at)
    closed = closed.exclude(kind__in=open_kinds)
    for task in closed.select_for_update(no_key=True).order_by("pk"):
        task.closed_at, task.closed_by, task.outcome = None, "", ""
        if task.due_at < now:
            task.due_at = due_in_staffed_hours(
                appointment.location, now=now, within=_within(task, urgent), before=appointment.arrive_at
            )
            task.escalated_at = task.patient_told_at = None
        changed = ["closed_at", "closed_by", "outcome", "due_at", "escalated_at", "patient_told_at"]
        task.save(update_fields=changed)
        audit.record(
            event=AuditEvent.Event.TASK_REOPENED,
            subject=task,
            location_id=task.location_id,
            after={"kind": task.kind},
            now=now,
            by=by,
        )


def follow_move(
    *,
    appointment: Appointment,
    moved_from: int,
    due: Mapping[Task.Kind, datetime],
    urgent: Collection[str],
    now: datetime,
    by: Actor,
) -> None:
    """In the caller's transaction, after the row has its new time and place; `moved_from` is the location
    before. What is open is work for the people there, by the day that `due` says for kinds that hang on
    the time of the visit.

    The others are due anew where they go to people with other hours, who have an hour of theirs, or
    15 minutes for reasons that are `urgent`. What is late stays late, and nothing is due after the
    patient comes. A next try is kept where the same people call, before the patient comes.
    """
    is_elsewhere = moved_from != appointment.location.pk
    work = Task.objects.open().filter(appointment=appointment)
    for task in work.select_for_update(no_key=True).order_by("pk"):
        if task.next_try_at and (is_elsewhere or task.next_try_at > appointment.arrive_at):
            rewrite(task=task, next_try_at=None)
        before = {"location": task.location_id, "due_at": task.due_at.isoformat()}
        due_at = due.get(Task.Kind(task.kind), task.due_at)
        if task.kind not in due and task.due_at > now and is_elsewhere:
            due_at = due_in_staffed_hours(appointment.location, now=now, within=_within(task, urgent))
        task.location, task.due_at = appointment.location, min(due_at, max(now, appointment.arrive_at))
        after = {"location": task.location_id, "due_at": task.due_at.isoformat()}
        if after == before:
            continue
        task.save(update_fields=["location", "due_at"])
        audit.record(
            event=AuditEvent.Event.TASK_MOVED,
            subject=task,
            location_id=task.location_id,
            before=before,
            after={"kind": task.kind, **after},
            now=now,
            by=by,
        )


def _within(task: Task, urgent: Collection[str]) -> timedelta:
    return URGENT_WITHIN if task.reason in urgent else CALLBACK_WITHIN


def close_tasks_of_draft(*, draft: Draft, kind: Task.Kind, outcome: str, now: datetime, by: Actor) -> None:
    """That are settled without the desk, in the caller's transaction."""
    open_tasks = Task.objects.open().filter(draft=draft, kind=kind)
    _close_all(open_tasks, outcome=outcome, now=now, by=by)


def close(task: Task, *, outcome: str, now: datetime, by: Actor) -> None:
    """In the caller's transaction. The words of the outcome stay with the task: they may name people, the
    audit must not."""
    task.closed_at, task.closed_by, task.outcome = now, str(by), outcome
    task.save(update_fields=["closed_at", "closed_by", "outcome"])
    audit.record(
        event=AuditEvent.Event.TASK_CLOSED,
        subject=task,
        location_id=task.location_id,
        after={"kind": task.kind},
        now=now,
        by=by,
    )


def _close_all(tasks: QuerySet[Task], *, outcome: str, now: datetime, by: Actor) -> None:
    """The lock leaves out what a desk closes at the same moment: PostgreSQL looks again after waiting."""
    for task in tasks.select_for_update(no_key=True).order_by("pk"):
        close(task, outcome=outcome, now=now, by=by)
