"""A visit on the calendar: locked, put on a scanner's time, saved with the constraints as referee."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint, lock_scanners
from scheduling.exceptions import OrderGone, PatientBusy, SlotTaken
from scheduling.models import Appointment
from scheduling.queries.openings import Opening
from scheduling.queries.visits import price_at


def lock_visit_with_scanner(visit_id: int) -> Appointment:
    lock_scanners(Appointment.objects.filter(pk=visit_id).values_list("scanner_id", flat=True))
    return lock_visit(visit_id)


def lock_visit(visit_id: int) -> Appointment:
    """Joined after it is locked: it may have waited for a move to another scanner."""
    locked = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    return Appointment.objects.with_place().get(pk=locked.pk)


def lock_visits(visit_ids: Iterable[int]) -> dict[int, Appointment]:
    """By key, in one order."""
    return {pk: lock_visit(pk) for pk in sorted(set(visit_ids))}


def park(visit: Appointment) -> None:
    """Off both calendars, the scanner's and the patient's, until it is saved again in this transaction: two
    visits that exchange places would else stand on one for a moment, and the constraints would refuse it."""
    why = "-"
    Appointment.objects.filter(pk=visit.pk).update(overbooked=True, overbook_reason=why, overlap_reason=why)


def put_on(opening: Opening, visit: Appointment) -> None:
    if opening.location_id != visit.scanner.location_id:
        visit.price_shown = price_at(visit, opening.location_id)
    visit.scanner_id = opening.scanner_id
    visit.starts_at, visit.ends_at = opening.starts_at, opening.ends_at
    visit.occupied_until, visit.arrive_at = opening.occupied_until, opening.arrive_at
    visit.confirmed_at = None
    visit.overbooked, visit.overbook_reason = False, ""  # this time is free: the constraint guards it
    visit.ical_sequence += 1
    visit.version += 1


def place_and_time(visit: Appointment) -> dict[str, Any]:
    """For the audit: where and when, as a person asks for it."""
    return {"starts_at": visit.starts_at.isoformat(), "scanner": visit.scanner_id}


def whole_place(visit: Appointment) -> dict[str, Any]:
    """For the audit of what staff may undo: all that `put_on` changes."""
    return {
        **place_and_time(visit),
        "ends_at": visit.ends_at.isoformat(),
        "occupied_until": visit.occupied_until.isoformat(),
        "arrive_at": visit.arrive_at.isoformat(),
        "overbooked": visit.overbooked,
        "overbook_reason": visit.overbook_reason,
        "overlap_reason": visit.overlap_reason,
        "price_shown": str(visit.price_shown) if visit.price_shown is not None else None,
        "confirmed_at": visit.confirmed_at.isoformat() if visit.confirmed_at else None,
    }


def what_is_done(visit: Appointment) -> dict[str, Any]:
    """For the audit: the exam as it is booked, by its key."""
    return {
        "exam": visit.exam_id,
        "laterality": visit.laterality,
        "contrast_answer": visit.contrast_answer,
        "order_status": visit.order_status,
    }


def put_back(place: Mapping[str, Any], visit: Appointment) -> None:
    """Where `whole_place` saw it, for the exam that `what_is_done` saw if it was asked."""
    if "exam" in place:
        visit.exam_id, visit.laterality = place["exam"], place["laterality"]
        visit.contrast_answer, visit.order_status = place["contrast_answer"], place["order_status"]
    visit.scanner_id = place["scanner"]
    for name in ("starts_at", "ends_at", "occupied_until", "arrive_at"):
        setattr(visit, name, datetime.fromisoformat(place[name]))
    visit.overbooked, visit.overbook_reason = place["overbooked"], place["overbook_reason"]
    visit.overlap_reason = place.get("overlap_reason", "")
    visit.price_shown = Decimal(place["price_shown"]) if place["price_shown"] is not None else None
    confirmed_at = place["confirmed_at"]
    visit.confirmed_at = datetime.fromisoformat(confirmed_at) if confirmed_at else None
    visit.ical_sequence += 1
    visit.version += 1


def save_on_calendar(visit: Appointment) -> None:
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        match broken_constraint(error):
            case "appointment_no_overlap":
                raise SlotTaken from error
            case "appointment_patient_no_overlap":
                raise PatientBusy from error
            case "appointment_one_live_per_order":
                raise OrderGone from error
        raise
