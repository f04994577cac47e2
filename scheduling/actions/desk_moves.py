"""The desk moves a visit to any time and scanner: knowingly over another visit or outside the hours."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from locations.models import Scanner
from scheduling.actions import audit, patients
from scheduling.actions.holds import expire_holds_on, lock_scanners
from scheduling.actions.moving import follow_move
from scheduling.actions.placing import lock_visit, put_on, save_on_calendar, whole_place
from scheduling.exceptions import Clashes, EditConflict, IllegalMove, NotAnOpening
from scheduling.models import Appointment, AuditEvent
from scheduling.queries.authorizations import approval_of
from scheduling.queries.placing import Place, place_on
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.actors import Actor
from scheduling.rules.authorizations import Approval
from scheduling.rules.opening_hours import local_day
from scheduling.rules.telling import Telling

MOVABLE = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)
# Running behind is written down a little later than it happens.
_AGO = timedelta(minutes=15)


@transaction.atomic
def place_visit(
    *,
    visit_id: int,
    scanner_id: int,
    starts_at: datetime,
    version: int,
    reason: str = "",
    tell: Telling = Telling.MESSAGE,
    needs_authorization: bool = True,
    moved_with: Collection[int] = (),
    now: datetime,
    by: Actor,
) -> Appointment:
    """`reason` is needed where something speaks against the time, and is kept with the visit. Without
    `needs_authorization` an insurer's approval of another place or day does not: the desk is told later.
    `moved_with` are visits that one step moves together with it: they are undone together.

    Placing it where it already is answers with it. Raises Clashes, EditConflict, IllegalMove, SlotTaken,
    PatientBusy; NotAnOpening where the scanner can't do the exam, or the time is over.
    """
    lock_scanners({scanner_id, Appointment.objects.get(pk=visit_id).scanner_id})
    visit = lock_visit(visit_id)
    if (visit.scanner_id, visit.starts_at) == (scanner_id, starts_at):
        return visit
    if visit.version != version:
        raise EditConflict
    if visit.status not in MOVABLE:
        raise IllegalMove
    before, moved_from = whole_place(visit), visit.scanner.location_id
    approval = approval_of(visit) if needs_authorization else None
    lifted = take_place(visit, scanner_id, starts_at, approval=approval, reason=reason, now=now, by=by)
    about = {"lifted": lifted, "moved_with": sorted(moved_with)}
    audit.record(
        event=AuditEvent.Event.MOVED,
        subject=visit,
        location_id=visit.scanner.location_id,
        before=before,
        after={
            **whole_place(visit),
            "reason": reason,
            **({"told": False} if tell is Telling.NOBODY else {}),
            **{key: what for key, what in about.items() if what},
        },
        now=now,
        by=by,
    )
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    follow_move(visit, moved_from, tell=tell, now=now, by=by)
    return visit


def take_place(
    visit: Appointment,
    scanner_id: int,
    starts_at: datetime,
    *,
    approval: Approval | None = None,
    reason: str,
    now: datetime,
    by: Actor,
) -> list[str]:
    """Saves the locked visit there, knowing what speaks against it; the patient's limits that were lifted."""
    expire_holds_on({scanner_id}, now=now)
    place = _place(visit, scanner_id, starts_at, approval, now)
    if place.clashes and not reason:
        raise Clashes(place.clashes)
    confirmed_at = visit.confirmed_at
    put_on(place.opening, visit)
    visit.overbooked = any(clash.takes_the_scanner for clash in place.clashes)
    visit.overbook_reason = reason if place.clashes else ""
    if visit.status == Appointment.Status.ARRIVED:
        if local_day(starts_at, visit.scanner.location.zone) == local_day(now, visit.scanner.location.zone):
            visit.confirmed_at = confirmed_at  # they are here
        else:
            visit.status, visit.arrived_at = Appointment.Status.BOOKED, None  # they go, and come again
    lifted = patients.lift_overlap(visit=visit, override_reason=reason, by=by)
    save_on_calendar(visit)
    return lifted


def _place(
    visit: Appointment, scanner_id: int, starts_at: datetime, approval: Approval | None, now: datetime
) -> Place:
    place = place_on(
        scanner=Scanner.objects.get(pk=scanner_id),
        wish=wish_of_visit(visit),
        starts_at=starts_at,
        not_before=visit.not_before,
        approval=approval,
        ignore={visit.pk},
        now=now,
    )
    if place is None or starts_at < now - _AGO:
        raise NotAnOpening
    return place
