from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from locations.forms import NearForm, place_asked_for
from locations.listing import centers_near, every_center
from locations.models import Scanner
from scheduling.portal.exam_forms import SearchForm
from scheduling.portal.exam_page import Fact, price_words
from scheduling.portal.visitor import place_of, remember_place
from scheduling.queries.catalogue import Price, lowest_price_by_modality

NEAREST = 3
FAR_MILES = 50
MOST_WITHOUT_PLACE = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Find a scan, a center, or a visit. With a place in the query, the centers nearest to it."""
    now = timezone.now()
    form = NearForm(request.GET if "near" in request.GET else None)
    place = place_asked_for(request.GET, form)
    if place and form.is_bound:
        remember_place(request, request.GET["near"])
    near_by = centers_near(place.point, now, limit=NEAREST, within_miles=FAR_MILES) if place else []
    centers = near_by or (centers_near(place.point, now, limit=1) if place else every_center(now))
    prices = lowest_price_by_modality()
    context = {
        "search": SearchForm(),
        "typed_place": place_of(request),
        "near": form,
        "form": form,
        "place": place,
        "is_far": bool(place and centers and not near_by),
        "centers": centers[:MOST_WITHOUT_PLACE],
        "has_more": bool(place) or len(centers) > MOST_WITHOUT_PLACE,
        "prices": _facts(prices),
        "has_example_price": any(price.is_example for price in prices.values()),
    }
    return render(request, "portal/home.html", context, status=422 if form.errors else 200)


def _facts(prices: dict[str, Price]) -> list[Fact]:
    return [
        Fact(str(modality.label), price_words(prices[modality]))
        for modality in Scanner.Modality
        if modality in prices
    ]
