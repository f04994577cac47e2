"""A change of the calendar, such as a closure or other hours: what it does to booked visits is seen first,
and all of it is done in one transaction or not at all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from locations.models import Closure, Location, Scanner, User
from scheduling.actions import closures, opening_hours, scanners
from scheduling.actions.fates import Chosen, free_place, settle
from scheduling.actions.holds import expire_holds_on, insert_hold_for_visit, lock_scanners
from scheduling.actions.rehearsing import rehearsed
from scheduling.exceptions import BookingError, PlanChanged
from scheduling.models import Appointment, AuditEvent, ChangePlan, Fate
from scheduling.queries.fitting import misfits_of
from scheduling.queries.impact_plan import inside_closure, places_of, proposal_for, within_reach
from scheduling.queries.openings import Opening
from scheduling.queries.week import Weeks, wanted_of
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import wall_instant

HELD_FOR = timedelta(minutes=20)  # while the plan is looked at; looking again renews it
ABANDONED_AFTER = timedelta(days=1)
WRITE = {ChangePlan.Kind.HOURS: opening_hours.write, ChangePlan.Kind.SCANNER: scanners.write}


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
) -> ChangePlan:
    """Nothing is closed yet. Each visit it would touch gets a proposed time, which is held for it."""
    plan = ChangePlan.objects.create(
        kind=ChangePlan.Kind.CLOSURE,
        location=location,
        scanner=scanner,
        closure_kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        made_by=user,
        made_at=now,
    )
    _propose(plan, {}, now=now, by=by)
    return plan


@transaction.atomic
def plan_hours(
    *,
    location: Location,
    scanner: Scanner | None,
    first_day: date,
    until: date | None,
    weeks: Weeks,
    user: User,
    now: datetime,
    by: Actor,
) -> ChangePlan:
    """From `first_day` to before `until`, in the location's zone; without `until` for good.

    Nothing is changed yet. Each visit that would no longer fit gets a proposed time, which is held for it.
    """
    plan = ChangePlan.objects.create(
        kind=ChangePlan.Kind.HOURS,
        location=location,
        scanner=scanner,
        starts_at=wall_instant(first_day, 0, location.zone),
        ends_at=wall_instant(until, 0, location.zone) if until else None,
        wanted=wanted_of(weeks),
        made_by=user,
        made_at=now,
    )
    _propose(plan, {}, now=now, by=by)
    return plan


@transaction.atomic
def plan_scanner(
    *, scanner: Scanner, fields: Mapping[str, Any], user: User, now: datetime, by: Actor
) -> ChangePlan:
    """From now on. Nothing is changed yet; each visit that the scanner could do no longer gets a proposed
    time, which is held for it."""
    plan = ChangePlan.objects.create(
        kind=ChangePlan.Kind.SCANNER,
        location=scanner.location,
        scanner=scanner,
        starts_at=now,
        wanted=scanners.plain(fields),
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
) -> ChangePlan:
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
def apply_plan(*, plan_id: int, chosen: Mapping[int, Chosen], now: datetime, by: Actor) -> ChangePlan:
    """The change, and what was `chosen` for each visit by its pk: together or not at all.

    Applying it again answers with it. Raises PlanChanged where a visit was booked, moved or canceled since,
    or a proposed time is gone; the preview then has to be looked at again.
    """
    plan = _lock_plan(plan_id)
    if plan.applied_at is not None:
        return plan
    lock_scanners(_scanners_of(plan))
    touched, plan.closure = _make(plan, now=now)
    visits = {visit.pk: visit for visit in touched}
    fates = {fate.appointment_id: fate for fate in plan.fates.select_related("hold__scanner")}
    if visits.keys() != fates.keys() or visits.keys() != chosen.keys():
        raise PlanChanged
    if any(visits[pk].version != fate.version for pk, fate in fates.items()):
        raise PlanChanged
    for pk in sorted(fates, key=lambda pk: fates[pk].was_at):
        try:
            settle(fates[pk], visits[pk], chosen[pk], now=now, by=by)
        except BookingError as refusal:
            raise PlanChanged from refusal
    plan.applied_at = now
    plan.save(update_fields=["closure", "applied_at"])
    _note(plan, touched=len(fates), now=now, by=by)
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
    plans = ChangePlan.objects.filter(applied_at=None, made_at__lt=before)
    count = plans.count()
    plans.delete()
    Appointment.objects.filter(status=Appointment.Status.EXPIRED, draft=None, created_at__lt=before).delete()
    return count


def _lock_plan(plan_id: int) -> ChangePlan:
    locked = ChangePlan.objects.select_for_update(no_key=True).get(pk=plan_id)
    return ChangePlan.objects.select_related("location", "scanner", "closure").get(pk=locked.pk)


def _scanners_of(plan: ChangePlan, *more: Location) -> list[int]:
    """Of every location where its visits are or could be: they are locked together."""
    places = {plan.location_id, *plan.elsewhere.values_list("pk", flat=True), *(one.pk for one in more)}
    return list(Scanner.objects.filter(location__in=places).values_list("pk", flat=True))


def _chosen_before(plan: ChangePlan) -> dict[int, Chosen]:
    """But who waits for want of a place need not, once there is one."""
    fates = plan.fates.exclude(hold=None, choice=Fate.Choice.WAIT)
    return {fate.appointment_id: Chosen(Fate.Choice(fate.choice), fate.reason) for fate in fates}


def _propose(plan: ChangePlan, chosen: Mapping[int, Chosen], *, now: datetime, by: Actor) -> None:
    """In order of arriving, each proposal held before the next is looked for."""
    scanner_ids = _scanners_of(plan)
    lock_scanners(scanner_ids)
    expire_holds_on(scanner_ids, now=now)
    with rehearsed():
        visits, _closure = _make(plan, now=now)
    standing = _hold_on(plan, visits, now=now, by=by)
    wanting = [visit for visit in visits if visit.pk not in standing]
    for visit, opening in _places_for(plan, wanting, now=now, by=by):
        _new_fate(plan, visit, opening, now=now, by=by)
    for fate in plan.fates.select_related("hold"):
        _choose(fate, chosen.get(fate.appointment_id))


def _make(plan: ChangePlan, *, now: datetime) -> tuple[list[Appointment], Closure | None]:
    """The change itself, and the visits that it touches in order of arriving: those that fitted until now."""
    if plan.kind == ChangePlan.Kind.CLOSURE:
        return list(inside_closure(plan, now=now)), closures.close(plan)
    visits = list(within_reach(plan, now=now))
    before = misfits_of(visits)
    WRITE[ChangePlan.Kind(plan.kind)](plan)
    after = misfits_of(visits)
    return [visit for visit in visits if after[visit.pk] - before[visit.pk]], None


def _hold_on(plan: ChangePlan, visits: Collection[Appointment], *, now: datetime, by: Actor) -> set[int]:
    """Keys of the visits whose proposal stands, held on. The other fates are forgotten."""
    versions = {visit.pk: visit.version for visit in visits}
    standing = set()
    for fate in plan.fates.select_related("hold__scanner"):
        if versions.get(fate.appointment_id) == fate.version and _renew(fate, now):
            standing.add(fate.appointment_id)
        else:
            _forget(fate, now=now, by=by)
    return standing


def _places_for(
    plan: ChangePlan, visits: Sequence[Appointment], *, now: datetime, by: Actor
) -> list[tuple[Appointment, Opening | None]]:
    """As if the change were made, and each place were taken before the next is looked for."""
    places, found = places_of(plan), []
    with rehearsed():
        _make(plan, now=now)
        for visit in visits:
            opening = proposal_for(visit, places, now=now)
            if opening:
                insert_hold_for_visit(visit, opening, until=now + HELD_FOR, now=now, by=by)
            found.append((visit, opening))
    return found


def _new_fate(
    plan: ChangePlan, visit: Appointment, opening: Opening | None, *, now: datetime, by: Actor
) -> None:
    hold = insert_hold_for_visit(visit, opening, until=now + HELD_FOR, now=now, by=by) if opening else None
    Fate.objects.create(
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
    free_place(fate, now=now, by=by)
    fate.delete()


def _release(plan: ChangePlan, *, now: datetime, by: Actor) -> None:
    lock_scanners(_scanners_of(plan))
    for fate in plan.fates.select_related("hold__scanner"):
        free_place(fate, now=now, by=by)


def _note(plan: ChangePlan, *, touched: int, now: datetime, by: Actor) -> None:
    if plan.closure is not None:
        closures.note(plan.closure, AuditEvent.Event.CLOSED, now=now, by=by, touched=touched)
    elif plan.kind == ChangePlan.Kind.SCANNER:
        scanners.note(plan, now=now, by=by, touched=touched)
    else:
        opening_hours.note(plan, now=now, by=by, touched=touched)
