"""What the time page shows of a location's openings: suggestions, days, the times of one day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as in_format
from django.utils.translation import gettext as _

from locations.models import Closure, Location
from scheduling.queries.openings import Opening
from scheduling.rules.opening_hours import whole_days
from scheduling.rules.slots import spread
from scheduling.wall_clock import day_words, local, near_day_words, time_words

NOON, EVENING = 12, 17  # hours of the wall clock
MOST_DAYS = 12
MOST_CLOSE = 3
SATURDAY = 5
FARTHEST = timedelta(days=3 * 365)  # far beyond the horizon of any location


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
    date: date
    weekday: str
    number: int
    month: str
    full: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    value: str
    why: str
    time: str
    day: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class PartLink:
    label: str
    url: str
    current: bool


@dataclass(slots=True)
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
    def first_day_words(self) -> str:
        """Where the answers put the visit off to: the first day from then on that has times."""
        return day_words(self._day_of(self.openings[0])) if self.put_off and self.openings else ""

    def close_times(self) -> list[Suggestion]:
        """The nearest to a lost time, rising, and not a handful of neighbors five minutes apart."""
        if self.lost is None:
            return []
        lost, readable = self.lost, self._readable([opening.starts_at for opening in self.openings])
        nearest = sorted(readable, key=lambda at: (abs(at - lost), at))[:MOST_CLOSE]
        return [self._suggestion(at, _("Close to it")) for at in sorted(nearest)]

    def suggestions(self) -> list[Suggestion]:
        """The soonest time, and the soonest that needs no time off; no time twice."""
        found: dict[datetime, str] = {}
        if self.openings:
            found[self.openings[0].starts_at] = _("Soonest here")
        off_work = next((one for one in self.openings if self._is_off_work(one)), None)
        if off_work:
            found.setdefault(off_work.starts_at, _("Soonest evening or weekend"))
        return [self._suggestion(starts_at, why) for starts_at, why in found.items()]

    def parts(self) -> list[PartLink]:
        labels = {
            "": _("Any time"),
            "morning": _("Morning"),
            "afternoon": _("Afternoon"),
            "evening": _("Evening"),
        }
        return [
            PartLink(label, self.link(part=part, day=None), part == self.part)
            for part, label in labels.items()
        ]

    def days(self) -> list[DayTile]:
        counts = {
            day: len(self._readable([opening.starts_at for opening in openings]))
            for day, openings in islice(self.by_day.items(), MOST_DAYS)
        }
        return [self._tile(day, count) for day, count in counts.items()]

    def groups(self) -> list[SlotGroup]:
        times = self._times_of_day()
        named = (
            (_("Morning"), [at for at in times if local(at, self.zone).hour < NOON]),
            (_("Afternoon"), [at for at in times if NOON <= local(at, self.zone).hour < EVENING]),
            (_("Evening"), [at for at in times if local(at, self.zone).hour >= EVENING]),
        )
        return [SlotGroup(heading, self._slots(group)) for heading, group in named if group]

    def has_more_times(self) -> bool:
        return not self.all_times and len(self._times_of_day()) < len(self._openings_of_day())

    def next_day_with_times(self) -> Suggestion | None:
        """For a day without times: where to look instead."""
        later = next((found[0] for day, found in self.by_day.items() if self.day and day > self.day), None)
        return self._suggestion(later.starts_at, _("Next open")) if later else None

    def link(self, *, day: date | None, part: str | None = None, all_times: bool = False) -> str:
        query = {"center": self.location.slug}
        if day:
            query["day"] = day.isoformat()
        if part if part is not None else self.part:
            query["part"] = self.part if part is None else part
        if all_times:
            query["all"] = "1"
        return f"{self.url}?{urlencode(query)}#day"

    def every_time_link(self) -> str:
        return self.link(day=self.day, all_times=True)

    def _openings_of_day(self) -> list[Opening]:
        return self.by_day.get(self.day, []) if self.day else []

    def _times_of_day(self) -> list[datetime]:
        times = [opening.starts_at for opening in self._openings_of_day()]
        return times if self.all_times else self._readable(times)

    def _readable(self, times: list[datetime]) -> list[datetime]:
        return spread(times, zone=self.zone, grid=self.location.start_grid_minutes)

    def _slots(self, times: list[datetime]) -> list[Slot]:
        full = day_words(self.day) if self.day else ""
        return [Slot(value_of(at), time_words(at, self.zone), full) for at in times]

    def _tile(self, day: date, count: int) -> DayTile:
        first_of_month = day.day == 1 or day == next(iter(self.by_day))
        return DayTile(
            date=day,
            weekday=in_format(day, "D"),
            number=day.day,
            month=in_format(day, "M") if first_of_month else "",
            full=day_words(day),
            count=count,
            url=self.link(day=day),
            current=day == self.day,
        )

    def _suggestion(self, starts_at: datetime, why: str) -> Suggestion:
        return Suggestion(
            value=value_of(starts_at),
            why=why,
            time=time_words(starts_at, self.zone),
            day=near_day_words(starts_at, self.zone, now=self.now),
        )

    def _is_in_part(self, opening: Opening) -> bool:
        if not self.part:
            return True
        hour = local(opening.starts_at, self.zone).hour
        match self.part:
            case "morning":
                return hour < NOON
            case "afternoon":
                return NOON <= hour < EVENING
            case "evening":
                return hour >= EVENING
        return True

    def _is_off_work(self, opening: Opening) -> bool:
        here = local(opening.starts_at, self.zone)
        return here.hour >= EVENING or here.weekday() >= SATURDAY

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
