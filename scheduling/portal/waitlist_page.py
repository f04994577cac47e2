"""What the pages of the waitlist show, and the form with what is known already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from locations.geography import Place, Point, place_from_text
from locations.models import Location
from locations.queries import nearest_locations
from scheduling.models import Appointment, Draft, WaitlistEntry
from scheduling.portal.summary import Row, contact_words
from scheduling.portal.time_search import FAR_MILES
from scheduling.portal.waitlist_forms import WaitForm, initial_of
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.machines import Wish
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.waitlist import able_centers, entry_of_draft, entry_of_visit, today_at
from scheduling.queries.wishes import wish_of, wish_of_entry, wish_of_visit
from scheduling.rules.day_parts import DayPart
from scheduling.waitlist_words import centers_words, days_words, notice_words, parts_words, weekdays_words
from scheduling.wall_clock import day_words, local, time_words

MOST_CENTERS = 6
LONGEST = timedelta(days=60)
USUAL = timedelta(days=28)  # proposed, until another last day is chosen
EVERY_DAY = list(range(7))
Data = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Source:
    """What the form is about: whose wish, from where, which center is theirs, until when at the latest."""

    wish: Wish
    point: Point | None
    chosen: tuple[Location, ...]
    is_from_home: bool = False
    until: datetime | None = None
    entry: WaitlistEntry | None = None


def known_rows(draft: Draft, *, contact_url: str) -> list[Row]:
    """What need not be asked here."""
    words = contact_words(draft, draft.phone_as_typed)
    return [Row(_("How we reach you"), words, contact_url, _("how we reach you"))]


def form_of_draft(
    draft: Draft, data: Data = None, *, now: datetime, typed_place: str = ""
) -> WaitForm | None:
    """None where no center can do the scan."""
    text = draft.place or typed_place
    place = place_from_text(text) if text else None
    source = _Source(
        wish=wish_of(draft),
        point=_point(place, draft.location),
        chosen=(draft.location,) if draft.location else (),
        is_from_home=place is not None,
        entry=entry_of_draft(draft),
    )
    return _form(source, data, now=now, button=_("Join the waitlist"))


def form_of_visit(visit: Appointment, data: Data = None, *, now: datetime) -> WaitForm | None:
    source = _Source(
        wish=wish_of_visit(visit),
        point=_point(None, visit.location),
        chosen=(visit.location,),
        until=visit.starts_at,
        entry=entry_of_visit(visit),
    )
    return _form(source, data, now=now, button=_("Join the waitlist"))


def form_of_entry(entry: WaitlistEntry, data: Data = None, *, now: datetime) -> WaitForm | None:
    chosen = tuple(entry.locations.all())
    source = _Source(
        wish=wish_of_entry(entry),
        point=_point(None, chosen[0]),
        chosen=chosen,
        until=entry.appointment.starts_at if entry.appointment else None,
        entry=entry,
    )
    return _form(source, data, now=now, button=_("Save"))


def _form(source: _Source, data: Data, *, now: datetime, button: str) -> WaitForm | None:
    centers = _centers(source)
    if not centers:
        return None
    today = today_at(list(centers), now)
    last = today + LONGEST
    if source.until:
        last = max(today, local(source.until, source.chosen[0].zone).date())
    if source.entry:
        initial = initial_of(source.entry, today=today)
    else:
        initial = {
            "centers": [center.slug for center in source.chosen] or [next(iter(centers)).slug],
            "first_day": today.isoformat(),
            "last_day": (last if source.until else today + USUAL).isoformat(),
            "weekdays": EVERY_DAY,
            "parts": list(DayPart),
        }
    return WaitForm(data, centers=centers, today=today, last=last, initial=initial, button=button)


def _centers(source: _Source) -> dict[Location, float | None]:
    """Nearest first, the chosen ones among them. Distances are told from where the person is only."""
    offering = locations_offering(source.wish.exam_id)
    if source.point is None:
        found: dict[Location, float | None] = dict.fromkeys(offering[:MOST_CENTERS])
    else:
        near = nearest_locations(
            source.point, limit=MOST_CENTERS, within_miles=FAR_MILES, among=offering
        ) or nearest_locations(source.point, limit=1, among=offering)
        found = {one.location: one.miles if source.is_from_home else None for one in near}
    able = able_centers(source.wish, [*found, *source.chosen])
    return {center: found.get(center) for center in able}


def _point(place: Place | None, center: Location | None) -> Point | None:
    if place:
        return place.point
    return Point(center.latitude, center.longitude) if center else None


@dataclass
class EntryPage:
    """A place on the waitlist, for whoever has its link: not who has it, nor what for."""

    entry: WaitlistEntry

    @property
    def is_active(self) -> bool:
        return self.entry.is_active

    @property
    def status(self) -> str:
        return self.entry.status

    @property
    def by_email(self) -> bool:
        return is_reachable_by_email(self.entry)

    @property
    def is_called(self) -> bool:
        """People make the offers: by phone, where they may."""
        return bool(self.entry.phone) and (self.entry.by_call or self.entry.by_text)

    @property
    def visit_words(self) -> str:
        """“Tuesday, December 8, 9:40 am” of the visit that stays booked meanwhile."""
        visit = self.entry.appointment
        if visit is None:
            return ""
        return f"{day_words(visit.starts_at, visit.zone)}, {time_words(visit.starts_at, visit.zone)}"

    def rows(self) -> list[Row]:
        entry = self.entry
        return [
            Row(_("Where"), centers_words(entry)),
            Row(_("From and until"), days_words(entry)),
            Row(_("Days of the week"), weekdays_words(entry.weekdays)),
            Row(_("Time of the day"), parts_words(entry.parts)),
            Row(_("We tell you at least"), notice_words(entry.notice_hours)),
        ]
