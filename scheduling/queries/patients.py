"""What the desk asks about a patient."""

from datetime import datetime

from django.db.models import QuerySet

from locations.models import User
from scheduling.models import Appointment, Implant, Patient
from scheduling.queries.worklist import CLINICAL, READING

COMING = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)
NO_VISITS = (Appointment.Status.HELD, Appointment.Status.EXPIRED)


def coming_visits(patient_id: int, *, now: datetime) -> QuerySet[Appointment]:
    """At every center, the soonest first."""
    return (
        Appointment.objects.with_place()
        .filter(patient=patient_id, status__in=COMING, ends_at__gt=now)
        .order_by("starts_at", "pk")
    )


def survivor_of(patient: Patient) -> Patient:
    """The record itself, or the one that it has become a part of."""
    while patient.merged_into is not None:
        patient = patient.merged_into
    return patient


def visits_of(patient: Patient, user: User) -> QuerySet[Appointment]:
    """At the user's locations, the latest first."""
    return (
        Appointment.objects.with_place()
        .filter(patient=patient, scanner__location__in=user.locations_for(*READING))
        .exclude(status__in=NO_VISITS)
        .order_by("-starts_at", "pk")
    )


def implants_on_file(patient: Patient, user: User) -> QuerySet[Implant] | None:
    """For trained people where a visit of the patient is theirs; None for everybody else."""
    theirs = visits_of(patient, user).filter(scanner__location__in=user.locations_for(*CLINICAL))
    if not theirs.exists():
        return None
    return Implant.objects.filter(patient=patient, removed_at=None).select_related(
        "card", "recorded_by", "came_from"
    )
