"""What the time page is asked to show: for whom, at which center, which day and part of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from locations.models import Location
from scheduling.exceptions import BookingError
from scheduling.models import Draft
from scheduling.portal.time_page import MOST_DAYS, TimePage
from scheduling.queries.openings import Opening, Wish, find_openings
from scheduling.queries.screening import not_before
from scheduling.queries.wishes import wish_of
from scheduling.wall_clock import local

SOON = timedelta(days=18)  # have MOST_DAYS days with times at a center that rests on Sundays


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSearch:
    """Who chooses a time: a draft, or a visit that is moved."""

    wish: Wish
    url: str  # of the page, without a query; pressing a time posts to it, with the center in the query
    others_url: str = ""  # where another center is chosen
    first_day: date | None = None  # that the answers to health questions allow
    ignore: tuple[int, ...] = ()  # visits that keep nothing busy: the one that is moved

    def openings(self, location: Location, first: date, last: date, *, now: datetime) -> list[Opening]:
        return find_openings(
            wish=self.wish, location_id=location.pk, first=first, last=last, now=now, ignore=self.ignore
        )


def search_of_draft(draft: Draft, *, now: datetime) -> TimeSearch:
    return TimeSearch(
        wish=wish_of(draft),
        url=reverse("portal:time", kwargs={"draft_id": draft.pk}),
        others_url=reverse("portal:where", kwargs={"draft_id": draft.pk}),
        first_day=not_before(draft, now=now),
    )


def times_context(
    search: TimeSearch,
    location: Location,
    *,
    now: datetime,
    query: Mapping[str, str] | None = None,
    around: datetime | None = None,
    refusal: BookingError | None = None,
) -> dict[str, object]:
    """The context of portal/parts/times.html; `around` is a time that was just lost."""
    query = query or {}
    first, last = horizon_days(location, now)
    allowed = search.first_day
    first = max(first, allowed or first)
    asked = day_of(query.get("day", ""), first, last) or (
        local(around, location.zone).date() if around else None
    )
    times = TimePage(
        location=location,
        openings=_enough_openings(search, location, first, last, asked, query.get("part", ""), now=now),
        now=now,
        url=search.url,
        day=None if asked and allowed and asked < allowed else asked,
        part=query.get("part", ""),
        is_chosen=bool({"day", "part"} & query.keys()),
        all_times="all" in query,
        lost=around,
        put_off=allowed is not None,
    )
    return {
        "times": times,
        "location": location,
        "refusal": refusal,
        "action": f"{search.url}?center={location.slug}",
        "others_url": search.others_url,
    }


def _enough_openings(
    search: TimeSearch,
    location: Location,
    first: date,
    last: date,
    asked: date | None,
    part: str,
    *,
    now: datetime,
) -> list[Opening]:
    """Of the next weeks, which fill the page's days; of the whole horizon where those are too few."""
    soon = min(last, max(first, asked or first) + SOON)
    found = search.openings(location, first, last if part else soon, now=now)
    is_enough = part or soon == last or len({one.starts_at.date() for one in found}) > MOST_DAYS
    return found if is_enough else search.openings(location, first, last, now=now)


def day_of(text: str, first: date, last: date) -> date | None:
    """A day written in the address, if it is near what can be booked: old links name days gone by."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    near = timedelta(days=31)
    return day if first - near <= day <= last + near else None


def first_day_with_times(draft: Draft, first: date, *, now: datetime) -> date | None:
    """At the draft's center, from a day on."""
    if draft.location is None:
        return None
    last = horizon_days(draft.location, now)[1]
    found = search_of_draft(draft, now=now).openings(draft.location, first, last, now=now)
    return local(found[0].starts_at, draft.location.zone).date() if found else None


def horizon_days(location: Location, now: datetime) -> tuple[date, date]:
    """The first and last local day that can be booked."""
    first = local(now, location.zone).date()
    return first, first + timedelta(days=location.horizon_days)
