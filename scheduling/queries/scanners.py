"""Scanners and soonest times that the desk offers for a visit."""

from datetime import datetime

from django.db.models import Case, QuerySet, When

from locations.models import Scanner, User
from scheduling.models import Appointment
from scheduling.queries.openings import Opening, first_openings
from scheduling.queries.wishes import wish_of_visit
from scheduling.queries.worklist import BOOKING
from scheduling.rules.slots import spread

SOONEST = 6


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


def soonest_places(visit: Appointment, *, now: datetime) -> list[Opening]:
    """Six of the first times at its location that have what it needs, a while apart from each other. From now
    on: who is here already is brought forward."""
    found = first_openings(
        wish=wish_of_visit(visit),
        location_ids=[visit.scanner.location_id],
        limit=SOONEST * 12,
        now=now,
        first=visit.not_before,
        ignore={visit.pk},
        however_soon=True,
    )
    grid = visit.location.start_grid_minutes
    shown = set(spread([one.starts_at for one in found], zone=visit.zone, grid=grid))
    return [one for one in found if one.starts_at in shown][:SOONEST]
