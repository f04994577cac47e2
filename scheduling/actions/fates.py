"""What becomes of one visit that a change of the calendar touches, under the locks of the change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from locations.models import OpeningHours
from scheduling.actions import audit, messages, tasks, waitlist
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.desk_moves import place_visit
from scheduling.actions.holds import end_hold
from scheduling.exceptions import PlanChanged
from scheduling.models import Appointment, AuditEvent, ChangePlan, Fate, Task
from scheduling.rules.actors import Actor
from scheduling.rules.day_parts import DayPart
from scheduling.rules.opening_hours import local_day
from scheduling.rules.telling import Telling
from scheduling.rules.waitlist import Terms

WAITS_FOR = timedelta(days=60)
NOTICE = timedelta(hours=24)
# Stored in English, translated where staff read it.
REASON_TODAY = gettext_noop("Call at once: the visit is today, and the center had to change it")
REASONS = {
    ChangePlan.Kind.CLOSURE: gettext_noop("The center had to close the scanner"),
    ChangePlan.Kind.HOURS: gettext_noop("The center changed its hours"),
    ChangePlan.Kind.SCANNER: gettext_noop("The scanner can do this exam no longer"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    choice: Fate.Choice
    reason: str = ""


def free_place(fate: Fate, *, now: datetime, by: Actor) -> None:
    if fate.hold is not None and fate.hold.status == Appointment.Status.HELD:
        end_hold(fate.hold, now=now, by=by)


def settle(fate: Fate, visit: Appointment, chosen: Chosen, *, now: datetime, by: Actor) -> None:
    """Does it. Raises PlanChanged where the proposed time is held no longer, and what moving raises."""
    fate.choice, fate.reason = chosen.choice, chosen.reason
    place = fate.hold if fate.hold is not None and fate.hold.is_live_hold(now) else None
    free_place(fate, now=now, by=by)
    match chosen.choice:
        case Fate.Choice.MOVE:
            if place is None:
                raise PlanChanged
            place_visit(
                visit_id=visit.pk,
                scanner_id=place.scanner_id,
                starts_at=place.starts_at,
                version=fate.version,
                tell=Telling.BY_CENTER,
                needs_authorization=False,
                now=now,
                by=by,
            )
        case Fate.Choice.WAIT:
            _wait_instead(fate, visit, now=now, by=by)
        case Fate.Choice.CANCEL:
            _cancel(fate, visit, now=now, by=by)
        case Fate.Choice.KEEP:
            _keep(visit, chosen.reason, now=now, by=by)
    fate.save(update_fields=["choice", "reason"])
    if chosen.choice is not Fate.Choice.KEEP:
        _call_today(fate, visit, now=now, by=by)


def _call_today(fate: Fate, visit: Appointment, *, now: datetime, by: Actor) -> None:
    """A mail may be read too late: who was to come today is called as well, unless they stand at the desk."""
    is_today = local_day(fate.was_at, visit.zone) == local_day(now, visit.zone)
    if is_today and visit.arrived_at is None:
        tasks.open_task(
            kind=Task.Kind.NOT_DELIVERED,
            location=visit.location,
            appointment=visit,
            reason=REASON_TODAY,
            is_urgent=True,
            now=now,
            by=by,
        )


def _cancel(fate: Fate, visit: Appointment, *, now: datetime, by: Actor) -> Appointment:
    reason = REASONS[ChangePlan.Kind(fate.plan.kind)]
    return cancel_visit(visit_id=visit.pk, reason=reason, asked_by=Appointment.AskedBy.CENTER, now=now, by=by)


def _wait_instead(fate: Fate, visit: Appointment, *, now: datetime, by: Actor) -> None:
    """The time is lost; any other in the coming weeks is asked for. One message says both."""
    today = local_day(now, visit.zone)
    terms = Terms(
        location_ids=frozenset({visit.scanner.location_id}),
        first_day=today,
        last_day=today + WAITS_FOR,
        weekdays=frozenset(OpeningHours.Weekday.values),
        parts=frozenset(DayPart),
        notice=NOTICE,
    )
    visit = _cancel(fate, visit, now=now, by=by)
    waitlist.wait_instead(visit=visit, terms=terms, now=now, by=by)
    messages.say_waiting_instead(appointment=visit, now=now, by=by)


def _keep(visit: Appointment, reason: str, *, now: datetime, by: Actor) -> None:
    visit.overbook_reason = reason
    visit.version += 1
    visit.save(update_fields=["overbook_reason", "version"])
    audit.record(
        event=AuditEvent.Event.KEPT,
        subject=visit,
        location_id=visit.scanner.location_id,
        after={"reason": reason},
        now=now,
        by=by,
    )
