"""Devices and implants that are known of a patient."""

from uuid import UUID

from django.db.models import QuerySet

from locations.models import Scanner
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, Document, Implant
from scheduling.queries.documents import documents_of
from scheduling.queries.screening import is_by_proxy


def known_implants(visit: Appointment) -> QuerySet[Implant]:
    """Of the visit's patient, whenever they were told of."""
    return Implant.objects.filter(patient=visit.patient_id, removed_at=None).select_related(
        "card", "recorded_by", "came_from"
    )


def implants_to_ask_about(visit: Appointment) -> list[Implant]:
    """What the patient is shown of earlier visits; nobody who booked for another reads it."""
    if is_by_proxy(visit) or visit.exam.modality != Scanner.Modality.MR:
        return []
    return list(known_implants(visit).exclude(appointment=visit))


def implant_of(visit: Appointment, implant_id: int) -> Implant:
    """Still on the list. Raises NotFound, the same for another patient's."""
    found = known_implants(visit).filter(pk=implant_id).first()
    if found is None:
        raise NotFound
    return found


def cards_of(visit: Appointment) -> QuerySet[Document]:
    return documents_of(visit, Document.Kind.DEVICE_CARD)


def card_of(visit: Appointment, document_id: UUID | None) -> Document | None:
    return cards_of(visit).filter(pk=document_id).first() if document_id else None
