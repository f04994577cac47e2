"""What the page of centers shows: nearest first, each with its next time for the draft's exam."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from locations.forms import NearForm
from locations.geography import Place, place_from_text
from locations.models import Location
from locations.queries import kinds_today, nearest_locations, openings_today
from locations.words import kind_words, miles_words, today_words
from scheduling.models import Draft
from scheduling.portal.time_search import FAR_MILES, TimeSearch, next_words, search_of_draft
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.openings import first_opening_of_each

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CenterRow:
    """Context of components/center_row.html."""

    name: str
    url: str
    address: str
    distance: str
    open_now: bool
    hours: str
    facts: list[str]
    next: str


@dataclass(frozen=True, slots=True)
class Center:
    location: Location
    miles: float | None = None


def where_context(
    draft: Draft, *, now: datetime, typed: str = "", form: NearForm | None = None
) -> dict[str, Any]:
    """Context of portal/where.html; `typed` on an earlier page, `form` as it was typed here."""
    text = draft.place or typed
    place = place_from_text(text) if text else None
    centers = centers_of(draft, place)
    near = [center for center in centers if (center.miles or 0) <= FAR_MILES]
    rows = rows_of(centers, search_of_draft(draft, now=now), draft.exam.modality, now=now)
    return {
        "form": form or NearForm({"near": text} if text else None),
        "place": place,
        "rows": rows[: len(near)] or rows,
        "farther": rows[len(near) :] if near else [],
        "is_far": bool(centers and not near),
        "action": reverse("portal:where", kwargs={"draft_id": draft.pk}),
    }


def rows_of(centers: list[Center], search: TimeSearch, kind: str, *, now: datetime) -> list[CenterRow]:
    """Each with today's hours, how many scanners of the kind there are, and its next time for the wish; a
    constant number of queries."""
    locations = [center.location for center in centers]
    openings = first_opening_of_each(
        wish=search.wish,
        location_ids=[location.pk for location in locations],
        now=now,
        first=search.first_day,
        ignore=search.ignore,
    )
    today, kinds = openings_today(locations, now), kinds_today(locations, now)
    return [
        CenterRow(
            name=center.location.name,
            url=search.url_at(center.location),
            address=center.location.full_address,
            distance=miles_words(center.miles) if center.miles is not None else "",
            open_now=today[center.location.pk].is_open,
            hours=today_words(today[center.location.pk]),
            facts=[kind_words(kind, own[kind])] if kind in own else [],
            next=next_words(openings.get(center.location.pk), center.location, now),
        )
        for center in centers
        for own in [kinds.get(center.location.pk, {})]
    ]


def centers_of(draft: Draft, place: Place | None) -> list[Center]:
    """Centers with the draft's exam: nearest first, or A to Z while we don't know where."""
    offering = locations_offering(draft.exam)
    if place is None:
        return [Center(location) for location in offering[:MOST_SHOWN]]
    nearest = nearest_locations(place.point, limit=MOST_SHOWN, among=offering)
    return [Center(near.location, near.miles) for near in nearest]
