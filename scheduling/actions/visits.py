"""What can happen to a booked visit: it is looked at, confirmed, moved, canceled, taken back."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from locations.models import Location
from scheduling.actions import (
    audit,
    estimates,
    messages,
    orders,
    patients,
    screening,
    tasks,
    waitlist_entries,
)
from scheduling.actions.holds import broken_constraint, expire_holds_on, lock_scanners
from scheduling.actions.limits import count_attempt
from scheduling.exceptions import (
    EditConflict,
    IllegalMove,
    NotAnOpening,
    NotBefore,
    PatientBusy,
    SlotTaken,
    TooLate,
    TooYoung,
)
from scheduling.models import Appointment, AuditEvent
from scheduling.queries.openings import Opening, is_bookable_time, openings_at
from scheduling.queries.screening import is_too_early
from scheduling.queries.visits import is_too_young_for, price_at
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.actors import Actor

MOVES_AN_HOUR = 20  # by a patient; each sends a mail
OUTCOME_CANCELED = gettext_noop("The visit was canceled")
OUTCOME_TAKEN_BACK = gettext_noop("The patient took the cancel back")


@transaction.atomic
def confirm_coming(*, visit_id: int, sequence: int, now: datetime, by: Actor) -> Appointment:
    """“I will come”, to the time that was shown: `sequence` is the visit's `ical_sequence` there.

    Saying it again changes nothing; a move takes it back. Raises EditConflict, IllegalMove, TooLate.
    """
    visit = _lock_row(visit_id)
    if visit.ical_sequence != sequence:
        raise EditConflict
    if visit.status != Appointment.Status.BOOKED:
        raise IllegalMove
    if visit.confirmed_at:
        return visit
    if now >= visit.starts_at:
        raise TooLate
    visit.confirmed_at = now
    visit.version += 1
    visit.save(update_fields=["confirmed_at", "version"])
    audit.record(
        event=AuditEvent.Event.CONFIRMED,
        subject=visit,
        location_id=visit.scanner.location_id,
        after={"starts_at": visit.starts_at.isoformat()},
        now=now,
        by=by,
    )
    return visit


@transaction.atomic
def cancel_visit(*, visit_id: int, reason: str, now: datetime, by: Actor) -> Appointment:
    """Frees the time at once and withdraws what was still to be sent.

    Canceling a canceled visit again answers with it. Raises IllegalMove, TooLate (patients only).
    """
    visit = _lock_with_scanner(visit_id)
    if visit.status == Appointment.Status.CANCELED:
        return visit
    is_patient = by.kind == "patient"
    if not visit.may_become(Appointment.Status.CANCELED):
        raise IllegalMove
    if is_patient and visit.status != Appointment.Status.BOOKED:
        raise IllegalMove  # checked in: they are there to say so
    if is_patient and now >= visit.starts_at - _notice(visit):
        raise TooLate
    _cancel(visit, reason, {}, now=now, by=by)
    messages.follow_cancel(appointment=visit, now=now, by=by)
    return visit


@transaction.atomic
def cancel_quietly(*, visit_id: int, reason: str, now: datetime, by: Actor) -> Appointment:
    """For a booking that nobody means to keep: as cancel_visit, but nobody is written to or called.

    Raises IllegalMove unless the visit is booked and ahead.
    """
    visit = _lock_with_scanner(visit_id)
    if not visit.is_ahead(now):
        raise IllegalMove
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
    waitlist_entries.follow_cancel(appointment=visit, now=now, by=by)


@transaction.atomic
def take_back(*, visit_id: int, now: datetime, by: Actor) -> Appointment:
    """The patient's own cancel is undone, as long as the time is free and ahead. The waitlist is left alone:
    who was offered the time keeps it.

    Taking back again answers with the visit. Raises IllegalMove (it was not the patient who canceled),
    TooLate (it would have started), SlotTaken, PatientBusy, TooManyVisits, TooManyTries.
    """
    unlocked = Appointment.objects.select_related("scanner").get(pk=visit_id)
    found = _openings_of(unlocked, now)
    scanner_ids = {opening.scanner_id for opening in found} | {unlocked.scanner_id}
    lock_scanners(scanner_ids)
    visit = _lock_row(visit_id)
    if visit.status == Appointment.Status.BOOKED:
        return visit
    if not visit.canceled_by_patient:
        raise IllegalMove
    if now >= visit.starts_at:
        raise TooLate
    expire_holds_on(scanner_ids, now=now)
    opening = next((one for one in _openings_of(visit, now) if one.scanner_id in scanner_ids), None)
    if opening is None:
        raise SlotTaken
    assert visit.patient is not None
    canceled_at = visit.canceled_at
    visit.status = Appointment.Status.BOOKED
    visit.canceled_at, visit.canceled_by, visit.cancel_reason = None, "", ""
    _put_on(opening, visit)
    patients.lock_identity(visit.patient)
    patients.keep_within_limits(visit=visit, override_reason="", now=now, by=by)
    _save_moved(visit)
    tasks.close_tasks_of(appointment=visit, outcome=OUTCOME_TAKEN_BACK, now=now, by=by)
    tasks.reopen_tasks_of(appointment=visit, outcome=OUTCOME_CANCELED, closed_at=canceled_at, now=now, by=by)
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
    messages.follow_take_back(appointment=visit, now=now, by=by)
    return visit


@transaction.atomic
def move_visit(
    *,
    visit_id: int,
    location_id: int,
    starts_at: datetime,
    version: int,
    override_reason: str = "",
    now: datetime,
    by: Actor,
) -> Appointment:
    """To another time, scanner or location: the same row, so that ten minutes later does not
    collide with itself and every identifier survives. `version` is the row's as it was shown. With
    `override_reason` the desk lets it overlap another visit of the same patient.

    Moving to where it already is answers with it: a second press is no second move. Raises EditConflict,
    IllegalMove, NotAnOpening, SlotTaken, PatientBusy; for patients also TooLate, TooYoung, NotBefore,
    TooManyTries.
    """
    unlocked = Appointment.objects.get(pk=visit_id)
    wish = wish_of_visit(unlocked)
    candidates = openings_at(
        wish=wish, location_id=location_id, starts_at=starts_at, now=now, ignore={visit_id}
    )
    scanner_ids = {opening.scanner_id for opening in candidates} | {unlocked.scanner_id}
    lock_scanners(scanner_ids)
    visit = _lock_row(visit_id)
    if _is_at(visit, location_id, starts_at):
        return visit
    if visit.version != version or visit.scanner_id not in scanner_ids:
        raise EditConflict
    _check_movable(visit, location_id, starts_at, now, by)
    expire_holds_on(scanner_ids, now=now)
    openings = openings_at(
        wish=wish, location_id=location_id, starts_at=starts_at, now=now, ignore={visit_id}
    )
    opening = next((opening for opening in openings if opening.scanner_id in scanner_ids), None)
    if opening is None:
        was_open = is_bookable_time(wish=wish, location_id=location_id, starts_at=starts_at, now=now)
        raise SlotTaken if was_open else NotAnOpening
    before, moved_from = _place_and_time(visit), visit.scanner.location_id
    _put_on(opening, visit)
    lifted = patients.lift_overlap(visit=visit, override_reason=override_reason, by=by)
    _save_moved(visit)
    audit.record(
        event=AuditEvent.Event.MOVED,
        subject=visit,
        location_id=location_id,
        before=before,
        after={**_place_and_time(visit), **({"lifted": lifted} if lifted else {})},
        now=now,
        by=by,
    )
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    _follow_move(visit, moved_from, now=now, by=by)
    return visit


def _follow_move(visit: Appointment, moved_from: int, *, now: datetime, by: Actor) -> None:
    orders.follow_move(appointment=visit, now=now)
    estimates.follow_move(appointment=visit, moved_from=moved_from, now=now, by=by)
    screening.judge_again(appointment=visit, now=now, by=Actor.process("move"))
    waitlist_entries.follow_move(appointment=visit, now=now, by=by)
    messages.follow_move(appointment=visit, now=now, by=by)


def is_free_again(visit: Appointment, *, now: datetime) -> bool:
    """Whether the time of a canceled visit can be taken back, as far as one can tell without a lock."""
    return bool(_openings_of(visit, now))


def _openings_of(visit: Appointment, now: datetime) -> list[Opening]:
    """Where the time of a canceled visit is free, its own scanner first. However soon it is: its patient
    was prepared for it."""
    found = openings_at(
        wish=wish_of_visit(visit),
        location_id=visit.scanner.location_id,
        starts_at=visit.starts_at,
        now=now,
        however_soon=True,
    )
    return sorted(found, key=lambda opening: opening.scanner_id != visit.scanner_id)


def _is_at(visit: Appointment, location_id: int, starts_at: datetime) -> bool:
    is_there = visit.starts_at == starts_at and visit.scanner.location_id == location_id
    return is_there and visit.status == Appointment.Status.BOOKED


def _place_and_time(visit: Appointment) -> dict[str, Any]:
    return {"starts_at": visit.starts_at.isoformat(), "scanner": visit.scanner_id}


def _put_on(opening: Opening, visit: Appointment) -> None:
    if opening.location_id != visit.scanner.location_id:
        visit.price_shown = price_at(visit, opening.location_id)
    visit.scanner_id = opening.scanner_id
    visit.starts_at, visit.ends_at = opening.starts_at, opening.ends_at
    visit.occupied_until, visit.arrive_at = opening.occupied_until, opening.arrive_at
    visit.confirmed_at = None
    visit.overbooked, visit.overbook_reason = False, ""  # this time is free: the constraint guards it
    visit.ical_sequence += 1
    visit.version += 1


def _save_moved(visit: Appointment) -> None:
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        match broken_constraint(error):
            case "appointment_no_overlap":
                raise SlotTaken from error
            case "appointment_patient_no_overlap":
                raise PatientBusy from error
        raise


def _check_movable(
    visit: Appointment, location_id: int, starts_at: datetime, now: datetime, by: Actor
) -> None:
    if visit.status != Appointment.Status.BOOKED:
        raise IllegalMove
    if by.kind != "patient":
        return  # the desk has spoken with the patient
    if now >= visit.starts_at - _notice(visit):
        raise TooLate
    place = Location.objects.get(pk=location_id)
    if is_too_young_for(visit, place, starts_at):
        raise TooYoung
    if is_too_early(visit, place, starts_at, now=now):
        raise NotBefore
    count_attempt(
        kind="visit.move", source=str(visit.pk), limit=MOVES_AN_HOUR, window=timedelta(hours=1), now=now
    )


def _lock_with_scanner(visit_id: int) -> Appointment:
    lock_scanners(Appointment.objects.filter(pk=visit_id).values_list("scanner_id", flat=True))
    return _lock_row(visit_id)


def _lock_row(visit_id: int) -> Appointment:
    """Joined after it is locked: it may have waited for a move to another scanner."""
    locked = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    return Appointment.objects.with_place().get(pk=locked.pk)


def _notice(visit: Appointment) -> timedelta:
    return timedelta(minutes=visit.location.contact_until_minutes)


def note_view(*, visit: Appointment, now: datetime, by: Actor) -> None:
    """Views of a patient's record belong to its history as changes do."""
    audit.record(
        event=AuditEvent.Event.VIEWED,
        subject=visit,
        location_id=visit.scanner.location_id,
        now=now,
        by=by,
    )


def note_failed_lookup(*, visit: Appointment | None, now: datetime, by: Actor) -> None:
    """A wrong birth date for a visit, or a code that is none: what was typed is not kept."""
    audit.record(
        event=AuditEvent.Event.LOOKUP_FAILED,
        subject=visit,
        location_id=visit.scanner.location_id if visit else None,
        now=now,
        by=by,
    )
