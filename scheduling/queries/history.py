"""What happened to a visit: who, when, before and after, the latest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from locations.models import Scanner, User
from scheduling.models import Appointment, AuditEvent

HISTORY_ROWS = 100


@dataclass(frozen=True, slots=True)
class HistoryRow:
    at: datetime
    event: str
    what: str  # the event in words
    actor_kind: str  # patient, staff or process
    who: str  # a member of staff's name; empty for patients and processes
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def history_of(visit: Appointment) -> list[HistoryRow]:
    """Of the visit, and of the work, answers and papers that belong to it; the last 100."""
    events = list(_events_about(visit)[:HISTORY_ROWS])
    names = _names_of_staff(events)
    return [
        HistoryRow(
            at=event.at,
            event=event.event,
            what=event.get_event_display(),
            actor_kind=event.actor_kind,
            who=names.get(event.actor_name, "") if event.actor_kind == "staff" else "",
            before=event.before,
            after=event.after,
        )
        for event in events
    ]


def last_time_of(visit: Appointment, event: AuditEvent.Event) -> datetime | None:
    events = AuditEvent.objects.filter(object_kind="appointment", object_id=str(visit.pk), event=event)
    return events.values_list("at", flat=True).first()


def scanners_named_in(rows: Iterable[HistoryRow]) -> dict[int, Scanner]:
    """By pk, for the places a visit was moved from and to."""
    keys = {side["scanner"] for row in rows for side in (row.before, row.after) if "scanner" in side}
    return Scanner.objects.select_related("location").in_bulk(keys)


def _events_about(visit: Appointment) -> QuerySet[AuditEvent]:
    parts = {
        "task": visit.tasks.values_list("pk", flat=True),
        "screening": visit.screenings.values_list("pk", flat=True),
        "secondscreen": visit.second_screens.values_list("pk", flat=True),
        "document": visit.documents.values_list("pk", flat=True),
    }
    about = Q(object_kind="appointment", object_id=str(visit.pk))
    for kind, keys in parts.items():
        about |= Q(object_kind=kind, object_id__in=[str(key) for key in keys])
    return AuditEvent.objects.filter(about)


def _names_of_staff(events: Iterable[AuditEvent]) -> dict[str, str]:
    keys = {event.actor_name for event in events if event.actor_kind == "staff"}
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=keys)}
