"""Which visits a change of the calendar can touch, where they could go, and how that reads beforehand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Q, QuerySet, When

from locations.geography import Point
from locations.models import Assignment, Closure, Location, Scanner, User
from locations.queries import Nearby, nearest_locations
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, ChangePlan, Fate
from scheduling.queries.impact import TO_COME
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.openings import Opening, find_openings
from scheduling.queries.visits import is_too_young_for
from scheduling.queries.wishes import wish_of_visit
from scheduling.queries.worklist import BOOKING
from scheduling.rules.opening_hours import local_day

DAYS_AHEAD = 14
MOST_PLACES = 12  # other locations to choose from: further away nobody is sent


@dataclass(frozen=True, slots=True)
class Summary:
    total: int
    same_day: int
    another_day: int
    no_place: int
    elsewhere: int  # of those with a place: at another location
    no_message: int  # of those: neither email nor text


def inside_closure(plan: ChangePlan, *, now: datetime) -> QuerySet[Appointment]:
    """Visits that are still to come, in order of arriving."""
    return _to_come(plan).filter(starts_at__lt=plan.ends_at, ends_at__gt=max(plan.starts_at, now))


def within_reach(plan: ChangePlan, *, now: datetime) -> QuerySet[Appointment]:
    """Visits on days for which other hours are planned, in order of arriving."""
    visits = _to_come(plan).filter(starts_at__gte=max(plan.starts_at, now))
    return visits.filter(starts_at__lt=plan.ends_at) if plan.ends_at else visits


def _to_come(plan: ChangePlan) -> QuerySet[Appointment]:
    visits = Appointment.objects.with_place().filter(status__in=TO_COME, scanner__location=plan.location)
    visits = visits.filter(scanner=plan.scanner_id) if plan.scanner_id else visits
    return visits.order_by("arrive_at", "pk")


def other_places(user: User, location: Location) -> list[Nearby]:
    """Where the user may book for patients of the location, the nearest first."""
    among = user.locations_for(*BOOKING).exclude(pk=location.pk)
    return _by_distance(location, among, limit=MOST_PLACES)


def places_of(plan: ChangePlan) -> list[Location]:
    """Where times are proposed: the location itself, then the others by how far they are."""
    others = _by_distance(plan.location, plan.elsewhere.all(), limit=MOST_PLACES)
    return [plan.location, *(near.location for near in others)]


def may_apply(user: User, plan: ChangePlan) -> bool:
    """Whoever may book at every location that visits could be moved to."""
    return not plan.elsewhere.exclude(pk__in=user.locations_for(*BOOKING)).exists()


def _by_distance(location: Location, among: QuerySet[Location], *, limit: int) -> list[Nearby]:
    return nearest_locations(Point(location.latitude, location.longitude), limit=limit, among=among)


def proposal_for(visit: Appointment, places: Sequence[Location], *, now: datetime) -> Opening | None:
    """The same day as near to its time as can be, in the order of the places; else the first in the two weeks
    after it, in their order; on scanners like its own. Who is here already is not sent away.

    The change must stand in the tables already. None: there is no place for it.
    """
    day = local_day(visit.starts_at, visit.zone)
    if visit.status == Appointment.Status.ARRIVED:
        places = [visit.location]
    for place in places:
        same_day = _alike(visit, place, day, day, now=now)
        if same_day:
            return min(same_day, key=lambda one: abs(one.starts_at - visit.starts_at))
    for place in places:
        later = _alike(visit, place, day + timedelta(days=1), day + timedelta(days=DAYS_AHEAD), now=now)
        if later:
            return later[0]
    return None


def _alike(visit: Appointment, place: Location, first: date, last: date, *, now: datetime) -> list[Opening]:
    """Of another strength the images differ, a release may not hold, and what nobody was asked about may not
    fit: such times are no proposal."""
    openings = find_openings(
        wish=wish_of_visit(visit),
        location_id=place.pk,
        first=first,
        last=last,
        now=now,
        avoid_stranding=first != last,  # on its own day any time will do
        among=set(Scanner.objects.filter(_like(visit), location=place).values_list("pk", flat=True)),
    )
    if openings and place != visit.location and is_too_young_for(visit, place, openings[0].starts_at):
        return []
    return openings


def _like(visit: Appointment) -> Q:
    """As wide and as strong as its own, as far as nobody asked how large the patient is: what was answered
    the openings obey already."""
    old = visit.scanner
    like = Q(modality=old.modality, field_strength_tesla=old.field_strength_tesla)
    if old.bore_cm is not None:
        like &= Q(bore_cm__gte=old.bore_cm)
    if visit.weight_lb is None:
        like &= _holds("weight_limit_lb", old.weight_limit_lb)
    if visit.girth_in is None:
        like &= _holds("girth_limit_in", old.girth_limit_in)
    return like


def _holds(limit: str, least: int | None) -> Q:
    """A scanner without a limit holds anybody."""
    unlimited = Q(**{f"{limit}__isnull": True})
    return unlimited if least is None else unlimited | Q(**{f"{limit}__gte": least})


def summary_of(plan: ChangePlan) -> Summary:
    fates = list(plan.fates.select_related("appointment__scanner__location", "hold__scanner"))
    placed = [fate for fate in fates if fate.hold is not None]
    same = [fate for fate in placed if _is_same_day(fate)]
    return Summary(
        total=len(fates),
        same_day=len(same),
        another_day=len(placed) - len(same),
        no_place=len(fates) - len(placed),
        elsewhere=sum(fate.is_elsewhere for fate in placed),
        no_message=sum(not is_reachable_by_email(fate.appointment) for fate in fates),
    )


def is_outdated(plan: ChangePlan, fates: Collection[Fate], *, now: datetime) -> bool:
    """Whether a visit was booked, moved or canceled since, or a proposed time is held no longer.

    Of other hours only what is known already is looked at: who was booked since is found when it is applied.
    """
    planned = {fate.appointment_id: fate.version for fate in fates}
    if plan.kind == ChangePlan.Kind.CLOSURE:
        visits = inside_closure(plan, now=now)
    else:
        visits = within_reach(plan, now=now).filter(pk__in=planned)
    found = dict(visits.values_list("pk", "version"))
    return planned != found or any(fate.hold and not fate.hold.is_live_hold(now) for fate in fates)


def held_until(fates: Iterable[Fate], *, now: datetime) -> datetime | None:
    """When the first of the proposed times runs out; None where nothing is held."""
    holds = [fate.hold for fate in fates if fate.hold and fate.hold.is_live_hold(now)]
    return min((hold.held_until for hold in holds if hold.held_until), default=None)


def _is_same_day(fate: Fate) -> bool:
    zone = fate.appointment.zone
    return fate.hold is not None and local_day(fate.hold.starts_at, zone) == local_day(fate.was_at, zone)


def fates_of(plan: ChangePlan) -> QuerySet[Fate]:
    """Those without a place on top, then in the order of their times."""
    return (
        plan.fates.select_related(
            "appointment__scanner__location",
            "appointment__exam",
            "appointment__patient",
            "appointment__authorization__location",
            "hold__scanner__location",
        )
        .prefetch_related("appointment__exam__preparations")
        .order_by(Case(When(hold=None, then=0), default=1), "was_at", "pk")
    )


def plan_for(user: User, plan_id: int) -> ChangePlan:
    """Raises NotFound, the same for a missing one and for another location's. Administrators plan hours."""
    is_closure = Q(kind=ChangePlan.Kind.CLOSURE)
    own = is_closure & Q(location__in=user.locations_for(*BOOKING))
    own |= ~is_closure & Q(location__in=user.locations_for(Assignment.Role.ADMINISTRATOR))
    plans = ChangePlan.objects.select_related("location", "scanner", "closure", "made_by")
    plan = plans.filter(own, pk=plan_id).first()
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
