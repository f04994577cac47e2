"""Two patients who wait exchange their places, together or not at all."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from scheduling.actions import audit, patients
from scheduling.actions.desk_moves import MOVABLE
from scheduling.actions.holds import expire_holds_on, lock_scanners
from scheduling.actions.moving import follow_move
from scheduling.actions.placing import lock_visits, park, put_on, save_on_calendar, whole_place
from scheduling.exceptions import Clashes, EditConflict, IllegalMove, NotAnOpening
from scheduling.models import Appointment, AuditEvent
from scheduling.queries.placing import Place
from scheduling.queries.swapping import Swap, is_same_day, swap_of
from scheduling.rules.actors import Actor
from scheduling.rules.telling import Telling


@transaction.atomic
def swap_visits(
    *,
    visit_id: int,
    other_id: int,
    versions: Mapping[int, int],
    reason: str = "",
    tell: Telling = Telling.MESSAGE,
    now: datetime,
    by: Actor,
) -> tuple[Appointment, Appointment]:
    """Each starts where the other would have; `reason` is needed where something speaks against that. Who is
    here is told by who stands beside them, the others by `tell`. `versions` as they were shown.

    Raises EditConflict, Clashes, PatientBusy, SlotTaken; IllegalMove unless both wait on one day at one
    location; NotAnOpening where a scanner can't do the other's exam.
    """
    scanner_ids = set(
        Appointment.objects.filter(pk__in=(visit_id, other_id)).values_list("scanner_id", flat=True)
    )
    lock_scanners(scanner_ids)
    visits = lock_visits({visit_id, other_id})
    if {pk: visit.version for pk, visit in visits.items()} != dict(versions):
        raise EditConflict
    one, other = visits[visit_id], visits[other_id]
    expire_holds_on(scanner_ids, now=now)
    swap = _checked(one, other, reason, now=now)
    before = {visit.pk: whole_place(visit) for visit in (one, other)}
    park(one)
    for visit, place in ((other, swap.theirs), (one, swap.mine)):
        _put(visit, place, reason, by=by)
    for visit, partner in ((one, other), (other, one)):
        _tell(visit, partner, before[visit.pk], reason, tell, now=now, by=by)
    return one, other


def _checked(one: Appointment, other: Appointment, reason: str, *, now: datetime) -> Swap:
    waits = all(visit.status in MOVABLE for visit in (one, other))
    if one.pk == other.pk or not waits or not is_same_day(one, other):
        raise IllegalMove
    swap = swap_of(one, other, now=now)
    if swap is None:
        raise NotAnOpening
    if swap.clashes and not reason:
        raise Clashes(swap.clashes)
    return swap


def _put(visit: Appointment, place: Place, reason: str, *, by: Actor) -> None:
    confirmed_at = visit.confirmed_at
    put_on(place.opening, visit)
    visit.overbooked = any(clash.takes_the_scanner for clash in place.clashes)
    visit.overbook_reason = reason if place.clashes else ""
    if visit.status == Appointment.Status.ARRIVED:
        visit.confirmed_at = confirmed_at  # they are here
    patients.lift_overlap(visit=visit, override_reason=reason, by=by)
    save_on_calendar(visit)


def _tell(
    visit: Appointment,
    partner: Appointment,
    before: Mapping[str, object],
    reason: str,
    tell: Telling,
    *,
    now: datetime,
    by: Actor,
) -> None:
    location_id = partner.scanner.location_id
    telling = Telling.NOBODY if visit.status == Appointment.Status.ARRIVED else tell
    about = {"reason": reason, "swapped_with": partner.pk, "told": telling != Telling.NOBODY}
    audit.record(
        event=AuditEvent.Event.MOVED,
        subject=visit,
        location_id=location_id,
        before=before,
        after={**whole_place(visit), **about},
        now=now,
        by=by,
    )
    fresh = Appointment.objects.with_place().get(pk=visit.pk)
    follow_move(fresh, location_id, tell=telling, now=now, by=by)
