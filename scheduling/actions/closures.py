"""A scanner is down or a location closes: what it does to booked visits is seen first, and all of it is done
in one transaction or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Closure, Location, OpeningHours, Scanner, User
from scheduling.actions import audit, messages, tasks, waitlist
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.desk_moves import place_visit
from scheduling.actions.holds import end_hold, expire_holds_on, insert_hold_for_visit, lock_scanners
from scheduling.exceptions import BookingError, PlanChanged
from scheduling.models import Appointment, AuditEvent, ClosurePlan, Fate, Task
from scheduling.queries.impact_plan import places_of, proposal_for, touched_by
from scheduling.rules.actors import Actor
from scheduling.rules.day_parts import DayPart
from scheduling.rules.opening_hours import local_day
from scheduling.rules.telling import Telling
from scheduling.rules.waitlist import Terms

HELD_FOR = timedelta(minutes=20)  # while the plan is looked at; looking again renews it
ABANDONED_AFTER = timedelta(days=1)
WAITS_FOR = timedelta(days=60)
NOTICE = timedelta(hours=24)
# Stored in English, translated where staff read it.
REASON_TODAY = gettext_noop("Call at once: the visit is today, and the center had to change it")
REASON_CLOSED = gettext_noop("The center had to close the scanner")


@dataclass(frozen=True, slots=True)
class Chosen:
    choice: Fate.Choice
    reason: str = ""


@transaction.atomic
def plan_closure(
    *,
    location: Location,
    scanner: Scanner | None,
    kind: Closure.Kind,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    user: User,
    now: datetime,
    by: Actor,
) -> ClosurePlan:
    """Nothing is closed yet. Each visit it would touch gets a proposed time, which is held for it."""
    plan = ClosurePlan.objects.create(
        location=location,
        scanner=scanner,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        made_by=user,
        made_at=now,
    )
    _propose(plan, {}, now=now, by=by)
    return plan


@transaction.atomic
def look_again(
    *,
    plan_id: int,
    elsewhere: Collection[Location] | None = None,
    chosen: Mapping[int, Chosen] | None = None,
    now: datetime,
    by: Actor,
) -> ClosurePlan:
    """The visits that it touches by now, those that were booked meanwhile among them; what is held stays, and
    what was `chosen` so far.

    With other locations (`elsewhere`) than before every place is looked for anew.
    """
    plan = _lock_plan(plan_id)
    if plan.applied_at is not None:
        return plan
    chosen = {**_chosen_before(plan), **(chosen or {})}
    if elsewhere is not None and set(elsewhere) != set(plan.elsewhere.all()):
        lock_scanners(_scanners_of(plan, *elsewhere))
        for fate in plan.fates.select_related("hold__scanner"):
            _forget(fate, now=now, by=by)
        plan.elsewhere.set(elsewhere)
    _propose(plan, chosen, now=now, by=by)
    return plan


@transaction.atomic
def apply_plan(*, plan_id: int, chosen: Mapping[int, Chosen], now: datetime, by: Actor) -> ClosurePlan:
    """The closure, and what was `chosen` for each visit by its pk: together or not at all.

    Applying it again answers with it. Raises PlanChanged where a visit was booked, moved or canceled since,
    or a proposed time is gone; the preview then has to be looked at again.
    """
    plan = _lock_plan(plan_id)
    if plan.applied_at is not None:
        return plan
    lock_scanners(_scanners_of(plan))
    visits = {visit.pk: visit for visit in touched_by(plan, now=now)}
    fates = {fate.appointment_id: fate for fate in plan.fates.select_related("hold__scanner")}
    if visits.keys() != fates.keys() or visits.keys() != chosen.keys():
        raise PlanChanged
    if any(visits[pk].version != fate.version for pk, fate in fates.items()):
        raise PlanChanged
    plan.closure = Closure.objects.create(
        location=plan.location,
        scanner=plan.scanner,
        kind=plan.kind,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        reason=plan.reason,
    )
    for pk in sorted(fates, key=lambda pk: fates[pk].was_at):
        try:
            _settle(fates[pk], visits[pk], chosen[pk], now=now, by=by)
        except BookingError as refusal:
            raise PlanChanged from refusal
    plan.applied_at = now
    plan.save(update_fields=["closure", "applied_at"])
    _note(plan.closure, AuditEvent.Event.CLOSED, now=now, by=by, touched=len(fates))
    return plan


@transaction.atomic
def discard_plan(*, plan_id: int, now: datetime, by: Actor) -> None:
    """Nothing happens, and the proposed times are free again. A plan that was applied stays."""
    plan = _lock_plan(plan_id)
    if plan.applied_at is None:
        _release(plan, now=now, by=by)
        plan.delete()


@transaction.atomic
def forget_abandoned(*, now: datetime) -> int:
    """Previews that nobody came back to, and proposed times that have ended, a day later. Counts previews."""
    before = now - ABANDONED_AFTER
    plans = ClosurePlan.objects.filter(applied_at=None, made_at__lt=before)
    count = plans.count()
    plans.delete()
    Appointment.objects.filter(status=Appointment.Status.EXPIRED, draft=None, created_at__lt=before).delete()
    return count


@transaction.atomic
def reopen(*, closure_id: int, now: datetime, by: Actor) -> Closure:
    """Back up early: from now on the time can be booked again. Who was moved stays where they are."""
    closure = Closure.objects.select_for_update().get(pk=closure_id)
    scanners = Scanner.objects.filter(location=closure.location_id)
    lock_scanners(scanners.values_list("pk", flat=True))
    if closure.ends_at <= now:
        return closure
    _note(closure, AuditEvent.Event.REOPENED, now=now, by=by)
    if closure.starts_at < now:
        closure.ends_at = now
        closure.save(update_fields=["ends_at"])
    else:
        closure.delete()
    return closure


def _lock_plan(plan_id: int) -> ClosurePlan:
    locked = ClosurePlan.objects.select_for_update(no_key=True).get(pk=plan_id)
    return ClosurePlan.objects.select_related("location", "scanner", "closure").get(pk=locked.pk)


def _scanners_of(plan: ClosurePlan, *more: Location) -> list[int]:
    """Of every location where its visits are or could be: they are locked together."""
    places = {plan.location_id, *plan.elsewhere.values_list("pk", flat=True), *(one.pk for one in more)}
    return list(Scanner.objects.filter(location__in=places).values_list("pk", flat=True))


def _chosen_before(plan: ClosurePlan) -> dict[int, Chosen]:
    """But who waits for want of a place need not, once there is one."""
    fates = plan.fates.exclude(hold=None, choice=Fate.Choice.WAIT)
    return {fate.appointment_id: Chosen(Fate.Choice(fate.choice), fate.reason) for fate in fates}


def _propose(plan: ClosurePlan, chosen: Mapping[int, Chosen], *, now: datetime, by: Actor) -> None:
    """In order of arriving, each proposal held before the next is looked for."""
    scanner_ids = _scanners_of(plan)
    lock_scanners(scanner_ids)
    expire_holds_on(scanner_ids, now=now)
    known = {fate.appointment_id: fate for fate in plan.fates.select_related("hold__scanner")}
    visits, places = list(touched_by(plan, now=now)), places_of(plan)
    for gone in known.keys() - {visit.pk for visit in visits}:
        _forget(known[gone], now=now, by=by)
    # The engine of openings knows closures that stand in the table: for this look it does, and then not.
    meant = Closure.objects.create(
        location=plan.location,
        scanner=plan.scanner,
        kind=plan.kind,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
    )
    for visit in visits:
        fate = known.get(visit.pk)
        if fate is None or fate.version != visit.version or not _renew(fate, now):
            if fate is not None:
                _forget(fate, now=now, by=by)
            fate = _new_fate(plan, visit, places, now=now, by=by)
        _choose(fate, chosen.get(visit.pk))
    meant.delete()


def _new_fate(
    plan: ClosurePlan, visit: Appointment, places: Sequence[Location], *, now: datetime, by: Actor
) -> Fate:
    opening = proposal_for(visit, places, now=now)
    hold = insert_hold_for_visit(visit, opening, until=now + HELD_FOR, now=now, by=by) if opening else None
    return Fate.objects.create(
        plan=plan,
        appointment=visit,
        version=visit.version,
        was_at=visit.starts_at,
        hold=hold,
        choice=Fate.Choice.MOVE if hold else Fate.Choice.WAIT,
    )


def _choose(fate: Fate, chosen: Chosen | None) -> None:
    """Before it is done. Where there is no place, nobody can be moved to it."""
    if chosen is None or (chosen.choice is Fate.Choice.MOVE and fate.hold is None):
        return
    fate.choice, fate.reason = chosen.choice, chosen.reason
    fate.save(update_fields=["choice", "reason"])


def _renew(fate: Fate, now: datetime) -> bool:
    """What is held is held on. False where it ran out, so that another time is looked for."""
    if fate.hold is None or not fate.hold.is_live_hold(now):
        return False
    fate.hold.held_until = now + HELD_FOR
    fate.hold.save(update_fields=["held_until"])
    return True


def _forget(fate: Fate, *, now: datetime, by: Actor) -> None:
    _free(fate, now=now, by=by)
    fate.delete()


def _release(plan: ClosurePlan, *, now: datetime, by: Actor) -> None:
    lock_scanners(_scanners_of(plan))
    for fate in plan.fates.select_related("hold__scanner"):
        _free(fate, now=now, by=by)


def _free(fate: Fate, *, now: datetime, by: Actor) -> None:
    if fate.hold is not None and fate.hold.status == Appointment.Status.HELD:
        end_hold(fate.hold, now=now, by=by)


def _settle(fate: Fate, visit: Appointment, chosen: Chosen, *, now: datetime, by: Actor) -> None:
    fate.choice, fate.reason = chosen.choice, chosen.reason
    place = fate.hold if fate.hold is not None and fate.hold.is_live_hold(now) else None
    _free(fate, now=now, by=by)
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
            _wait_instead(visit, now=now, by=by)
        case Fate.Choice.CANCEL:
            _cancel(visit, now=now, by=by)
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


def _cancel(visit: Appointment, *, now: datetime, by: Actor) -> Appointment:
    return cancel_visit(
        visit_id=visit.pk, reason=REASON_CLOSED, asked_by=Appointment.AskedBy.CENTER, now=now, by=by
    )


def _wait_instead(visit: Appointment, *, now: datetime, by: Actor) -> None:
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
    visit = _cancel(visit, now=now, by=by)
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


def _note(closure: Closure, event: AuditEvent.Event, *, now: datetime, by: Actor, **after: object) -> None:
    audit.record(
        event=event,
        subject=closure,
        location_id=closure.location_id,
        after={
            "scanner": closure.scanner_id,
            "starts_at": closure.starts_at.isoformat(),
            "ends_at": closure.ends_at.isoformat(),
            **after,
        },
        now=now,
        by=by,
    )
