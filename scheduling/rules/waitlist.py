"""Whether a time that has become free suits somebody who waits for one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.rules.day_parts import DayPart, part_of_hour

LONGEST_NOTICE_HOURS = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What somebody would come to. Days and parts of the day are those of the center's wall clock."""

    location_ids: frozenset[int]
    first_day: date
    last_day: date
    weekdays: frozenset[int]  # as date.weekday(): 0 is Monday
    parts: frozenset[DayPart]
    notice: timedelta  # the least from hearing of it to arriving
    before: datetime | None = None  # the time they have already: only an earlier one helps


def suits(
    terms: Terms,
    *,
    location_id: int,
    starts_at: datetime,
    arrive_at: datetime,
    zone: ZoneInfo,
    now: datetime,
) -> bool:
    """`arrive_at` and not the start has to be reached: some exams begin with an hour of preparation."""
    here = starts_at.astimezone(zone)
    return (
        location_id in terms.location_ids
        and terms.first_day <= here.date() <= terms.last_day
        and here.weekday() in terms.weekdays
        and part_of_hour(here.hour) in terms.parts
        and arrive_at - now >= terms.notice
        and (terms.before is None or starts_at < terms.before)
    )


def has_days(terms: Terms, *, today: date) -> bool:
    """Whether any day is left, from today on, that could suit."""
    first = max(terms.first_day, today)
    days = (terms.last_day - first).days + 1
    return any((first + timedelta(days=n)).weekday() in terms.weekdays for n in range(min(days, 7)))
