"""What a patient asks about a booked visit."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime

from locations.models import Scanner
from scheduling.models import Appointment, AuditEvent


@dataclass(frozen=True, slots=True)
class EarlierPlace:
    """When and where a visit was before it was moved."""

    starts_at: datetime
    scanner: Scanner


def moved_by_us_from(visit: Appointment) -> EarlierPlace | None:
    """Where the visit was before the center moved it; None once the patient has said yes to the new
    time, or moved it on."""
    if not visit.ical_sequence or visit.confirmed_at:
        return None
    events = AuditEvent.objects.filter(object_kind="appointment", object_id=str(visit.pk))
    move = events.filter(event=AuditEvent.Event.MOVED).first()
    if move is None or move.actor_kind == "patient":
        return None
    starts_at = parse_datetime(move.before["starts_at"])
    assert starts_at is not None
    scanner = Scanner.objects.select_related("location").get(pk=move.before["scanner"])
    return EarlierPlace(starts_at, scanner)
