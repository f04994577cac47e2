"""What the time page is asked to show: for whom, at which center, which day and part of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from locations.geography import Place, Point, place_from_text
from locations.models import Location
from locations.queries import Nearby, nearest_locations
from locations.words import miles_words
from scheduling.exceptions import BookingError, SlotTaken
from scheduling.models import Appointment, Draft, NamedDayPart
from scheduling.portal.needs_words import needs_words
from scheduling.portal.summary import exam_words
from scheduling.portal.time_page import Elsewhere, TimePage
from scheduling.queries.access import hold_of_draft
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.openings import (
    Opening,
    Wish,
    find_openings,
    first_opening_of_each,
    first_openings,
)
from scheduling.queries.screening import not_before
from scheduling.queries.wishes import wish_of
from scheduling.wall_clock import day_words, local, near_day_words, time_words

LOOK_AHEAD = timedelta(days=90)  # from the first day, or the one that is asked for
NEAR_MILES = 25  # as far as one goes for a sooner time
FAR_MILES = 50  # farther than this is far
MOST_NEAR = 8
MOST_OTHERS, FEW_OTHERS = 5, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSearch:
    """Who chooses a time: a draft, or a visit that is moved."""

    wish: Wish
    url: str  # of the page, without a query; pressing a time posts to it, with the center in the query
    others_url: str = ""  # where another center is chosen
    waitlist_url: str = ""
    first_day: date | None = None  # that the answers to health questions allow
    ignore: tuple[int, ...] = ()  # what keeps nothing busy: one's own hold, the visit that is moved
    place: Place | None = None  # where the person is, as typed on an earlier page
    kept_words: str = ""  # what is not lost with a time that someone else took

    def openings(self, location: Location, first: date, last: date, *, now: datetime) -> list[Opening]:
        return find_openings(
            wish=self.wish, location_id=location.pk, first=first, last=last, now=now, ignore=self.ignore
        )

    def url_at(self, location: Location) -> str:
        return f"{self.url}?{urlencode({'center': location.slug})}"


@dataclass(frozen=True, slots=True)
class OtherCenter:
    """Context of components/center_row.html: another center and its first time."""

    name: str
    url: str
    distance: str
    next: str


def search_of_draft(
    draft: Draft, *, now: datetime, hold: Appointment | None = None, typed_place: str = ""
) -> TimeSearch:
    """`typed_place` is what was typed on an earlier page, before there was a draft."""
    place = draft.place or typed_place
    return TimeSearch(
        wish=wish_of(draft),
        url=reverse("portal:time", kwargs={"draft_id": draft.pk}),
        others_url=reverse("portal:where", kwargs={"draft_id": draft.pk}),
        waitlist_url=reverse("portal:waitlist", kwargs={"draft_id": draft.pk}),
        first_day=not_before(draft, now=now),
        ignore=(hold.pk,) if hold else (),
        place=place_from_text(place) if place else None,
        kept_words=_("All your answers are kept.") if draft.given_name else "",
    )


def draft_times_context(
    draft: Draft,
    location: Location,
    *,
    now: datetime,
    typed_place: str = "",
    query: Mapping[str, str] | None = None,
    around: datetime | None = None,
    refusal: BookingError | None = None,
) -> dict[str, object]:
    """The context of portal/time.html."""
    hold = hold_of_draft(draft, now=now)
    search = search_of_draft(draft, now=now, hold=hold, typed_place=typed_place)
    return {
        **times_context(search, location, now=now, query=query, around=around, refusal=refusal),
        "what": exam_words(draft),
        "held": _held_words(hold) if hold else "",
        "keep_url": reverse("portal:check", kwargs={"draft_id": draft.pk}),
        "choose_again": bool(draft.given_name) and draft.starts_at is None,
    }


def _held_words(hold: Appointment) -> str:
    assert hold.held_until is not None
    day, time = day_words(hold.starts_at, hold.zone), time_words(hold.starts_at, hold.zone)
    return _("We are holding %(day)s, %(time)s for you. It stays yours until you take another time.") % {
        "day": day,
        "time": time,
    }


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
    times = _time_page(search, location, query or {}, around, now=now)
    if not (times.is_chosen or refusal):
        near = [one for one in _nearest(search, location, within=NEAR_MILES) if one.location != location]
        times.has_near = bool(near)
        times.elsewhere = soonest_of(near, search, before=times.first_start, now=now)
    return {
        "times": times,
        "location": location,
        "refusal": refusal,
        "refusal_words": _refusal_words(refusal, times, search.kept_words),
        "action": search.url_at(location),
        "others_url": search.others_url,
        "waitlist_url": search.waitlist_url,
        "needs": needs_words(search.wish),
        "others": other_centers(search, location, before=times.first_start, now=now)
        if times.is_far_off or not times.shown
        else [],
    }


def soonest_of(
    centers: list[Nearby], search: TimeSearch, *, before: datetime | None, now: datetime
) -> Elsewhere | None:
    """The first time at any of them, if it is sooner than `before`."""
    found = first_openings(
        wish=search.wish,
        location_ids=[center.location.pk for center in centers],
        limit=1,
        now=now,
        first=search.first_day,
        ignore=search.ignore,
    )
    if not found or (before and found[0].starts_at >= before):
        return None
    center = next(center for center in centers if center.location.pk == found[0].location_id)
    return Elsewhere(center.location, found[0].starts_at, center.miles if search.place else None)


def other_centers(
    search: TimeSearch, location: Location, *, before: datetime | None, now: datetime
) -> list[OtherCenter]:
    """Where there is a time, sooner than `before`; nearest first. The very nearest, where all are far."""
    centers = [one for one in _nearest(search, location) if one.location != location]
    centers = [one for one in centers if one.miles <= FAR_MILES] or centers[:FEW_OTHERS]
    first = first_opening_of_each(
        wish=search.wish,
        location_ids=[center.location.pk for center in centers],
        now=now,
        first=search.first_day,
        ignore=search.ignore,
    )
    sooner = {pk: one for pk, one in first.items() if before is None or one.starts_at < before}
    rows = [
        OtherCenter(
            name=center.location.name,
            url=search.url_at(center.location),
            distance=miles_words(center.miles) if search.place else "",
            next=next_words(sooner[center.location.pk], center.location, now),
        )
        for center in centers
        if center.location.pk in sooner
    ]
    return rows[:MOST_OTHERS]


def next_words(opening: Opening | None, center: Location, now: datetime) -> str:
    if opening is None:
        return _("No times open right now.")
    day = near_day_words(opening.starts_at, center.zone, now=now)
    time = time_words(opening.starts_at, center.zone)
    return _("Next time: %(day)s, %(time)s") % {"day": day, "time": time}


def _nearest(search: TimeSearch, location: Location, *, within: float | None = None) -> list[Nearby]:
    """Centers with the exam, from where the person is; from the chosen center where we don't know."""
    point = search.place.point if search.place else Point(location.latitude, location.longitude)
    among = locations_offering(search.wish.exam_id)
    return nearest_locations(point, limit=MOST_NEAR, within_miles=within, among=among)


def _time_page(
    search: TimeSearch,
    location: Location,
    query: Mapping[str, str],
    around: datetime | None,
    *,
    now: datetime,
) -> TimePage:
    first, last = horizon_days(location, now)
    first = max(first, search.first_day or first)
    lost_day = local(around, location.zone).date() if around else None
    day = day_of(query.get("day", ""), first, last) or lost_day
    part = query.get("part", "")
    return TimePage(
        location=location,
        openings=search.openings(location, first, min(last, max(first, day or first) + LOOK_AHEAD), now=now),
        now=now,
        url=search.url,
        day=None if day and search.first_day and day < search.first_day else day,
        part=part if part in NamedDayPart.values else "",
        is_chosen=bool({"day", "part"} & query.keys()),
        all_times="all" in query,
        lost=around,
        put_off=search.first_day is not None,
    )


def _refusal_words(refusal: BookingError | None, times: TimePage, kept_words: str) -> str:
    if refusal is None:
        return ""
    words = times.lost_words if isinstance(refusal, SlotTaken) and times.lost else str(refusal)
    return f"{words} {kept_words}".strip()


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
