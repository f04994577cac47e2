"""Orders that came for visits that were booked without one: which visit an order could be for, and back."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from locations.models import User
from scheduling.models import Appointment, Order, Patient
from scheduling.queries.duplicates import person_of
from scheduling.queries.orders import BOOKABLE
from scheduling.queries.worklist import BOOKING
from scheduling.rules.duplicates import Person, is_one_person
from scheduling.rules.opening_hours import local_day, wall_instant

TAKES_ORDER = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Context of frontdesk/order_visits.html."""

    visit: Appointment
    is_as_ordered: bool  # the exam and the side; else the visit is corrected first


def visits_for_order(order: Order, user: User, *, now: datetime) -> list[Candidate]:
    """Of the patient, without an order, of the same kind of scan, where the user books; the nearest first."""
    if order.status not in BOOKABLE or order.exam is None or order.birth_date is None:
        return []
    today = wall_instant(local_day(now, order.zone), 0, order.zone)
    visits = Appointment.objects.with_place().filter(
        order=None,
        status__in=TAKES_ORDER,
        starts_at__gte=today,
        exam__modality=order.exam.modality,
        patient__birth_date=order.birth_date,
        scanner__location__in=user.locations_for(*BOOKING),
    )
    theirs = [visit for visit in visits.order_by("starts_at", "pk") if is_for(order, visit.patient)]
    return [Candidate(visit, is_as_ordered(order, visit)) for visit in theirs]


def orders_for_visit(visit: Appointment, user: User) -> list[Order]:
    """In the inbox, of its patient, where the user books; also those that are still to be completed."""
    if visit.order_id or visit.status not in TAKES_ORDER or visit.patient is None:
        return []
    orders = Order.objects.with_all().filter(
        Q(exam=None) | Q(exam__modality=visit.exam.modality),
        status__in=Order.OPEN,
        birth_date=visit.patient.birth_date,
        location__in=user.locations_for(*BOOKING),
    )
    return [order for order in orders.order_by("received_at", "pk") if is_for(order, visit.patient)]


def is_for(order: Order, patient: Patient | None) -> bool:
    """Whether it is the patient's, as far as names, date of birth, phone and email can tell."""
    if patient is None or order.birth_date is None:
        return False
    if order.patient_id == patient.pk:
        return True
    named = Person(order.given_name, order.family_name, order.birth_date, str(order.phone or ""), order.email)
    return is_one_person(named, person_of(patient))


def is_as_ordered(order: Order, visit: Appointment) -> bool:
    return (order.exam_id, order.laterality) == (visit.exam_id, visit.laterality)


def was_given(order: Order, visit: Appointment) -> bool:
    """To a visit that was booked without it, so that it can be taken back."""
    return visit.order_id == order.pk and (visit.draft is None or visit.draft.order_id != order.pk)
