"""From a filled-in draft to a booked visit: one transaction, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from scheduling.actions import (
    audit,
    authorizations,
    documents,
    estimates,
    messages,
    order_visits,
    orders,
    patients,
    screening,
    tasks,
    waitlist_upkeep,
)
from scheduling.actions.holds import broken_constraint, lock_draft, take_time
from scheduling.actions.limits import note_origin
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    DraftChanged,
    DraftIncomplete,
    ExamNotOffered,
    NotBefore,
    PatientBusy,
    TooYoung,
)
from scheduling.models import Appointment, AuditEvent, Draft, Task
from scheduling.models.paying import PAYING_ANSWERS
from scheduling.queries.access import visit_of_draft
from scheduling.queries.drafts import digest_of, is_old_enough, missing_steps, offering_of
from scheduling.queries.screening import outcome_of_draft
from scheduling.rules import codes
from scheduling.rules.actors import Actor
from scheduling.rules.screening import Disposition

# Stored in English, translated where staff read it.
REASON_MATCH_ORDER = gettext_noop("Match the exam to the order: the patient was not sure about contrast")
OUTCOME_BOOKED = gettext_noop("Booked online")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What came of a confirmation. A repeated submit answers with the same visit, `is_new` False."""

    visit: Appointment
    is_new: bool


@transaction.atomic
def confirm_booking(
    *, draft_id: UUID, digest: str, override_reason: str = "", address: str = "", now: datetime, by: Actor
) -> Confirmation:
    """Book what the patient saw on the check page.

    `digest` is queries.drafts.digest_of the draft as it was shown. The hold is used, or quietly
    re-taken. With `override_reason` the desk lets one patient have overlapping or more coming visits, or be
    younger than the center's offering says.
    `address` of the patient's browser is kept for days as a keyed hash (actions.limits.note_origin).
    Raises AlreadyBooked, DraftChanged, DraftIncomplete, BookingNotOffered, NotAnOpening,
    SlotTaken, PleaseCall, TooManyTries; nothing is changed then. BookingNotOffered may be ExamNotOffered,
    TooYoung or NotBefore; PleaseCall is PatientBusy or TooManyVisits. A draft of an order raises OrderGone,
    OrderChanged and OrderForAnother, too.
    """
    draft = lock_draft(draft_id)
    booked = visit_of_draft(draft)
    if booked:
        if digest != draft.booked_digest:
            raise AlreadyBooked
        return Confirmation(booked, is_new=False)
    _check(draft, digest, override_reason, now)
    assert draft.location_id is not None
    assert draft.starts_at is not None
    hold = take_time(draft=draft, location_id=draft.location_id, starts_at=draft.starts_at, now=now, by=by)
    visit, lifted = _write_visit(hold, draft, override_reason, now=now, by=by)
    Draft.objects.filter(pk=draft.pk).update(booked_digest=digest, updated_at=now)
    for kind in (Task.Kind.CALLBACK, Task.Kind.MISSING_DETAILS):
        tasks.close_tasks_of_draft(draft=draft, kind=kind, outcome=OUTCOME_BOOKED, now=now, by=by)
    screening.record_for_visit(appointment=visit, draft=draft, now=now, by=by)
    documents.move_to_visit(draft=draft, appointment=visit)
    _open_work(visit, now=now, by=by)
    told = {"starts_at": visit.starts_at.isoformat(), "scanner": visit.scanner_id, "source": visit.source}
    audit.record(
        event=AuditEvent.Event.BOOKED,
        subject=visit,
        location_id=draft.location_id,
        after={**told, "lifted": lifted} if lifted else told,
        now=now,
        by=by,
    )
    note_origin(visit=visit, address=address, now=now)
    waitlist_upkeep.follow_booking(draft=draft, now=now, by=by)
    messages.follow_booking(appointment=visit, now=now, by=by)
    return Confirmation(visit, is_new=True)


def _open_work(visit: Appointment, *, now: datetime, by: Actor) -> None:
    """What the desk has to do for it by when."""
    if visit.contrast_answer == Appointment.ContrastAnswer.NOT_SURE:
        tasks.open_task(
            kind=Task.Kind.MATCH_ORDER,
            location=visit.location,
            appointment=visit,
            reason=REASON_MATCH_ORDER,
            now=now,
            by=by,
        )
    orders.follow_order(appointment=visit, now=now, by=by)
    estimates.follow_booking(appointment=visit, now=now, by=by)
    authorizations.decide_again(appointment=visit, now=now, by=by)


def _check(draft: Draft, digest: str, override_reason: str, now: datetime) -> None:
    """Everything that can refuse before the calendar is touched."""
    if digest != digest_of(draft):
        raise DraftChanged
    if missing_steps(draft, now=now):
        raise DraftIncomplete
    offering = offering_of(draft)
    if offering is None:
        raise ExamNotOffered
    if not is_old_enough(draft, offering) and not override_reason:
        raise TooYoung
    outcome = outcome_of_draft(draft, now=now)
    if outcome and outcome.disposition is Disposition.DEFER:
        raise NotBefore
    if outcome and outcome.disposition is Disposition.EMERGENCY:
        raise BookingNotOffered
    if outcome and outcome.disposition is Disposition.CALLBACK and not draft.set_up_reason:
        raise BookingNotOffered


def _write_visit(
    hold: Appointment, draft: Draft, override_reason: str, *, now: datetime, by: Actor
) -> tuple[Appointment, list[str]]:
    """The held row becomes the visit: it never leaves the scanner in between. The limits lifted for it."""
    visit = hold
    visit.patient = patients.match_or_create(draft=draft, now=now)
    order = visit.order = order_visits.check_order(draft)
    lifted = patients.keep_within_limits(visit=visit, override_reason=override_reason, now=now, by=by)
    visit.status, visit.held_until, visit.booked_at = Appointment.Status.BOOKED, None, now
    _give_identifiers(visit)
    visit.language = draft.language
    visit.interpreter_language = draft.interpreter_language
    visit.reason = draft.reason
    visit.order_status = draft.order_status
    visit.email, visit.phone, visit.phone_as_typed = draft.email, draft.phone, draft.phone_as_typed
    visit.by_email, visit.by_text, visit.by_call = draft.by_email, draft.by_text, draft.by_call
    if by.kind == "staff":
        patients.keep_wishes(visit, visit.patient)
    visit.booker_name, visit.booker_relation = draft.booker_name, draft.booker_relation
    visit.guardian_name = draft.guardian_name
    for name in PAYING_ANSWERS:
        setattr(visit, name, getattr(draft, name))
    offering = offering_of(draft)
    visit.price_shown = offering.price if offering else None
    visit.version += 1
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        if broken_constraint(error) == "appointment_patient_no_overlap":
            raise PatientBusy from error
        raise
    if order:
        order_visits.mark_booked(order=order, visit=visit, now=now, by=by)
    return visit, lifted


def _give_identifiers(visit: Appointment) -> None:
    day = visit.starts_at.astimezone(visit.zone).date()
    visit.code = codes.new_code()
    visit.accession = codes.new_accession(day)
    visit.requested_procedure_id = codes.new_procedure_id(day)
    visit.sps_id = codes.new_step_id(day)
    visit.study_uid = codes.new_study_uid()
    visit.ical_uid = codes.new_ical_uid()
    visit.link_key = codes.new_link_key()
