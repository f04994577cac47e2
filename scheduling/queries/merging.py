"""What a merge of two records would do, and who may."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from locations.models import User
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, Implant, Order, Patient, PatientMerge, WaitlistEntry
from scheduling.queries.worklist import BOOKING


@dataclass(frozen=True, slots=True)
class Holds:
    """What hangs on a record."""

    coming: int
    past: int
    implants: int
    orders: int
    waiting: int

    @property
    def visits(self) -> int:
        return self.coming + self.past


def holds_of(patient: Patient, *, now: datetime) -> Holds:
    visits = patient.appointments.all()
    coming = visits.filter(status=Appointment.Status.BOOKED, starts_at__gt=now).count()
    return Holds(
        coming=coming,
        past=visits.count() - coming,
        implants=patient.implants.count(),
        orders=patient.orders.count(),
        waiting=WaitlistEntry.objects.active().filter(appointment__patient=patient).count(),
    )


def seen_of(one: Patient, other: Patient) -> str:
    """Of all that a preview has shown: another visit, implant or correction since makes another one."""
    keys = sorted([one.pk, other.pk])
    versions = Patient.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "version", "merged_into")
    visits = Appointment.objects.filter(patient__in=keys).order_by("pk").values_list("pk", "patient")
    implants = Implant.objects.filter(patient__in=keys).order_by("pk").values_list("pk", "patient")
    orders = Order.objects.filter(patient__in=keys).order_by("pk").values_list("pk", "patient")
    return sha256(repr([list(each) for each in (versions, visits, implants, orders)]).encode()).hexdigest()


def overlapping_visits(one: Patient, other: Patient) -> list[tuple[Appointment, Appointment]]:
    """Why they cannot be one person yet. The constraint decides; this names them."""
    standing = [status for status in Appointment.OCCUPYING if status != Appointment.Status.NO_SHOW]
    visits = Appointment.objects.with_place().filter(status__in=standing, overlap_reason="")
    theirs = list(visits.filter(patient=other))
    return [
        (visit, their)
        for visit in visits.filter(patient=one)
        for their in theirs
        if visit.starts_at < their.ends_at and their.starts_at < visit.ends_at
    ]


def places_of(*patients: Patient) -> dict[int, set[int]]:
    """Each patient's locations, by key."""
    found: dict[int, set[int]] = {patient.pk: set() for patient in patients}
    visits = Appointment.objects.filter(patient__in=found).order_by()
    for patient, place in visits.values_list("patient", "scanner__location").distinct():
        found[patient].add(place)
    return found


def merging_places(user: User) -> set[int]:
    return set(user.locations_for(*BOOKING).values_list("pk", flat=True))


def may_merge(user: User, *patients: Patient) -> bool:
    """Who books wherever one of them has been: nobody changes what another center knows. Administrators of
    all centers do."""
    return set().union(*places_of(*patients).values()) <= merging_places(user) and books_for(user, *patients)


def books_for(user: User, *patients: Patient) -> bool:
    """At a location of each of them."""
    mine = merging_places(user)
    return all(places & mine for places in places_of(*patients).values())


def merges_of(patient: Patient) -> QuerySet[PatientMerge]:
    """Into it, that have not been undone; the latest first."""
    return patient.merges.filter(separated_at=None).select_related("merged", "merged_by")


def merge_into(patient: Patient, merge_id: int) -> PatientMerge:
    """Raises NotFound."""
    merge = patient.merges.select_related("merged", "kept").filter(pk=merge_id).first()
    if merge is None:
        raise NotFound
    return merge


def booked_since(merge: PatientMerge) -> int:
    """Visits that stay where they are when the records are separated."""
    return merge.kept.appointments.filter(booked_at__gt=merge.merged_at).count()


def recent_first(one: Patient, other: Patient) -> tuple[Patient, Patient]:
    """The one that was booked with last knows best how to reach the patient."""
    booked = Appointment.objects.filter(patient__in=[one, other], booked_at__isnull=False)
    last = booked.order_by("-booked_at", "-pk").values_list("patient", flat=True).first()
    return (other, one) if last == other.pk else (one, other)
