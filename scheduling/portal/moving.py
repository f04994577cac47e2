"""What the pages show on which a visit is moved: times, other centers, and old beside new."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from locations.geography import Point
from locations.models import Location
from locations.queries import nearest_locations
from scheduling.exceptions import NotAnOpening, SlotTaken
from scheduling.models import Appointment
from scheduling.portal.time_page import value_of
from scheduling.portal.time_search import TimeSearch
from scheduling.portal.where_page import MOST_SHOWN, Center, CenterRow, rows_of
from scheduling.queries.authorizations import approval_of
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.openings import is_bookable_time, openings_at
from scheduling.queries.screening import not_before
from scheduling.queries.visits import price_at
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.opening_hours import local_day
from scheduling.templatetags.words import money
from scheduling.wall_clock import day_words, is_ambiguous, time_words, zone_words


def search_of_visit(visit: Appointment, token: str, *, now: datetime) -> TimeSearch:
    """Like a draft's; the visit itself is not in its own way."""
    return TimeSearch(
        wish=wish_of_visit(visit),
        url=reverse("portal:move", kwargs={"token": token}),
        others_url=reverse("portal:move-where", kwargs={"token": token}),
        waitlist_url=reverse("portal:visit-waitlist", kwargs={"token": token}),
        first_day=not_before(visit, now=now),
        ignore=(visit.pk,),
    )


def centers_for_move(visit: Appointment, token: str, *, now: datetime) -> list[CenterRow]:
    """Every center with the exam, the visit's own first."""
    here = visit.location
    near = nearest_locations(
        Point(here.latitude, here.longitude), limit=MOST_SHOWN, among=locations_offering(visit.exam)
    )
    centers = [Center(one.location, one.miles) for one in near]
    return rows_of(centers, search_of_visit(visit, token, now=now), visit.exam.modality, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """When and where, in words."""

    day: str
    time: str
    arrive: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Context of portal/move_check.html."""

    old: Place
    new: Place
    value: str  # the new time, as a form sends it
    asks_insurer: bool  # its approval is for another place or day: we ask for a change
    price: str  # where the center is another, for who pays themselves

    @property
    def is_elsewhere(self) -> bool:
        return self.old.location != self.new.location


def change_of(visit: Appointment, location: Location, starts_at: datetime, *, now: datetime) -> Change:
    """Raises SlotTaken, NotAnOpening."""
    wish = wish_of_visit(visit)
    found = openings_at(wish=wish, location_id=location.pk, starts_at=starts_at, now=now, ignore={visit.pk})
    if not found:
        was_open = is_bookable_time(wish=wish, location_id=location.pk, starts_at=starts_at, now=now)
        raise SlotTaken if was_open else NotAnOpening
    return Change(
        old=_place(visit.location, visit.starts_at, visit.arrive_at, other=location),
        new=_place(location, found[0].starts_at, found[0].arrive_at, other=visit.location),
        value=value_of(starts_at),
        asks_insurer=_asks_insurer(visit, location, starts_at),
        price=_price(visit, location),
    )


def _asks_insurer(visit: Appointment, location: Location, starts_at: datetime) -> bool:
    approval = approval_of(visit)
    if approval is None:
        return False
    day = local_day(starts_at, location.zone)
    return approval.problem(exam_id=visit.exam_id, location_id=location.pk, day=day) is not None


def _price(visit: Appointment, location: Location) -> str:
    price = price_at(visit, location.pk)
    pays = visit.paying == Appointment.Paying.SELF
    if location == visit.location or price is None or not pays:
        return ""
    return _("Self-pay price: %(amount)s") % {"amount": money(price)}


def _place(location: Location, starts_at: datetime, arrive_at: datetime, *, other: Location) -> Place:
    """The zone is named where the `other` center has another."""
    zone, time = location.zone, time_words(starts_at, location.zone)
    if location.time_zone != other.time_zone and not is_ambiguous(starts_at, zone):
        time = f"{time} {zone_words(starts_at, zone)}"
    return Place(
        day=day_words(starts_at, zone, year=True),
        time=time,
        arrive=time_words(arrive_at, zone),
        location=location,
    )
