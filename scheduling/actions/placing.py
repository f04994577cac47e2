"""A visit on the calendar: locked, put on a scanner's time, saved with the constraints as referee."""

from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint, lock_scanners
from scheduling.exceptions import PatientBusy, SlotTaken
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
        raise
