"""Whom a delay of a scanner touches, and when each would start."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from locations.models import Scanner
from scheduling.models import Appointment
from scheduling.rules.intervals import Interval
from scheduling.rules.opening_hours import local_day, whole_days
from scheduling.rules.running_behind import free_from, shifted

WAITING = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


@dataclass(frozen=True, slots=True)
class Delayed:
    visit: Appointment
    starts_at: datetime

    @property
    def is_here(self) -> bool:
        return self.visit.status == Appointment.Status.ARRIVED


def delayed_on(scanner: Scanner, minutes: int, *, now: datetime) -> list[Delayed]:
    """The rest of today's visits that start later by it, in their order. Those that free time saves are not
    among them; who is here waits, however late it is."""
    zone = scanner.location.zone
    day = whole_days(local_day(now, zone), local_day(now, zone), zone)
    today = Appointment.objects.filter(scanner=scanner, starts_at__gte=day.start, starts_at__lt=day.end)
    visits = list(
        today.with_place()
        .filter(Q(ends_at__gt=now) | Q(status=Appointment.Status.ARRIVED), status__in=WAITING)
        .order_by("starts_at", "pk")
    )
    if not visits:
        return []
    in_exam = today.filter(status=Appointment.Status.IN_EXAM).aggregate(until=Max("occupied_until"))
    free_at = free_from(in_exam["until"], visits[0].starts_at, timedelta(minutes=minutes), now=now)
    starts = shifted([Interval(visit.starts_at, visit.occupied_until) for visit in visits], free_at)
    return [
        Delayed(visit, start) for visit, start in zip(visits, starts, strict=True) if start != visit.starts_at
    ]
