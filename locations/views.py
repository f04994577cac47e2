from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from locations import queries
from locations.forms import NearForm, place_asked_for
from locations.listing import centers_near, every_center
from locations.models import Location
from locations.words import closed_words, kind_words

MOST_SHOWN = 20


@require_safe
def location_list(request: HttpRequest) -> HttpResponse:
    """All locations A to Z; with a place or a position in the query, the nearest first."""
    now = timezone.now()
    form = NearForm(request.GET if "near" in request.GET else None)
    place = place_asked_for(request.GET, form)
    context = {
        "form": form,
        "place": place,
        "centers": centers_near(place.point, now, limit=MOST_SHOWN) if place else every_center(now),
    }
    return render(request, "locations/list.html", context, status=422 if form.errors else 200)


@require_safe
def location_detail(request: HttpRequest, slug: str) -> HttpResponse:
    location = get_object_or_404(Location, slug=slug, is_active=True)
    now = timezone.now()
    kinds = queries.kinds_today([location], now).get(location.pk, {})
    context = {
        "location": location,
        "today": queries.opening_today(location, now),
        "week": queries.week_of(location, now),
        "kinds": [kind_words(*kind) for kind in kinds.items()],
        "closed": [closed_words(closure) for closure in queries.upcoming_closures(location, now)],
    }
    return render(request, "locations/location.html", context)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure view (settings.CSRF_FAILURE_VIEW)."""
    return render(request, "403_csrf.html", status=403)
