"""What happened to a visit: who, when, before and after, the latest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from locations.models import Scanner, User
from scheduling.models import Appointment, AuditEvent, Exam, Order, Patient, WalkIn
from scheduling.rules.telling import UNDO_WITHIN

HISTORY_ROWS = 100
# Somebody read, and changed nothing.
LOOKS = (
    AuditEvent.Event.VIEWED,
    AuditEvent.Event.ORDER_VIEWED,
    AuditEvent.Event.DOCUMENT_VIEWED,
    AuditEvent.Event.EXPORTED,
    AuditEvent.Event.SEARCHED,
)
CHANGES_OF_TIME = (
    AuditEvent.Event.BOOKED,
    AuditEvent.Event.MOVED,
    AuditEvent.Event.SCANNER_CHANGED,
    AuditEvent.Event.EXAM_CORRECTED,
    AuditEvent.Event.CANCELED,
    AuditEvent.Event.TAKEN_BACK,
    AuditEvent.Event.CHANGE_UNDONE,
)

MOVES = (AuditEvent.Event.MOVED, AuditEvent.Event.EXAM_CORRECTED)


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
    """Of the visit, and of the work, answers and papers that belong to it; the last 100 changes, and the last
    100 times that somebody looked."""
    return _rows(_events_about(visit))


def changes_of(visit: Appointment) -> list[HistoryRow]:
    """Without who looked at it; the last 100."""
    return _changes(_events_about(visit))


def history_of_patient(patient: Patient) -> list[HistoryRow]:
    """Of the record itself and of those merged into it, not of its visits; the last 100. What was said of two
    of them at once stands once."""
    keys, latest = [patient.pk], [patient.pk]
    while latest:
        latest = list(Patient.objects.filter(merged_into__in=latest).values_list("pk", flat=True))
        keys += latest
    found = AuditEvent.objects.filter(object_kind="patient", object_id__in=[str(key) for key in keys])
    return _rows_of(_said_once(found[:HISTORY_ROWS]))


def _said_once(events: Iterable[AuditEvent]) -> list[AuditEvent]:
    """A merge, a separation and “two people” are written down with both records."""
    once: dict[object, AuditEvent] = {}
    for event in events:
        other = event.after.get("with") or event.after.get("than")
        pair = frozenset([event.object_id, str(other)])
        once.setdefault((event.event, event.at, pair) if other else event.pk, event)
    return list(once.values())


def history_of_order(order: Order) -> list[HistoryRow]:
    """Of the order, its papers and calls about it; the last 100, and the last 100 looks. Of its visits
    their own pages tell."""
    return _rows(_events_about_order(order))


def changes_of_order(order: Order) -> list[HistoryRow]:
    """Without who looked at it; the last 100."""
    return _changes(_events_about_order(order))


def _events_about_order(order: Order) -> QuerySet[AuditEvent]:
    papers = [str(pk) for pk in order.documents.values_list("pk", flat=True)]
    calls = [str(pk) for pk in order.tasks.values_list("pk", flat=True)]
    about = Q(object_kind="order", object_id=str(order.pk)) | Q(object_kind="document", object_id__in=papers)
    about |= Q(object_kind="task", object_id__in=calls)
    return AuditEvent.objects.filter(about)


def _rows(found: QuerySet[AuditEvent]) -> list[HistoryRow]:
    """Changes and looks counted apart: those who look do not push what happened out of sight."""
    changes = found.exclude(event__in=LOOKS)[:HISTORY_ROWS]
    looks = found.filter(event__in=LOOKS)[:HISTORY_ROWS]
    return _rows_of(sorted([*changes, *looks], key=lambda event: (event.at, event.pk), reverse=True))


def _changes(found: QuerySet[AuditEvent]) -> list[HistoryRow]:
    return _rows_of(list(found.exclude(event__in=LOOKS)[:HISTORY_ROWS]))


def _rows_of(events: list[AuditEvent]) -> list[HistoryRow]:
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
    last = last_event_of(visit, event)
    return last.at if last else None


def last_event_of(visit: Appointment, event: AuditEvent.Event) -> AuditEvent | None:
    events = AuditEvent.objects.filter(object_kind="appointment", object_id=str(visit.pk), event=event)
    return events.order_by("-pk").first()


def last_undoable(visit: Appointment, *, now: datetime) -> AuditEvent | None:
    """What staff did last to the visit's time, while its message has not left: a move, a correction of its
    exam, a cancel, or that they took a walk-in in. A cancel without a message is no desk's cancel: a burst is
    undone for good."""
    events = AuditEvent.objects.filter(object_kind="appointment", object_id=str(visit.pk))
    # By key, not by time: the clocks of two servers may differ by more than a press of a button.
    last = events.filter(event__in=CHANGES_OF_TIME).order_by("-pk").first()
    if last is None or last.actor_kind != "staff" or now - last.at > UNDO_WITHIN:
        return None
    is_taken_in = last.event == AuditEvent.Event.BOOKED and is_of_walk_in(last)
    is_move = last.event in MOVES and "occupied_until" in last.before
    is_cancel = last.event == AuditEvent.Event.CANCELED and last.after.get("told", True)
    return last if is_move or is_cancel or is_taken_in else None


def moved_together(change: AuditEvent) -> list[int]:
    """Keys of the other visits that the same step moved."""
    partner = change.after.get("swapped_with")
    return [partner] if partner is not None else change.after.get("moved_with", [])


def is_of_walk_in(booked: AuditEvent) -> bool:
    """Taken in from the queue, right then."""
    return bool(booked.after.get("source") == Appointment.Source.WALK_IN)


def scanners_named_in(rows: Iterable[HistoryRow]) -> dict[int, Scanner]:
    """By pk, for the places a visit was moved from and to."""
    keys = {side["scanner"] for row in rows for side in (row.before, row.after) if "scanner" in side}
    return Scanner.objects.select_related("location").in_bulk(keys)


def exams_named_in(rows: Iterable[HistoryRow]) -> dict[int, Exam]:
    """By pk, for what a visit was corrected from and to."""
    keys = {side["exam"] for row in rows for side in (row.before, row.after) if "exam" in side}
    return Exam.objects.in_bulk(keys)


def _events_about(visit: Appointment) -> QuerySet[AuditEvent]:
    parts = {
        "task": visit.tasks.values_list("pk", flat=True),
        "screening": visit.screenings.values_list("pk", flat=True),
        "secondscreen": visit.second_screens.values_list("pk", flat=True),
        "document": visit.documents.values_list("pk", flat=True),
        "walkin": WalkIn.objects.filter(visit=visit).values_list("pk", flat=True),
    }
    about = Q(object_kind="appointment", object_id=str(visit.pk))
    if visit.order_id:
        of_order = Q(object_kind="order", object_id=str(visit.order_id))
        about |= of_order & ~Q(event__in=(AuditEvent.Event.ORDER_GIVEN, AuditEvent.Event.ORDER_TAKEN_BACK))
    for kind, keys in parts.items():
        about |= Q(object_kind=kind, object_id__in=[str(key) for key in keys])
    # The move itself says it; that is for the board of the location that the visit left.
    return AuditEvent.objects.filter(about).exclude(event=AuditEvent.Event.MOVED_AWAY)


def _names_of_staff(events: Iterable[AuditEvent]) -> dict[str, str]:
    keys = {event.actor_name for event in events if event.actor_kind == "staff"}
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=keys)}
