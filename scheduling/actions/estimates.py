"""The written estimate that a patient who pays themselves is owed: opened with its day, moved, closed."""

from datetime import datetime

from django.utils.translation import gettext_noop

from scheduling.actions import tasks
from scheduling.models import Appointment, Task
from scheduling.queries.estimates import due_at, open_estimate
from scheduling.rules.actors import Actor

# Stored in English, translated where staff read it.
REASON_SELF = gettext_noop("Send a written estimate (Good Faith Estimate): the patient uses no insurance")
REASON_ASKED = gettext_noop("Send a written estimate: the patient asked for one")
REASON_ELSEWHERE = gettext_noop("Send a new written estimate: the visit has moved to this center")
REASON_OTHER_EXAM = gettext_noop("Send a new written estimate: the exam was corrected to the order")
OUTCOME_NOT_WANTED = gettext_noop("The patient no longer needs an estimate")


def follow_booking(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction, after the visit is booked."""
    if appointment.gets_estimate:
        _open(appointment, was_asked_for=not _pays(appointment), now=now, by=by)


def follow_answer(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """After the patient has said something else about paying. One that was sent is not sent again.

    Who says now that they pay themselves is owed it as soon as if they booked now: 45 CFR 149.610(b)(1)(vi)
    counts from scheduling, or from asking, and the sooner day keeps either. So one they had asked for before
    is brought forward.
    """
    if not appointment.gets_estimate:
        tasks.close_tasks_of(
            appointment=appointment, kind=Task.Kind.ESTIMATE, outcome=OUTCOME_NOT_WANTED, now=now, by=by
        )
    elif not _was_sent(appointment):
        pays = _pays(appointment)
        _open(appointment, was_asked_for=not pays, is_urgent=pays, now=now, by=by)


def follow_move(*, appointment: Appointment, moved_from: int, now: datetime, by: Actor) -> None:
    """After the row has its new time and place; `moved_from` is the location before. An estimate of another
    center's price is of no use."""
    if appointment.gets_estimate and moved_from != appointment.location.pk:
        was_asked_for = not _pays(appointment)
        _open(appointment, reason=REASON_ELSEWHERE, was_asked_for=was_asked_for, now=now, by=by)


def follow_exam(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """After the row has another exam: an estimate of another exam's price is of no use."""
    if appointment.gets_estimate:
        was_asked_for = not _pays(appointment)
        _open(appointment, reason=REASON_OTHER_EXAM, was_asked_for=was_asked_for, now=now, by=by)


def due_after_move(appointment: Appointment, now: datetime) -> datetime | None:
    """Of one that is open; what was promised for a day stays promised for it."""
    task = open_estimate(appointment)
    if task is None:
        return None
    return min(task.due_at, due_at(appointment, was_asked_for=not _pays(appointment), now=now))


def _open(
    appointment: Appointment,
    *,
    was_asked_for: bool,
    reason: str = "",
    is_urgent: bool = False,
    now: datetime,
    by: Actor,
) -> None:
    tasks.open_task(
        kind=Task.Kind.ESTIMATE,
        location=appointment.location,
        appointment=appointment,
        reason=reason or (REASON_SELF if _pays(appointment) else REASON_ASKED),
        is_urgent=is_urgent,
        due_at=due_at(appointment, was_asked_for=was_asked_for, now=now),
        now=now,
        by=by,
    )


def _pays(appointment: Appointment) -> bool:
    return appointment.paying == appointment.Paying.SELF


def _was_sent(appointment: Appointment) -> bool:
    closed = appointment.tasks.filter(kind=Task.Kind.ESTIMATE, closed_at__isnull=False)
    return closed.exclude(outcome=OUTCOME_NOT_WANTED).exists()
