"""The desk's work about a visit's order: it has not come, or it came and is to be matched."""

from datetime import datetime

from django.utils.translation import gettext_noop

from scheduling.actions import tasks
from scheduling.models import Appointment, Task
from scheduling.queries.documents import has_order_document
from scheduling.queries.hours import due_in_staffed_hours
from scheduling.rules.actors import Actor
from scheduling.rules.business_days import business_days_before
from scheduling.rules.opening_hours import local_day, wall_instant

CHASE_DAYS = 2  # business days before the visit: time to reach a doctor's office

# Stored in English, translated where staff read it.
REASON_NOT_SENT = gettext_noop("The patient has the order but has not sent it: ask for it")
REASON_NOT_COME = gettext_noop("The order has not come: call the doctor’s office")
REASON_CAME = gettext_noop("Check that the order that was sent matches the booked exam")
OUTCOME_CAME = gettext_noop("The patient sent the order")
OUTCOME_REMOVED = gettext_noop("The patient removed the order")


def follow_order(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """After booking, and whenever papers of the order come or go; in the caller's transaction. An order that
    was here before the visit decided its exam: nothing is missing, and nothing to be matched."""
    if has_order_document(appointment):
        tasks.close_tasks_of(
            appointment=appointment, kind=Task.Kind.MISSING_ORDER, outcome=OUTCOME_CAME, now=now, by=by
        )
        _open(appointment, Task.Kind.MATCH_ORDER, REASON_CAME, now=now, by=by)
        return
    if not is_asked_about(appointment):
        tasks.close_tasks_of(
            appointment=appointment, kind=Task.Kind.MATCH_ORDER, outcome=OUTCOME_REMOVED, now=now, by=by
        )
    if appointment.order_id:
        return
    reason = {
        Appointment.OrderStatus.HAVE_IT: REASON_NOT_SENT,
        Appointment.OrderStatus.OFFICE_SENDS: REASON_NOT_COME,
    }.get(Appointment.OrderStatus(appointment.order_status))
    if reason:
        due_at = chase_at(appointment, now)
        _open(appointment, Task.Kind.MISSING_ORDER, reason, due_at=due_at, now=now, by=by)


def settle(
    *, appointment: Appointment, outcome: str = tasks.OUTCOME_CORRECTED, now: datetime, by: Actor
) -> None:
    """In the caller's transaction: somebody has read the order, and the visit is what it says."""
    for kind in (Task.Kind.MISSING_ORDER, Task.Kind.MATCH_ORDER):
        tasks.close_tasks_of(appointment=appointment, kind=kind, outcome=outcome, now=now, by=by)


def is_asked_about(appointment: Appointment) -> bool:
    """The order decides what the patient was not sure about: the desk matches it, sent or not, and calls."""
    return appointment.contrast_answer == Appointment.ContrastAnswer.NOT_SURE


def chase_at(appointment: Appointment, now: datetime) -> datetime:
    """An hour into the staffed time two business days before the visit; now, where that is over."""
    zone = appointment.zone
    day = business_days_before(local_day(appointment.starts_at, zone), CHASE_DAYS)
    begins = max(now, wall_instant(day, 0, zone))
    return due_in_staffed_hours(appointment.location, now=begins, before=appointment.arrive_at)


def _open(
    appointment: Appointment,
    kind: Task.Kind,
    reason: str,
    *,
    due_at: datetime | None = None,
    now: datetime,
    by: Actor,
) -> None:
    tasks.open_task(
        kind=kind,
        location=appointment.location,
        appointment=appointment,
        reason=reason,
        due_at=due_at,
        now=now,
        by=by,
    )
