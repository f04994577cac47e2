"""`{{ visit.starts_at|at_location:location }}`: the only way a template turns UTC into a wall clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template

from locations.models import Location
from scheduling import wall_clock
from scheduling.models import Appointment, Exam

register = template.Library()


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A moment on a location's clock, in words: `day`, `day_year`, `short_day`, `time`, `zone`."""

    at: datetime
    on: ZoneInfo

    def __str__(self) -> str:
        return f"{self.day_year}, {self.time}"

    @property
    def day(self) -> str:
        return wall_clock.day_words(self.at, self.on)

    @property
    def day_year(self) -> str:
        return wall_clock.day_words(self.at, self.on, year=True)

    @property
    def short_day(self) -> str:
        return wall_clock.short_day_words(wall_clock.local(self.at, self.on).date())

    @property
    def time(self) -> str:
        return wall_clock.time_words(self.at, self.on)

    @property
    def zone(self) -> str:
        return wall_clock.zone_words(self.at, self.on)


@register.filter
def at_location(at: datetime, location: Location) -> LocalMoment:
    return LocalMoment(at, location.zone)


@register.filter
def hour_minute(at: datetime, location: Location) -> str:
    """9:40 am"""
    return wall_clock.time_words(at, location.zone)


@register.filter
def hour_of(at: datetime, location: Location) -> str:
    """9 am; with the zone in the hour that a clock change repeats."""
    return wall_clock.time_words(at, location.zone).replace(":00", "", 1)


@register.filter
def fasts_from(slot: Appointment, exam: Exam) -> datetime | None:
    """When the preparation begins for a time; None where only arriving does."""
    lead = max((one.lead_minutes for one in exam.preparations.all()), default=0)
    return slot.arrive_at - timedelta(minutes=lead) if lead else None


@register.filter
def day_at(at: datetime, location: Location) -> date:
    """The day at the location, for addresses."""
    return wall_clock.local(at, location.zone).date()


@register.filter
def short_day(day: date) -> str:
    """Tue, Dec 1"""
    return wall_clock.short_day_words(day)
