"""Devices and implants that stay with a patient."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from locations.models import User
from scheduling.actions import audit
from scheduling.actions.patients import lock_patient_of
from scheduling.models import Appointment, AuditEvent, Implant
from scheduling.queries.implants import card_of, implant_of, known_implants
from scheduling.rules.actors import Actor


@transaction.atomic
def add_implant(
    *,
    visit: Appointment,
    what: str,
    make_model: str,
    conditions: str,
    card_id: UUID | None,
    user: User,
    now: datetime,
    by: Actor,
) -> Implant:
    """The same once more, such as a second press, is the one that is there."""
    patient = lock_patient_of(visit)
    same = known_implants(visit).filter(what=what, make_model=make_model, conditions=conditions).first()
    if same is not None:
        return same
    made = Implant.objects.create(
        patient=patient,
        appointment=visit,
        what=what,
        make_model=make_model,
        conditions=conditions,
        card=card_of(visit, card_id),
        recorded_by=user,
        recorded_at=now,
    )
    _audit(AuditEvent.Event.IMPLANT_ADDED, made, visit, now=now, by=by)
    return made


@transaction.atomic
def remove_implant(
    *, visit: Appointment, implant_id: int, because: Implant.RemovedBecause, now: datetime, by: Actor
) -> None:
    """Raises NotFound for one that is not on the list any more."""
    lock_patient_of(visit)
    implant = implant_of(visit, implant_id)
    implant.removed_at, implant.removed_because = now, because
    implant.save(update_fields=["removed_at", "removed_because"])
    _audit(AuditEvent.Event.IMPLANT_REMOVED, implant, visit, now=now, by=by)


def _audit(
    event: AuditEvent.Event, implant: Implant, visit: Appointment, *, now: datetime, by: Actor
) -> None:
    audit.record(event=event, subject=implant, location_id=visit.scanner.location_id, now=now, by=by)
