from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from locations import queries
from locations.forms import NearForm, PositionForm
from locations.models import Location

MOST_SHOWN = 20


@dataclass(frozen=True)
class Center:
    """A row of the list."""

    location: Location
    today: queries.Today
    miles: float | None = None


@require_safe
def location_list(request: HttpRequest) -> HttpResponse:
    """All locations A to Z; with a place or a position in the query, the nearest first."""
    form = NearForm(request.GET if "near" in request.GET else None)
    place = _place_asked_for(request, form)
    context = {
        "form": form,
        "place": place,
        "centers": _centers(place),
        "notices": queries.current_notices(timezone.now()),
    }
    return render(request, "locations/list.html", context, status=422 if form.errors else 200)


def _place_asked_for(request: HttpRequest, form: NearForm) -> queries.Place | None:
    """A place without a name is where the visitor is."""
    if form.is_bound:
        return form.cleaned_data["near"] if form.is_valid() else None
    position = PositionForm(request.GET)
    if not position.is_valid():
        return None
    point = queries.Point(position.cleaned_data["lat"], position.cleaned_data["lon"])
    return queries.Place("", point)


def _centers(place: queries.Place | None) -> list[Center]:
    rows: list[tuple[Location, float | None]]
    if place is None:
        rows = [(location, None) for location in Location.objects.filter(is_active=True)]
    else:
        nearest = queries.nearest_locations(place.point, limit=MOST_SHOWN)
        rows = [(row.location, row.miles) for row in nearest]
    today = queries.openings_today([location for location, _miles in rows], timezone.now())
    return [Center(location, today[location.pk], miles) for location, miles in rows]


@require_safe
def location_detail(request: HttpRequest, slug: str) -> HttpResponse:
    location = get_object_or_404(Location, slug=slug, is_active=True)
    now = timezone.now()
    context = {
        "location": location,
        "today": queries.opening_today(location, now),
        "week": queries.week_of(location, now),
        "closed": [
            (row.starts_at.astimezone(location.zone), row.ends_at.astimezone(location.zone))
            for row in queries.upcoming_closures(location, now)
        ],
        "notices": queries.current_notices(now, location),
    }
    return render(request, "locations/location.html", context)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure view (settings.CSRF_FAILURE_VIEW)."""
    return render(request, "403_csrf.html", status=403)
