"""Scanners and soonest times that the desk offers for a visit."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Case, QuerySet, When

from locations.models import Location, Scanner, User
from scheduling.models import Appointment
from scheduling.queries.machines import Wish
from scheduling.queries.openings import Opening, find_openings, first_openings
from scheduling.queries.wishes import wish_of_visit
from scheduling.queries.worklist import BOOKING
from scheduling.rules.opening_hours import local_day
from scheduling.rules.slots import spread

SOONEST = 6
APART = timedelta(minutes=20)  # times that read as different ones
SOONEST_READ = SOONEST * 12  # enough that six of them stand apart


def scanners_for_move(visit: Appointment, user: User) -> QuerySet[Scanner]:
    """Of the same kind, in use, where the user books and the exam is offered; this location's first."""
    is_elsewhere = Case(When(location=visit.scanner.location_id, then=0), default=1)
    places = user.locations_for(*BOOKING).filter(
        offerings__exam=visit.exam_id, offerings__is_active=True, is_active=True
    )
    return (
        Scanner.objects.filter(modality=visit.scanner.modality, is_active=True, location__in=places)
        .select_related("location")
        .order_by(is_elsewhere, "location__name", "name", "pk")
    )


def scanners_at(location: Location) -> QuerySet[Scanner]:
    """In use there, of every kind."""
    return location.scanners.filter(is_active=True).select_related("location").order_by("name", "pk")


def soonest_places(visit: Appointment, *, now: datetime) -> list[Opening]:
    """Six of the first times at its location that have what it needs, a while apart from each other. From now
    on: who is here already is brought forward."""
    found = first_openings(
        wish=wish_of_visit(visit),
        location_ids=[visit.scanner.location_id],
        limit=SOONEST_READ,
        now=now,
        first=visit.not_before,
        ignore={visit.pk},
        however_soon=True,
    )
    return a_while_apart(found, visit.location)


def nearest_places(visit: Appointment, wish: Wish, *, now: datetime) -> list[Opening]:
    """For another wish at its location, near its own time: the same day's first, then those of the days after
    it, as rising times."""
    zone, place = visit.zone, visit.scanner.location_id
    day = max(local_day(visit.starts_at, zone), local_day(now, zone))
    same_day = find_openings(
        wish=wish, location_id=place, first=day, last=day, now=now, ignore={visit.pk}, avoid_stranding=False
    )
    near: list[Opening] = []
    for one in sorted(same_day, key=lambda one: abs(one.starts_at - visit.starts_at)):
        if all(abs(one.starts_at - other.starts_at) >= APART for other in near):
            near.append(one)
    later = first_openings(
        wish=wish,
        location_ids=[place],
        limit=SOONEST_READ,
        now=now,
        first=day + timedelta(days=1),
        ignore={visit.pk},
    )
    found = [*near, *a_while_apart(later, visit.location)][:SOONEST]
    return sorted(found, key=lambda one: one.starts_at)


def a_while_apart(found: Sequence[Opening], location: Location) -> list[Opening]:
    """Six of a location's rising times, a readable part of them (see `spread`)."""
    times = [one.starts_at for one in found]
    shown = set(spread(times, zone=location.zone, grid=location.start_grid_minutes))
    return [one for one in found if one.starts_at in shown][:SOONEST]
