"""Where the visits that a closure touches could go, and how that reads before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, QuerySet, When

from locations.models import Closure, Location, Scanner, User
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, ClosurePlan, Fate
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.openings import Opening, find_openings
from scheduling.queries.wishes import wish_of_visit
from scheduling.queries.worklist import BOOKING
from scheduling.rules.opening_hours import local_day

LIKE_BEFORE = ("modality", "field_strength_tesla")  # what a release or a protocol may depend on
DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Summary:
    total: int
    same_day: int
    another_day: int
    no_place: int
    no_message: int  # of those: neither email nor text


def touched_by(plan: ClosurePlan, *, now: datetime) -> QuerySet[Appointment]:
    """Visits that are still to come, in order of arriving."""
    visits = Appointment.objects.with_place().filter(
        status__in=(Appointment.Status.BOOKED, Appointment.Status.ARRIVED),
        scanner__location=plan.location,
        starts_at__lt=plan.ends_at,
        ends_at__gt=max(plan.starts_at, now),
    )
    visits = visits.filter(scanner=plan.scanner_id) if plan.scanner_id else visits
    return visits.order_by("arrive_at", "pk")


def proposal_for(visit: Appointment, *, now: datetime) -> Opening | None:
    """The same day as near to its time as can be, else the first in the two weeks after it; on scanners like
    its own. The closure must stand in the table already. None: there is no place for it."""
    day = local_day(visit.starts_at, visit.zone)
    wish, place = wish_of_visit(visit), visit.scanner.location_id
    same_day = find_openings(
        wish=wish, location_id=place, first=day, last=day, now=now, avoid_stranding=False
    )
    nearest = sorted(_alike(visit, same_day), key=lambda one: abs(one.starts_at - visit.starts_at))
    if nearest:
        return nearest[0]
    later = find_openings(
        wish=wish,
        location_id=place,
        first=day + timedelta(days=1),
        last=day + timedelta(days=DAYS_AHEAD),
        now=now,
    )
    return next(iter(_alike(visit, later)), None)


def _alike(visit: Appointment, openings: Sequence[Opening]) -> list[Opening]:
    """Of another strength the images differ, and a release may not hold: such times are no proposal."""
    wanted = {name: getattr(visit.scanner, name) for name in LIKE_BEFORE}
    able = set(
        Scanner.objects.filter(pk__in={one.scanner_id for one in openings}, **wanted).values_list(
            "pk", flat=True
        )
    )
    return [one for one in openings if one.scanner_id in able]


def summary_of(plan: ClosurePlan) -> Summary:
    fates = list(plan.fates.select_related("appointment__scanner__location", "hold"))
    placed = [fate for fate in fates if fate.hold is not None]
    same = [fate for fate in placed if _is_same_day(fate)]
    return Summary(
        total=len(fates),
        same_day=len(same),
        another_day=len(placed) - len(same),
        no_place=len(fates) - len(placed),
        no_message=sum(not is_reachable_by_email(fate.appointment) for fate in fates),
    )


def _is_same_day(fate: Fate) -> bool:
    zone = fate.appointment.zone
    return fate.hold is not None and local_day(fate.hold.starts_at, zone) == local_day(fate.was_at, zone)


def fates_of(plan: ClosurePlan) -> QuerySet[Fate]:
    """Those without a place on top, then in the order of their times."""
    return (
        plan.fates.select_related(
            "appointment__scanner__location",
            "appointment__exam",
            "appointment__patient",
            "hold__scanner__location",
        )
        .prefetch_related("appointment__exam__preparations")
        .order_by(Case(When(hold=None, then=0), default=1), "was_at", "pk")
    )


def plan_for(user: User, plan_id: int) -> ClosurePlan:
    """Raises NotFound, the same for a missing one and for another location's."""
    plan = (
        ClosurePlan.objects.select_related("location", "scanner", "closure", "made_by")
        .filter(pk=plan_id, location__in=user.locations_for(*BOOKING))
        .first()
    )
    if plan is None:
        raise NotFound
    return plan


def closures_to_come(location: Location, *, now: datetime) -> QuerySet[Closure]:
    return Closure.objects.filter(location=location, ends_at__gt=now).select_related("scanner")


def closure_for(user: User, closure_id: int) -> Closure:
    found = (
        Closure.objects.select_related("location", "scanner")
        .filter(pk=closure_id, location__in=user.locations_for(*BOOKING))
        .first()
    )
    if found is None:
        raise NotFound
    return found
