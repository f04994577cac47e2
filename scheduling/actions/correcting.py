"""A visit's exam becomes what the doctor's order says, and all that hangs on the exam is looked at again."""

from datetime import datetime

from django.db import transaction

from scheduling.actions import audit, estimates, labs, messages, order_visits, orders, releases, safety_sheets
from scheduling.actions.desk_moves import MOVABLE, take_place
from scheduling.actions.holds import lock_scanners
from scheduling.actions.moving import follow_place
from scheduling.actions.placing import lock_visit, what_is_done, whole_place
from scheduling.exceptions import EditConflict, IllegalMove
from scheduling.models import Appointment, AuditEvent, Exam
from scheduling.queries.visits import price_at
from scheduling.rules.actors import Actor
from scheduling.rules.telling import Telling


@transaction.atomic
def correct_to_order(
    *,
    visit_id: int,
    exam: Exam,
    laterality: str,
    scanner_id: int,
    starts_at: datetime,
    version: int,
    reason: str = "",
    tell: Telling = Telling.MESSAGE,
    now: datetime,
    by: Actor,
) -> Appointment:
    """The order is on file then, and nothing is left to match. The place is the one of before where the exam
    fits there, or another; `reason` is needed where something speaks against it.

    Correcting to what it is already, at the same place, answers with it. Raises Clashes, EditConflict,
    IllegalMove, SlotTaken, PatientBusy; NotAnOpening where the scanner can't do the exam, its location does
    not offer it, or the time is over.
    """
    lock_scanners({scanner_id, Appointment.objects.get(pk=visit_id).scanner_id})
    visit = lock_visit(visit_id)
    place, moved_from, exam_before = (visit.scanner_id, visit.starts_at), visit.location.pk, visit.exam_id
    before = {**whole_place(visit), **what_is_done(visit)}
    _set_to_order(visit, exam, laterality)
    if place == (scanner_id, starts_at) and what_is_done(visit).items() <= before.items():
        return visit
    if version != visit.version:
        raise EditConflict
    if visit.status not in MOVABLE:
        raise IllegalMove
    lifted = take_place(visit, scanner_id, starts_at, reason=reason, now=now, by=by)
    visit.price_shown = price_at(visit, visit.scanner.location_id)
    visit.save(update_fields=["price_shown"])
    audit.record(
        event=AuditEvent.Event.EXAM_CORRECTED,
        subject=visit,
        location_id=visit.scanner.location_id,
        before=before,
        after={
            **whole_place(visit),
            **what_is_done(visit),
            "reason": reason,
            **({"lifted": lifted} if lifted else {}),
        },
        now=now,
        by=by,
    )
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    follow_place(visit, moved_from, now=now, by=by)
    _follow_exam(visit, is_other_exam=exam.pk != exam_before, now=now, by=by)
    has_moved = (visit.scanner_id, visit.starts_at) != place
    messages.follow_correction(appointment=visit, has_moved=has_moved, tell=tell, now=now, by=by)
    return visit


def _set_to_order(visit: Appointment, exam: Exam, laterality: str) -> None:
    visit.exam, visit.laterality = exam, laterality if exam.has_sides else ""
    visit.contrast_answer = Appointment.ContrastAnswer.AS_ORDERED
    visit.order_status = Appointment.OrderStatus.RECEIVED


def _follow_exam(visit: Appointment, *, is_other_exam: bool, now: datetime, by: Actor) -> None:
    order_visits.follow_exam(visit=visit, now=now, by=by)
    orders.settle(appointment=visit, now=now, by=by)
    if is_other_exam:
        safety_sheets.follow_exam(appointment=visit, now=now, by=by)
        releases.follow_exam(appointment=visit, now=now, by=by)
        labs.follow_exam(appointment=visit, now=now, by=by)
        estimates.follow_exam(appointment=visit, now=now, by=by)
