from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

THURSDAY = 3


def local_instant(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def next_holiday(today: date) -> tuple[str, date]:
    """The next one after today that falls on a working day."""
    return next(
        (name, day)
        for year in count(today.year)
        for name, day in _holidays(year)
        if day > today and day.weekday() < 5
    )


def _holidays(year: int) -> Iterator[tuple[str, date]]:
    yield "New Year’s Day", date(year, 1, 1)
    yield "Independence Day", date(year, 7, 4)
    first = date(year, 11, 1)
    yield "Thanksgiving", first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 21)
    yield "Christmas Day", date(year, 12, 25)
