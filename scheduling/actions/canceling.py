"""A visit is given up, and a patient takes that back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from scheduling.actions import audit, messages, order_visits, patients, screening, tasks, waitlist_upkeep
from scheduling.actions.holds import expire_holds_on, lock_scanners
from scheduling.actions.placing import lock_visit, lock_visit_with_scanner, put_on, save_on_calendar
from scheduling.exceptions import EditConflict, IllegalMove, SlotTaken, TooLate
from scheduling.models import Appointment, AuditEvent
from scheduling.queries.visits import notice_of, openings_of_canceled
from scheduling.rules.actors import Actor

OUTCOME_CANCELED = gettext_noop("The visit was canceled")
OUTCOME_TAKEN_BACK = gettext_noop("The patient took the cancel back")


@transaction.atomic
def cancel_visit(
    *,
    visit_id: int,
    reason: str,
    asked_by: str = "",
    version: int | None = None,
    now: datetime,
    by: Actor,
) -> Appointment:
    """Frees the time at once and withdraws what was still to be sent. Who asked (Appointment.AskedBy) is the
    patient unless the desk says otherwise; the desk also names the `version` it saw, and may then get
    EditConflict.

    Canceling a canceled visit again answers with it. Raises IllegalMove, TooLate (patients only).
    """
    visit = lock_visit_with_scanner(visit_id)
    if visit.status == Appointment.Status.CANCELED:
        return visit
    if version is not None and visit.version != version:
        raise EditConflict
    is_patient = by.kind == "patient"
    if not visit.may_become(Appointment.Status.CANCELED):
        raise IllegalMove
    if is_patient and visit.status != Appointment.Status.BOOKED:
        raise IllegalMove  # checked in: they are there to say so
    if is_patient and now >= visit.starts_at - notice_of(visit):
        raise TooLate
    visit.cancel_asked_by = Appointment.AskedBy.PATIENT if is_patient else asked_by
    _cancel(visit, reason, {}, now=now, by=by)
    messages.follow_cancel(appointment=visit, now=now, by=by)
    return visit


@transaction.atomic
def cancel_quietly(*, visit_id: int, reason: str, now: datetime, by: Actor) -> Appointment:
    """For a booking that nobody means to keep: as cancel_visit, but nobody is written to or called.

    Raises IllegalMove unless the visit is booked and ahead.
    """
    visit = lock_visit_with_scanner(visit_id)
    if not visit.is_ahead(now):
        raise IllegalMove
    _cancel(visit, reason, {"told": False}, now=now, by=by)
    messages.withdraw_unsent(appointment=visit)
    return visit


@transaction.atomic
def give_back(*, visit_id: int, version: int, reason: str, now: datetime, by: Actor) -> Appointment:
    """A walk-in that a room has taken in by mistake goes back to the queue. Nobody is told: they are here.

    Raises EditConflict; IllegalMove once the scan has begun.
    """
    visit = lock_visit_with_scanner(visit_id)
    if visit.version != version:
        raise EditConflict
    if not visit.may_become(Appointment.Status.CANCELED):
        raise IllegalMove
    visit.cancel_asked_by = Appointment.AskedBy.CENTER
    _cancel(visit, reason, {"told": False}, now=now, by=by)
    messages.withdraw_unsent(appointment=visit)
    return visit


def _cancel(visit: Appointment, reason: str, told: dict[str, bool], *, now: datetime, by: Actor) -> None:
    before = visit.status
    visit.status = Appointment.Status.CANCELED
    visit.canceled_at, visit.canceled_by, visit.cancel_reason = now, str(by), reason
    visit.ical_sequence += 1
    visit.version += 1
    visit.save()
    order_visits.follow_visit(visit=visit, now=now, by=by)
    tasks.close_tasks_of(appointment=visit, outcome=OUTCOME_CANCELED, now=now, by=by)
    audit.record(
        event=AuditEvent.Event.CANCELED,
        subject=visit,
        location_id=visit.scanner.location_id,
        before={"status": before},
        after={"status": visit.status, **told},
        now=now,
        by=by,
    )
    waitlist_upkeep.follow_cancel(appointment=visit, now=now, by=by)


@transaction.atomic
def take_back(*, visit_id: int, now: datetime, by: Actor) -> Appointment:
    """The patient's own cancel is undone, as long as the time is free and ahead: who was offered it meanwhile
    keeps it. What the cancel ended, tasks and the place on the waitlist, goes on.

    Taking back again answers with the visit. Raises IllegalMove (it was not the patient who canceled),
    TooLate (it would have started), SlotTaken, PatientBusy, TooManyVisits, TooManyTries, OrderGone (the order
    was booked again meanwhile).
    """
    unlocked = Appointment.objects.select_related("scanner").get(pk=visit_id)
    found = openings_of_canceled(unlocked, now)
    scanner_ids = {opening.scanner_id for opening in found} | {unlocked.scanner_id}
    lock_scanners(scanner_ids)
    visit = lock_visit(visit_id)
    if visit.status == Appointment.Status.BOOKED:
        return visit
    if not visit.canceled_by_patient:
        raise IllegalMove
    if now >= visit.starts_at:
        raise TooLate
    expire_holds_on(scanner_ids, now=now)
    opening = next((one for one in openings_of_canceled(visit, now) if one.scanner_id in scanner_ids), None)
    if opening is None:
        raise SlotTaken
    assert visit.patient is not None
    canceled_at = visit.canceled_at
    visit.status = Appointment.Status.BOOKED
    visit.canceled_at, visit.canceled_by, visit.cancel_reason, visit.cancel_asked_by = None, "", "", ""
    put_on(opening, visit)
    patients.lock_identity(visit.patient)
    patients.keep_within_limits(visit=visit, override_reason="", now=now, by=by)
    save_on_calendar(visit)
    order_visits.follow_visit(visit=visit, now=now, by=by)
    audit.record(
        event=AuditEvent.Event.TAKEN_BACK,
        subject=visit,
        location_id=visit.scanner.location_id,
        before={"status": Appointment.Status.CANCELED},
        after={"status": visit.status, "scanner": visit.scanner_id},
        now=now,
        by=by,
    )
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    _follow_take_back(visit, canceled_at, now=now, by=by)
    return visit


def _follow_take_back(visit: Appointment, canceled_at: datetime | None, *, now: datetime, by: Actor) -> None:
    tasks.close_tasks_of(appointment=visit, outcome=OUTCOME_TAKEN_BACK, now=now, by=by)
    tasks.reopen_tasks_of(
        appointment=visit,
        outcome=OUTCOME_CANCELED,
        closed_at=canceled_at,
        urgent=screening.URGENT,
        now=now,
        by=by,
    )
    waitlist_upkeep.follow_take_back(appointment=visit, canceled_at=canceled_at, now=now, by=by)
    messages.follow_take_back(appointment=visit, now=now, by=by)
