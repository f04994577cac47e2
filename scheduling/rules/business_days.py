"""Monday to Friday, but for the federal holidays of the United States (5 U.S.C. 6103), on the day they are
observed. What a center does on a day is its opening hours; this is how rules of law count."""

from datetime import date, timedelta
from functools import cache

import holidays

_DAY = timedelta(days=1)
_SATURDAY = 5


def is_business_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in _federal_holidays(day.year)


def business_days_after(day: date, count: int) -> date:
    """The `count`-th business day after a day, which itself need not be one."""
    return _step(day, count, _DAY)


def business_days_before(day: date, count: int) -> date:
    """The `count`-th business day before a day, which itself need not be one."""
    return _step(day, count, -_DAY)


def business_days_left(today: date, due: date) -> int:
    """After today, up to and with the day that something is due; none where that day is over."""
    days = (today + _DAY * count for count in range(1, (due - today).days + 1))
    return sum(is_business_day(day) for day in days)


def _step(day: date, count: int, step: timedelta) -> date:
    while count:
        day += step
        count -= is_business_day(day)
    return day


@cache
def _federal_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))
