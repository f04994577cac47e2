"""Whom a delay of a scanner touches, and when each would start."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from locations.models import Scanner
from scheduling.models import Appointment
from scheduling.rules.intervals import Interval
from scheduling.rules.opening_hours import local_day, whole_days
from scheduling.rules.running_behind import shifted

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
    among them."""
    zone = scanner.location.zone
    day = whole_days(local_day(now, zone), local_day(now, zone), zone)
    visits = list(
        Appointment.objects.with_place()
        .filter(scanner=scanner, status__in=WAITING, starts_at__lt=day.end, ends_at__gt=now)
        .order_by("starts_at", "pk")
    )
    spans = [Interval(visit.starts_at, visit.occupied_until) for visit in visits]
    starts = shifted(spans, timedelta(minutes=minutes))
    return [
        Delayed(visit, start) for visit, start in zip(visits, starts, strict=True) if start != visit.starts_at
    ]
