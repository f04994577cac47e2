"""The days of the time page, some weeks at a time: whole weeks, so that they stand in seven columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_A_WEEK = 7
FEWEST_WEEKS, MOST_WEEKS = 2, 4
ENOUGH_DAYS = 12  # with times: more weeks are shown where they have fewer


@dataclass(frozen=True, slots=True)
class DayPage:
    days: tuple[date, ...]
    earlier: date | None = None  # the first day with times of the page before, and of the page after
    later: date | None = None


def day_page(with_times: Sequence[date], chosen: date | None) -> DayPage:
    """The page that a day is on; weeks without any time are left out. `with_times` rises.

    Weeks are counted from the first day with times, not from a Sunday: that day stands first.
    """
    pages = _pages(with_times)
    if not pages:
        return DayPage(())
    number = max((n for n, page in enumerate(pages) if chosen and page[0] <= chosen), default=0)
    later = pages[number + 1] if number + 1 < len(pages) else None
    return DayPage(
        days=tuple(week + timedelta(days=n) for week in pages[number] for n in range(DAYS_A_WEEK)),
        earlier=_first_from(with_times, pages[number - 1][0]) if number else None,
        later=_first_from(with_times, later[0]) if later else None,
    )


def _pages(with_times: Sequence[date]) -> list[list[date]]:
    """Each a list of the first days of its weeks."""
    pages: list[list[date]] = []
    count = ENOUGH_DAYS
    for week, days in _weeks(with_times).items():
        is_full = not pages or len(pages[-1]) == MOST_WEEKS
        if is_full or (count >= ENOUGH_DAYS and len(pages[-1]) >= FEWEST_WEEKS):
            pages.append([])
            count = 0
        pages[-1].append(week)
        count += days
    return pages


def _weeks(with_times: Sequence[date]) -> Counter[date]:
    """How many days with times the week has that begins on a day."""
    return Counter(
        with_times[0] + timedelta(days=(day - with_times[0]).days // DAYS_A_WEEK * DAYS_A_WEEK)
        for day in with_times
    )


def _first_from(with_times: Sequence[date], day: date) -> date:
    return next(found for found in with_times if found >= day)
