"""What the time page shows of a location's openings: suggestions, days, the times of one day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from math import ceil
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as in_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Closure, Location
from locations.words import miles_words
from scheduling.models import NamedDayPart
from scheduling.portal.day_pages import DayPage, day_page
from scheduling.queries.openings import Opening
from scheduling.rules.day_parts import DayPart, part_of_hour
from scheduling.rules.opening_hours import whole_days
from scheduling.rules.slots import spread
from scheduling.wall_clock import day_words, local, near_day_words, time_words, zone_words

MOST_CLOSE = 3
FAR_OFF = timedelta(days=14)  # a first time later than this sends people to look elsewhere
SATURDAY = 5
FARTHEST = timedelta(days=3 * 365)  # far beyond the horizon of any location
MARKS = 4  # of a day's tile: all of them on the emptiest day in view
FEW_TIMES = 8  # where even that one has fewer, it has fewer marks
NONE_LEFT: dict[str, Promise] = {
    "": gettext_lazy("No times left on %(day)s."),
    DayPart.MORNING: gettext_lazy("No morning times left on %(day)s."),
    DayPart.AFTERNOON: gettext_lazy("No afternoon times left on %(day)s."),
    DayPart.EVENING: gettext_lazy("No evening times left on %(day)s."),
}
NONE_OF_PART: dict[str, Promise] = {
    DayPart.MORNING: gettext_lazy("%(place)s has no morning times open. The first of any time is %(when)s."),
    DayPart.AFTERNOON: gettext_lazy(
        "%(place)s has no afternoon times open. The first of any time is %(when)s."
    ),
    DayPart.EVENING: gettext_lazy("%(place)s has no evening times open. The first of any time is %(when)s."),
}


@dataclass(frozen=True, slots=True)
class Slot:
    value: str
    label: str
    full: str


@dataclass(frozen=True, slots=True)
class SlotGroup:
    heading: str
    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class DayTile:
    """Context of components/day_tiles.html; `marks` are 0 to MARKS, more where more is free."""

    date: date
    weekday: str
    number: int
    month: str
    full: str
    count: int
    marks: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Context of components/suggestion_card.html. `action`: posted there, when it is at another center."""

    value: str
    why: str
    time: str
    day: str
    place: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The first time at another center; `miles` from the person, where we know where that is."""

    location: Location
    starts_at: datetime
    miles: float | None = None


@dataclass(frozen=True, slots=True)
class PartLink:
    label: str
    url: str
    current: bool


@dataclass
class TimePage:
    """Everything about the chosen location's times, in the shapes the components take."""

    location: Location
    openings: Sequence[Opening]
    now: datetime
    url: str = ""  # of the page, which its links lead to from wherever it is shown
    day: date | None = None
    part: str = ""
    is_chosen: bool = False  # a day or a part of the day: suggestions would stand in the way
    all_times: bool = False
    lost: datetime | None = None  # a time that someone else took a moment ago
    put_off: bool = False  # by the answers to the health questions
    elsewhere: Elsewhere | None = None  # only where it is sooner than here
    has_near: bool = False  # other centers are near, sooner or not
    shown: list[Opening] = field(init=False)
    by_day: dict[date, list[Opening]] = field(init=False)

    def __post_init__(self) -> None:
        self.shown = [opening for opening in self.openings if self._is_in_part(opening)]
        self.by_day = {day: list(found) for day, found in groupby(self.shown, key=self._day_of)}
        if self.day is None and self.shown:
            self.day = self._day_of(self.shown[0])

    @property
    def zone(self) -> ZoneInfo:
        return self.location.zone

    @property
    def day_words(self) -> str:
        """With the year where it is not this one."""
        if self.day is None:
            return ""
        return day_words(self.day, year=self.day.year != local(self.now, self.zone).year)

    @property
    def closed(self) -> Closure | None:
        """Why a chosen day has no times, where it is the whole center that is closed."""
        if self.day is None:
            return None
        day = whole_days(self.day, self.day, self.zone)
        return self.location.closures.filter(
            scanner=None, starts_at__lte=day.start, ends_at__gte=day.end
        ).first()

    @property
    def none_left(self) -> str:
        return str(NONE_LEFT[self.part]) % {"day": self.day_words}

    @property
    def news(self) -> str:
        """What is not free here, where that is more than a day."""
        words = {"place": self.location.name, "when": self.first_words}
        if not self.openings:
            return _("%(place)s has no times open right now.") % words
        if not self.shown:
            return str(NONE_OF_PART[self.part]) % words
        if self.is_far_off and not self.is_chosen:
            return _("%(place)s has nothing open in the next two weeks. The first time is %(when)s.") % words
        return ""

    @property
    def first_day_words(self) -> str:
        """Where the answers put the visit off to: the first day from then on that has times."""
        return day_words(self._day_of(self.openings[0])) if self.put_off and self.openings else ""

    @property
    def first_start(self) -> datetime | None:
        return self.openings[0].starts_at if self.openings else None

    @property
    def is_far_off(self) -> bool:
        """The first time here is so late that another center or the waitlist may be better."""
        return self.first_start is not None and self.first_start - self.now > FAR_OFF

    @property
    def first_words(self) -> str:
        """“Monday, January 4, 8:20 am”"""
        first = self.first_start
        return f"{day_words(first, self.zone)}, {time_words(first, self.zone)}" if first else ""

    @property
    def lost_words(self) -> str:
        """“Someone just took 9:40 am. These are close.”"""
        assert self.lost is not None
        words = {"time": time_words(self.lost, self.zone)}
        if self.close_times:
            return _("Someone just took %(time)s. These are close.") % words
        return _("Someone just took %(time)s.") % words

    @cached_property
    def close_times(self) -> list[Suggestion]:
        """The nearest to a lost time, rising, and not a handful of neighbors five minutes apart."""
        if self.lost is None:
            return []
        lost, readable = self.lost, self._readable([opening.starts_at for opening in self.openings])
        nearest = sorted(readable, key=lambda at: (abs(at - lost), at))[:MOST_CLOSE]
        return [self._suggestion(at, _("Close to it")) for at in sorted(nearest)]

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        """The soonest anywhere near, the soonest here, the soonest that needs no time off; none twice."""
        found = [self._suggestion_elsewhere(self.elsewhere)] if self.elsewhere else []
        if not self.openings:
            return found
        is_nearest = self.has_near and not self.elsewhere
        soonest = self.openings[0].starts_at
        why = _("Soonest near you") if is_nearest else _("Soonest here")
        found.append(self._suggestion(soonest, why, place=self.location.name if is_nearest else ""))
        off_work = next((one.starts_at for one in self.openings if self._is_off_work(one)), None)
        if off_work and off_work != soonest:
            found.append(self._suggestion(off_work, _("Soonest evening or weekend")))
        return found

    @property
    def parts(self) -> list[PartLink]:
        """The chosen day stays."""
        labels = {"": _("Any time"), **dict(NamedDayPart.choices)}
        day = self.day if self.is_chosen else None
        return [
            PartLink(str(label), self.link(part=part, day=day), part == self.part)
            for part, label in labels.items()
        ]

    @property
    def any_time_url(self) -> str:
        return self.link(part="", day=None)

    @cached_property
    def day_page(self) -> DayPage:
        return day_page(list(self.by_day), self.day)

    @cached_property
    def days(self) -> list[DayTile]:
        """A month is named where it begins, and again on its first day with times: phones show no others."""
        days = self.day_page.days
        counts = [len(self._readable(self._starts_on(day))) for day in days]
        most = max(FEW_TIMES, *counts)
        tiles, named, named_with_times = [], 0, 0
        for day, count in zip(days, counts, strict=True):
            is_new = day.month != named or (count > 0 and day.month != named_with_times)
            month = in_format(day, "M") if is_new else ""
            tiles.append(self._tile(day, count, marks=ceil(MARKS * count / most), month=month))
            named, named_with_times = day.month, day.month if count else named_with_times
        return tiles

    @property
    def earlier(self) -> PartLink | None:
        return self._to_days(self.day_page.earlier, _("Earlier days"))

    @property
    def later(self) -> PartLink | None:
        return self._to_days(self.day_page.later, _("Later days"))

    @cached_property
    def groups(self) -> list[SlotGroup]:
        times = self._times_of_day()
        found = {part: [at for at in times if self._part_of(at) == part] for part in DayPart}
        return [
            SlotGroup(str(NamedDayPart(part).label), self._slots(group))
            for part, group in found.items()
            if group
        ]

    @property
    def has_more_times(self) -> bool:
        return not self.all_times and len(self._times_of_day()) < len(self._starts_on(self.day))

    @cached_property
    def next_open(self) -> list[Suggestion]:
        """For a day without times, the first one after it."""
        later = next((found[0] for day, found in self.by_day.items() if self.day and day > self.day), None)
        return [self._suggestion(later.starts_at, _("Next open"))] if later else []

    def link(
        self, *, day: date | None, part: str | None = None, all_times: bool = False, to: str = "day"
    ) -> str:
        query = {"center": self.location.slug}
        if day:
            query["day"] = day.isoformat()
        part = self.part if part is None else part
        if part:
            query["part"] = part
        if all_times:
            query["all"] = "1"
        return f"{self.url}?{urlencode(query)}#{to}"

    @property
    def every_time_link(self) -> str:
        return self.link(day=self.day, all_times=True)

    def _to_days(self, first: date | None, words: str) -> PartLink | None:
        if first is None:
            return None
        label = _("%(which)s, from %(day)s") % {"which": words, "day": day_words(first)}
        return PartLink(label, self.link(day=first, to="days"), current=False)

    def _starts_on(self, day: date | None) -> list[datetime]:
        return [opening.starts_at for opening in self.by_day.get(day, [])] if day else []

    def _times_of_day(self) -> list[datetime]:
        times = self._starts_on(self.day)
        return times if self.all_times else self._readable(times)

    def _readable(self, times: list[datetime]) -> list[datetime]:
        return spread(times, zone=self.zone, grid=self.location.start_grid_minutes)

    def _slots(self, times: list[datetime]) -> list[Slot]:
        full = day_words(self.day) if self.day else ""
        return [Slot(value_of(at), time_words(at, self.zone), full) for at in times]

    def _tile(self, day: date, count: int, *, marks: int, month: str) -> DayTile:
        return DayTile(
            date=day,
            weekday=in_format(day, "D"),
            number=day.day,
            month=month,
            full=day_words(day),
            count=count,
            marks=marks,
            url=self.link(day=day),
            current=day == self.day,
        )

    def _suggestion(self, starts_at: datetime, why: str, place: str = "") -> Suggestion:
        return Suggestion(
            value=value_of(starts_at),
            why=why,
            time=time_words(starts_at, self.zone),
            day=near_day_words(starts_at, self.zone, now=self.now),
            place=place,
        )

    def _suggestion_elsewhere(self, other: Elsewhere) -> Suggestion:
        """With the zone's letters where its clock is another than the one this page speaks of."""
        zone, at = other.location.zone, other.starts_at
        is_other_clock = local(at, zone).utcoffset() != local(at, self.zone).utcoffset()
        time = f"{time_words(at, zone)} {zone_words(at, zone)}" if is_other_clock else time_words(at, zone)
        place = {"center": other.location.name, "miles": miles_words(other.miles or 0)}
        return Suggestion(
            value=value_of(at),
            why=_("Soonest near you"),
            time=time,
            day=near_day_words(at, zone, now=self.now),
            place=other.location.name if other.miles is None else _("%(center)s, %(miles)s") % place,
            action=f"{self.url}?{urlencode({'center': other.location.slug})}",
        )

    def _is_in_part(self, opening: Opening) -> bool:
        return not self.part or self._part_of(opening.starts_at) == self.part

    def _part_of(self, at: datetime) -> DayPart:
        return part_of_hour(local(at, self.zone).hour)

    def _is_off_work(self, opening: Opening) -> bool:
        here = local(opening.starts_at, self.zone)
        return part_of_hour(here.hour) is DayPart.EVENING or here.weekday() >= SATURDAY

    def _day_of(self, opening: Opening) -> date:
        return local(opening.starts_at, self.zone).date()


def value_of(starts_at: datetime) -> str:
    """How a time travels in the form: UTC to the minute, so that no zone can be mistaken."""
    return starts_at.strftime("%Y-%m-%dT%H:%MZ")


def time_of_value(value: str, *, now: datetime) -> datetime | None:
    """None for what is no time, and for one so far away that local clocks and calendars end before it."""
    try:
        found = datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if abs(found - now) < FARTHEST else None
