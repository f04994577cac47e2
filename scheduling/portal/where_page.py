"""What the page of centers shows: nearest first, each with its next time for the draft's exam."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from locations.forms import NearForm
from locations.geography import Place, place_from_text
from locations.models import Location, Scanner
from locations.queries import Today, kinds_today, nearest_locations, openings_today
from locations.words import kind_words, miles_words, today_words
from scheduling.models import Draft
from scheduling.portal.needs_words import needs_words
from scheduling.portal.time_search import FAR_MILES, TimeSearch, next_words, search_of_draft
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.openings import first_opening_of_each
from scheduling.queries.wishes import centers_able

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
    search = search_of_draft(draft, now=now)
    needs = needs_words(search.wish)
    able = centers_able(draft) if needs else None
    centers = centers_of(draft, place, able)
    near = [center for center in centers if (center.miles or 0) <= FAR_MILES]
    rows = rows_of(centers, search, draft.exam.modality, now=now)
    return {
        "form": form or NearForm({"near": text} if text else None),
        "place": place,
        "rows": rows[: len(near)] or rows,
        "farther": rows[len(near) :] if near else [],
        "is_far": bool(centers and not near),
        "needs": needs,
        "unable": locations_offering(draft.exam).count() - len(able) if able is not None else 0,
        "action": reverse("portal:where", kwargs={"draft_id": draft.pk}),
        "waitlist_url": search.waitlist_url if rows else "",
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
            facts=_facts(kind, own, is_wide=search.wish.wide_bore),
            next=next_words(openings.get(center.location.pk), center.location, now),
        )
        for center in centers
        for own in [kinds.get(center.location.pk, {})]
    ]


def _facts(kind: str, own: Mapping[str, Today], *, is_wide: bool) -> list[str]:
    wide = [_("Wide-bore MRI")] if is_wide and kind == Scanner.Modality.MR else []
    return wide + ([kind_words(kind, own[kind])] if kind in own else [])


def center_words(center: Center) -> str:
    """As one of a list to choose from."""
    place = center.location
    town = f"{place.city}, {place.state}"
    name = town if place.name == place.city else f"{place.name}, {town}"
    return name if center.miles is None else f"{name} ({miles_words(center.miles)})"


def centers_of(draft: Draft, place: Place | None, able: Collection[int] | None = None) -> list[Center]:
    """Centers with the draft's exam, of these locations if they are named: nearest first, or A to Z while
    we don't know where."""
    offering = locations_offering(draft.exam)
    if able is not None:
        offering = offering.filter(pk__in=able)
    if place is None:
        return [Center(location) for location in offering[:MOST_SHOWN]]
    nearest = nearest_locations(place.point, limit=MOST_SHOWN, among=offering)
    return [Center(near.location, near.miles) for near in nearest]
