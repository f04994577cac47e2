"""Whom a delay of a scanner touches, when each would start, and what speaks against that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Max, Q

from locations.models import Scanner
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.queries.placing import place_on
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.clashes import Clash, ClashKind
from scheduling.rules.intervals import Interval
from scheduling.rules.opening_hours import local_day, whole_days
from scheduling.rules.running_behind import free_from, shifted

WAITING = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)
# The rest stays as it was: the day, the scanner and the patient are the same.
CHANGED_BY_A_DELAY = (
    ClashKind.OVERLAP,
    ClashKind.HOLD,
    ClashKind.CLOSURE,
    ClashKind.CLOSED,
    ClashKind.NO_CONTRAST,
)


@dataclass(frozen=True, slots=True)
class Delayed:
    visit: Appointment
    starts_at: datetime
    clashes: tuple[Clash, ...] = ()

    @property
    def is_here(self) -> bool:
        return self.visit.status == Appointment.Status.ARRIVED


def free_at_on(scanner: Scanner, minutes: int, *, now: datetime) -> datetime:
    """When it is free for those who wait, if it runs behind by so much."""
    today = _today_on(scanner, now)
    in_exam = today.filter(status=Appointment.Status.IN_EXAM).aggregate(until=Max("occupied_until"))
    first = _waiting(today, now).values_list("starts_at", flat=True).first()
    return free_from(in_exam["until"], first or now, timedelta(minutes=minutes), now=now)


def delayed_on(scanner: Scanner, free_at: datetime, *, now: datetime) -> list[Delayed]:
    """The rest of today's visits that start later by it, in their order. Those that free time saves are not
    among them; who is here waits, however late it is."""
    visits = list(_waiting(_today_on(scanner, now).with_place(), now))
    starts = shifted([Interval(visit.starts_at, visit.occupied_until) for visit in visits], free_at)
    moved = [
        Delayed(visit, start) for visit, start in zip(visits, starts, strict=True) if start != visit.starts_at
    ]
    return list(_with_clashes(moved, now))


def _today_on(scanner: Scanner, now: datetime) -> AppointmentQuerySet:
    today = local_day(now, scanner.location.zone)
    day = whole_days(today, today, scanner.location.zone)
    return Appointment.objects.filter(scanner=scanner, starts_at__gte=day.start, starts_at__lt=day.end)


def _waiting(today: AppointmentQuerySet, now: datetime) -> AppointmentQuerySet:
    still = Q(ends_at__gt=now) | Q(status=Appointment.Status.ARRIVED)
    return today.filter(still, status__in=WAITING).order_by("starts_at", "pk")


def _with_clashes(moved: Sequence[Delayed], now: datetime) -> Iterator[Delayed]:
    """They make room for one another."""
    together = {one.visit.pk for one in moved}
    for one in moved:
        place = place_on(
            scanner=one.visit.scanner,
            wish=wish_of_visit(one.visit),
            starts_at=one.starts_at,
            ignore=together,
            now=now,
        )
        found = place.clashes if place else ()
        yield replace(one, clashes=tuple(each for each in found if each.kind in CHANGED_BY_A_DELAY))
