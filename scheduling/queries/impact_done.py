"""What has become of the visits since a change of the calendar was applied: who has agreed to the new time,
and who could go back to the old one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.dateparse import parse_datetime

from locations.models import Closure, Scanner
from scheduling.models import Appointment, AuditEvent, ChangePlan, Fate
from scheduling.queries.impact_plan import fates_of
from scheduling.queries.placing import place_on
from scheduling.queries.wishes import wish_of_visit

Status = Appointment.Status
_MOVES = (AuditEvent.Event.MOVED, AuditEvent.Event.CHANGE_UNDONE)


class Since(StrEnum):
    """For a visit that was moved: what the patient says to it, or what else happened to it."""

    NOT_YET = "not_yet"
    AGREED = "agreed"
    CHOSE = "chose"  # another time, by the patient
    BACK = "back"  # at its old time
    CANCELED_BY_PATIENT = "canceled_by_patient"
    CANCELED = "canceled"  # by the desk, later on
    MISSED = "missed"
    AGAIN = "again"  # booked again after the change had canceled it


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    since: Since | None
    moved_to: datetime | None = None  # by the change
    scanner: Scanner | None = None  # of that
    old_scanner: Scanner | None = None
    may_go_back: bool = False  # its old time is free again

    @property
    def is_settled(self) -> bool:
        return self.since is not Since.NOT_YET

    @property
    def is_coming(self) -> bool:
        return self.fate.appointment.status in (Status.BOOKED, Status.ARRIVED)


def outcomes_of(plan: ChangePlan, *, now: datetime) -> list[Outcome]:
    """In the order of the times before. Needs a plan that was applied."""
    assert plan.applied_at is not None
    fates = list(fates_of(plan).order_by("was_at", "pk"))
    moves = _moves_since(plan, fates)
    scanners = Scanner.objects.select_related("location").in_bulk(
        {side["scanner"] for events in moves.values() for one in events for side in (one.before, one.after)}
    )
    is_open_again = _is_open_again(plan, now)
    return [_outcome(fate, moves[fate.appointment_id], scanners, is_open_again, now) for fate in fates]


def plan_of(closure: Closure) -> ChangePlan | None:
    """By which it was made, where it moved visits."""
    plans = ChangePlan.objects.filter(closure=closure, fates__choice=Fate.Choice.MOVE)
    return plans.order_by("-pk").first()


def _moves_since(plan: ChangePlan, fates: Sequence[Fate]) -> dict[int, list[AuditEvent]]:
    found = defaultdict(list)
    events = AuditEvent.objects.filter(
        object_kind="appointment",
        object_id__in=[str(fate.appointment_id) for fate in fates],
        event__in=_MOVES,
        at__gte=plan.applied_at,
    )
    for event in events.order_by("pk"):
        if "scanner" in event.before:  # an undone cancel has none
            found[int(event.object_id)].append(event)
    return found


def _is_open_again(plan: ChangePlan, now: datetime) -> bool:
    return plan.kind == ChangePlan.Kind.CLOSURE and (plan.closure is None or plan.closure.ends_at <= now)


def _outcome(
    fate: Fate, moves: Sequence[AuditEvent], scanners: dict[int, Scanner], is_open_again: bool, now: datetime
) -> Outcome:
    if fate.choice != Fate.Choice.MOVE or not moves:
        return Outcome(fate, _since_without_a_move(fate))
    first, since = moves[0], _since(fate, moves)
    old = scanners[first.before["scanner"]]
    waits = is_open_again and since is Since.NOT_YET and fate.was_at > now
    return Outcome(
        fate,
        since,
        moved_to=parse_datetime(first.after["starts_at"]),
        scanner=scanners[first.after["scanner"]],
        old_scanner=old,
        may_go_back=waits and _is_free(fate, old, now),
    )


def _since_without_a_move(fate: Fate) -> Since | None:
    visit = fate.appointment
    if visit.status != Status.CANCELED:
        is_canceled = fate.choice in (Fate.Choice.WAIT, Fate.Choice.CANCEL)
        return Since.AGAIN if is_canceled else None
    return _canceled(visit) if fate.choice in (Fate.Choice.KEEP, Fate.Choice.MOVE) else None


def _since(fate: Fate, moves: Sequence[AuditEvent]) -> Since:
    visit, last = fate.appointment, moves[-1]
    if visit.status == Status.CANCELED:
        return _canceled(visit)
    if visit.status == Status.NO_SHOW:
        return Since.MISSED
    if visit.starts_at == fate.was_at and visit.scanner_id == moves[0].before["scanner"]:
        return Since.BACK
    if last.event == AuditEvent.Event.MOVED and last.actor_kind == "patient":
        return Since.CHOSE
    return Since.AGREED if visit.confirmed_at or visit.status != Status.BOOKED else Since.NOT_YET


def _canceled(visit: Appointment) -> Since:
    return Since.CANCELED_BY_PATIENT if visit.canceled_by_patient else Since.CANCELED


def _is_free(fate: Fate, scanner: Scanner, now: datetime) -> bool:
    """As far as one can tell without a lock."""
    visit = fate.appointment
    place = place_on(
        scanner=scanner,
        wish=wish_of_visit(visit),
        starts_at=fate.was_at,
        not_before=visit.not_before,
        ignore={visit.pk},
        now=now,
    )
    return place is not None and not place.clashes
