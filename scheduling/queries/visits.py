"""What a patient asks about a booked visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from locations.models import Location, Scanner, User
from scheduling.models import Appointment, AuditEvent, Offering
from scheduling.queries.openings import Opening, openings_at
from scheduling.queries.patients import visits_of
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.ages import years_between
from scheduling.rules.opening_hours import local_day


@dataclass(frozen=True, slots=True)
class LastMove:
    """What a visit was before it was moved, when it was moved, and by whom."""

    starts_at: datetime
    scanner: Scanner
    moved_at: datetime
    by_patient: bool


def last_move(visit: Appointment) -> LastMove | None:
    if not visit.ical_sequence:
        return None
    events = AuditEvent.objects.filter(object_kind="appointment", object_id=str(visit.pk))
    move = events.filter(event__in=(AuditEvent.Event.MOVED, AuditEvent.Event.CHANGE_UNDONE)).first()
    if move is None or move.event == AuditEvent.Event.CHANGE_UNDONE:
        return None
    starts_at = parse_datetime(move.before["starts_at"])
    assert starts_at is not None
    scanner = Scanner.objects.select_related("location").get(pk=move.before["scanner"])
    return LastMove(starts_at, scanner, move.at, by_patient=move.actor_kind == "patient")


def taken_back_at(visit: Appointment) -> datetime | None:
    """When its cancel was taken back, if that is the last thing that happened to its time."""
    about_time = (AuditEvent.Event.MOVED, AuditEvent.Event.CANCELED, AuditEvent.Event.TAKEN_BACK)
    events = AuditEvent.objects.filter(object_kind="appointment", object_id=str(visit.pk))
    last = events.filter(event__in=about_time).first()
    return last.at if last and last.event == AuditEvent.Event.TAKEN_BACK else None


def is_too_young_for(visit: Appointment, location: Location, starts_at: datetime) -> bool:
    """For the exam at that location on that day; a person sets such a visit up."""
    assert visit.patient is not None
    offering = _offering(visit, location.pk)
    if offering is None:
        return False
    day = starts_at.astimezone(location.zone).date()
    return years_between(visit.patient.birth_date, day) < offering.minimum_age


def price_at(visit: Appointment, location_id: int) -> Decimal | None:
    """The self-pay price of its exam at a center that it moves to."""
    offering = _offering(visit, location_id)
    return offering.price if offering else None


def is_free_again(visit: Appointment, *, now: datetime) -> bool:
    """Whether the time of a canceled visit can be taken back, as far as one can tell without a lock."""
    return bool(openings_of_canceled(visit, now))


def openings_of_canceled(visit: Appointment, now: datetime) -> list[Opening]:
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


def openings_on_others(visit: Appointment, *, now: datetime) -> list[Opening]:
    """Its time on other scanners of its location that have what it needs; however soon, as by the desk."""
    found = openings_at(
        wish=wish_of_visit(visit),
        location_id=visit.scanner.location_id,
        starts_at=visit.starts_at,
        now=now,
        ignore={visit.pk},
        however_soon=True,
    )
    return [opening for opening in found if opening.scanner_id != visit.scanner_id]


def other_scanners(visit: Appointment, *, now: datetime) -> QuerySet[Scanner]:
    free = [opening.scanner_id for opening in openings_on_others(visit, now=now)]
    return Scanner.objects.filter(pk__in=free).order_by("name", "pk")


def is_before_its_day(visit: Appointment) -> bool:
    """Whether a reviewer asked for a later day than the one it is on."""
    return visit.not_before is not None and local_day(visit.starts_at, visit.zone) < visit.not_before


def notice_of(visit: Appointment) -> timedelta:
    """How long before the start patients may still move or cancel by themselves."""
    return timedelta(minutes=visit.location.contact_until_minutes)


def visits_of_patient(visit: Appointment, user: User) -> QuerySet[Appointment]:
    """Others of the same patient at the user's locations, the latest first."""
    assert visit.patient is not None
    return visits_of(visit.patient, user).exclude(pk=visit.pk)


def missed_from(visit: Appointment) -> datetime:
    """When a visit can be marked as missed: late counts from the start of the scan, not from when the
    patient was asked to arrive."""
    return visit.starts_at + timedelta(minutes=visit.location.late_grace_minutes)


def late_since(location: Location, *, now: datetime) -> datetime:
    """Who was to be scanned by then and is not here is late, and can be marked as missed."""
    return now - timedelta(minutes=location.late_grace_minutes)


def is_late(visit: Appointment, *, now: datetime) -> bool:
    is_expected = visit.status == Appointment.Status.BOOKED
    return is_expected and visit.starts_at <= late_since(visit.location, now=now)


def is_of_a_later_day(visit: Appointment, *, now: datetime) -> bool:
    """On the clock of its location; who is to arrive before midnight for a scan after it is early enough."""
    return local_day(visit.arrive_at, visit.zone) > local_day(now, visit.zone)


def _offering(visit: Appointment, location_id: int) -> Offering | None:
    return Offering.objects.filter(exam=visit.exam_id, location=location_id, is_active=True).first()
