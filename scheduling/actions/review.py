"""What a trained person does with a review: looks at it, alone, and releases the visit with a note."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from locations.models import Scanner, User
from scheduling.actions import audit, messages, tasks
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.moving import change_scanner
from scheduling.exceptions import ForRadiologist, IllegalMove, LookedAt, NoEmail, TooLate
from scheduling.models import Appointment, AuditEvent, Message, Release, ReviewNote, Task
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.reviews import may_release
from scheduling.queries.visits import is_before_its_day
from scheduling.rules.actors import Actor
from scheduling.rules.releases import is_looked_at

RELEASED = "Released"  # the outcome of the task; what was found out is in the release
MAY_BE_RELEASED = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


@transaction.atomic
def look_at(*, task_id: int, user: User, take_over: bool = False, now: datetime, by: Actor) -> Task:
    """Others see who is looking, for 15 minutes. Raises IllegalMove for a review that is done, and LookedAt
    while somebody else is, unless it is taken over."""
    task = _lock(task_id)
    if not take_over:
        _refuse_others(task, user, now)
    is_new = task.owner_id != user.pk
    task.owner, task.owned_at = user, now
    task.save(update_fields=["owner", "owned_at"])
    if is_new:
        audit.record(
            event=AuditEvent.Event.TASK_TAKEN,
            subject=task,
            location_id=task.location_id,
            after={"kind": task.kind},
            now=now,
            by=by,
        )
    return task


@transaction.atomic
def release(
    *,
    task_id: int,
    user: User,
    note: str,
    scanner_ids: Collection[int],
    conditions: str,
    expires_on: date,
    now: datetime,
    by: Actor,
) -> Release:
    """Closes the review. A later move off these scanners, or past that day, opens another; a later day that
    the patient was asked for is asked for no more.

    Raises IllegalMove for a review that is done, LookedAt while somebody else is looking at it,
    ForRadiologist where the user may not decide it, and TooLate for a visit that is neither ahead nor here.
    """
    visit_id = Task.objects.values_list("appointment_id", flat=True).get(pk=task_id)
    Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    visit = Appointment.objects.with_place().get(pk=visit_id)
    task = _lock(task_id)
    _refuse_others(task, user, now)
    if not may_release(user, task):
        raise ForRadiologist
    if visit.status not in MAY_BE_RELEASED:
        raise TooLate
    made = Release.objects.create(
        task=task,
        appointment=visit,
        conditions=conditions,
        note=note,
        expires_on=expires_on,
        released_by=user,
        released_at=now,
    )
    if is_before_its_day(visit):
        visit.not_before = None
        visit.save(update_fields=["not_before"])
    made.scanners.set(Scanner.objects.filter(pk__in=scanner_ids))
    audit.record(
        event=AuditEvent.Event.RELEASED,
        subject=made,
        location_id=task.location_id,
        after={"scanners": sorted(scanner_ids), "expires_on": expires_on.isoformat()},
        now=now,
        by=by,
    )
    tasks.close_task(task_id=task.pk, outcome=RELEASED, now=now, by=by)
    return made


@transaction.atomic
def note(
    *, task_id: int, text: str, passes_on: bool = False, user: User, now: datetime, by: Actor
) -> ReviewNote:
    """What was found out, also while somebody else is looking; with `passes_on` a radiologist decides.

    Raises IllegalMove for a review that is done.
    """
    task = _lock(task_id)
    made = ReviewNote.objects.create(task=task, text=text, written_by=user, written_at=now)
    audit.record(
        event=AuditEvent.Event.REVIEW_NOTED, subject=task, location_id=task.location_id, now=now, by=by
    )
    if passes_on:
        tasks.pass_on(task=task, now=now, by=by)
    return made


@transaction.atomic
def ask_for_later_day(
    *, task_id: int, first_day: date, text: str, user: User, now: datetime, by: Actor
) -> ReviewNote:
    """The patient is asked by mail to choose a day from `first_day` on, a day at the location. The visit
    keeps its time until they do, and the review stays open; `text`, the reason, is kept as a note.

    Raises IllegalMove for a review that is done, LookedAt, NoEmail, and TooLate for a visit that is not
    ahead.
    """
    visit, task = _to_ask(task_id, user, now)
    visit.not_before = first_day
    visit.version += 1
    visit.save(update_fields=["not_before", "version"])
    messages.ask_patient(appointment=visit, kind=Message.Kind.LATER_DAY, now=now)
    audit.record(
        event=AuditEvent.Event.LATER_DAY,
        subject=visit,
        location_id=task.location_id,
        after={"not_before": first_day.isoformat()},
        now=now,
        by=by,
    )
    return ReviewNote.objects.create(task=task, text=text, written_by=user, written_at=now)


@transaction.atomic
def ask_for_card(*, task_id: int, user: User, now: datetime, by: Actor) -> None:
    """The patient is asked by mail for a photo of the card of a device or implant.

    Raises IllegalMove for a review that is done, LookedAt, NoEmail, and TooLate for a visit that is not
    ahead.
    """
    visit, task = _to_ask(task_id, user, now)
    messages.ask_patient(appointment=visit, kind=Message.Kind.CARD, now=now)
    audit.record(
        event=AuditEvent.Event.CARD_ASKED, subject=visit, location_id=task.location_id, now=now, by=by
    )


@transaction.atomic
def use_scanner(
    *, task_id: int, scanner_id: int, version: int, user: User, now: datetime, by: Actor
) -> Appointment:
    """The visit goes to another scanner at its time; the review stays open. Raises IllegalMove, LookedAt,
    EditConflict, SlotTaken."""
    visit_id = _open_for(task_id, user, now)
    return change_scanner(visit_id=visit_id, scanner_id=scanner_id, version=version, now=now, by=by)


@transaction.atomic
def cancel_reviewed(*, task_id: int, reason: str, user: User, now: datetime, by: Actor) -> Appointment:
    """The scan must not take place. `reason` is for staff; the patient is written to, or called.

    Raises IllegalMove for a review that is done or a visit that has begun, and LookedAt.
    """
    return cancel_visit(visit_id=_open_for(task_id, user, now), reason=reason, now=now, by=by)


def _to_ask(task_id: int, user: User, now: datetime) -> tuple[Appointment, Task]:
    """Locked."""
    Appointment.objects.select_for_update(no_key=True).get(pk=_open_for(task_id, user, now))
    task = _lock(task_id)
    _refuse_others(task, user, now)
    assert task.appointment_id is not None
    visit = Appointment.objects.with_place().get(pk=task.appointment_id)
    if not visit.is_ahead(now):
        raise TooLate
    if not is_reachable_by_email(visit):
        raise NoEmail
    return visit, task


def _open_for(task_id: int, user: User, now: datetime) -> int:
    """The visit of a review, which is locked later than its visit."""
    task = Task.objects.select_related("owner").get(pk=task_id)
    _refuse_done(task)
    _refuse_others(task, user, now)
    assert task.appointment_id is not None
    return task.appointment_id


def _lock(task_id: int) -> Task:
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    _refuse_done(task)
    return task


def _refuse_done(task: Task) -> None:
    if task.closed_at or task.kind != Task.Kind.REVIEW:
        raise IllegalMove


def _refuse_others(task: Task, user: User, now: datetime) -> None:
    if task.owner and task.owner_id != user.pk and is_looked_at(task.owned_at, now=now):
        raise LookedAt(str(task.owner))
