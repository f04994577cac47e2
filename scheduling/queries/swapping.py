"""With whom a visit can change places, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from locations.models import Location
from scheduling.models import Appointment
from scheduling.queries.machines import machines_for
from scheduling.queries.placing import Place, machine_on, place_on
from scheduling.queries.running_behind import WAITING
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.clashes import Clash
from scheduling.rules.opening_hours import MINUTE, local_day, whole_days
from scheduling.rules.swapping import Spot, exchanged


@dataclass(frozen=True, slots=True)
class Swap:
    """`mine` is where the visit comes, `theirs` where the other one does."""

    mine: Place
    theirs: Place

    @property
    def clashes(self) -> Sequence[Clash]:
        return (*self.mine.clashes, *self.theirs.clashes)


def waiting_on(location: Location, day_of: datetime, *, now: datetime) -> list[Appointment]:
    """Of that day and not over: whoever is here waits, however late it is."""
    today = local_day(day_of, location.zone)
    day = whole_days(today, today, location.zone)
    return list(
        Appointment.objects.with_place()
        .filter(Q(occupied_until__gt=now) | Q(status=Appointment.Status.ARRIVED))
        .filter(
            scanner__location=location,
            status__in=WAITING,
            starts_at__gte=day.start,
            starts_at__lt=day.end,
            patient__isnull=False,
        )
        .order_by("starts_at", "scanner__name", "pk")
    )


def swappable_with(visit: Appointment, *, now: datetime) -> list[Appointment]:
    """Who waits that day at the location, on a scanner that can do the visit's exam."""
    able = {one.scanner_id for one in machines_for(wish_of_visit(visit), [visit.location.pk])}
    there = waiting_on(visit.location, visit.starts_at, now=now)
    return [one for one in there if one.pk != visit.pk and one.scanner_id in able]


def is_same_day(one: Appointment, other: Appointment) -> bool:
    """And at one location."""
    days = [local_day(each.starts_at, each.zone) for each in (one, other)]
    return one.location == other.location and days[0] == days[1]


def swap_of(one: Appointment, other: Appointment, *, now: datetime) -> Swap | None:
    """Both places with all that speaks against them; None where a scanner can't do the other's exam.

    Ask again under the locks of both scanners.
    """
    minute = now.replace(second=0, microsecond=0)
    wishes = wish_of_visit(one), wish_of_visit(other)
    there, here = machine_on(other.scanner, wishes[0]), machine_on(one.scanner, wishes[1])
    if there is None or here is None:
        return None
    starts = exchanged(
        Spot(one.scanner_id, one.starts_at, here.need.taken * MINUTE),
        Spot(other.scanner_id, other.starts_at, there.need.taken * MINUTE),
        now=minute,
    )
    mine, theirs = (
        place_on(
            scanner=scanner,
            wish=wish,
            starts_at=starts_at,
            not_before=visit.not_before,
            ignore={one.pk, other.pk},
            now=now,
        )
        for visit, scanner, wish, starts_at in zip(
            (one, other), (other.scanner, one.scanner), wishes, starts, strict=True
        )
    )
    return Swap(mine, theirs) if mine and theirs else None
