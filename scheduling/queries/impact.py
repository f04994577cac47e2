"""Booked visits that a change of hours or a closure touches. Nothing is moved or canceled here."""

from collections import defaultdict
from datetime import datetime

from django.db.models import QuerySet

from locations.models import Closure, Location, OpeningHours, Scanner
from scheduling.models import Appointment
from scheduling.queries.hours import spans_of
from scheduling.rules.intervals import Interval, merge
from scheduling.rules.opening_hours import local_day, open_intervals

TO_COME = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


def visits_inside(closure: Closure, *, now: datetime) -> QuerySet[Appointment]:
    """Of the location or of the one scanner; what is over does not count."""
    visits = Appointment.objects.filter(
        status__in=TO_COME,
        scanner__location=closure.location_id,
        starts_at__lt=closure.ends_at,
        ends_at__gt=max(closure.starts_at, now),
    )
    return visits.filter(scanner=closure.scanner_id) if closure.scanner_id else visits


def visits_on(scanner: Scanner, *, now: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(status__in=TO_COME, scanner=scanner, starts_at__gt=now)


def coming_visits(*, after: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(status__in=TO_COME, starts_at__gt=after)


def visits_outside_hours(location: Location, *, now: datetime) -> list[int]:
    """Coming visits that no opening hours of their scanner cover, by start."""
    visits = list(
        Appointment.objects.filter(status__in=TO_COME, scanner__location=location, starts_at__gt=now)
        .order_by("starts_at", "pk")
        .values_list("pk", "scanner_id", "starts_at", "ends_at")
    )
    if not visits:
        return []
    own: dict[int | None, list[OpeningHours]] = defaultdict(list)
    for row in OpeningHours.objects.filter(location=location, kind=OpeningHours.Kind.OPEN):
        own[row.scanner_id].append(row)
    last = visits[-1][3]
    hours = {
        scanner: _open(own[scanner] or own[None], location, now, last)
        for scanner in {scanner for _pk, scanner, _start, _end in visits}
    }
    return [
        pk
        for pk, scanner, start, end in visits
        if not any(span.start <= start and end <= span.end for span in hours[scanner])
    ]


def _open(rows: list[OpeningHours], location: Location, first: datetime, last: datetime) -> list[Interval]:
    zone = location.zone
    days = {"first": local_day(first, zone), "last": local_day(last, zone)}
    return merge(open_intervals(spans_of(rows), zone=zone, **days))
