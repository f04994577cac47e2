import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from scheduling.portal.day_pages import DayPage, day_page

TUESDAY = dt.date(2026, 12, 1)
DAY = dt.timedelta(days=1)


def days(*ahead: int) -> list[dt.date]:
    return [TUESDAY + n * DAY for n in ahead]


def page(*ahead: int, chosen: int | None = None) -> DayPage:
    return day_page(days(*ahead), None if chosen is None else TUESDAY + chosen * DAY)


def test_two_weeks_where_nearly_every_day_has_times():
    found = page(*range(30))

    assert found == DayPage(tuple(days(*range(14))), earlier=None, later=TUESDAY + 14 * DAY)


def test_the_next_page_begins_where_this_one_ends():
    found = page(*range(30), chosen=14)

    assert found == DayPage(tuple(days(*range(14, 28))), earlier=TUESDAY, later=TUESDAY + 28 * DAY)


def test_any_day_of_a_page_leads_to_it():
    assert page(*range(30), chosen=27).days == page(*range(30), chosen=14).days


def test_up_to_four_weeks_where_few_days_have_times():
    found = page(0, 7, 14, 21, 28)

    assert (found.days, found.later) == (tuple(days(*range(28))), TUESDAY + 28 * DAY)


def test_weeks_without_any_time_are_left_out():
    found = page(0, 30)

    assert found == DayPage(tuple(days(*range(7), *range(28, 35))))


def test_a_day_before_the_first_is_on_the_first_page():
    assert page(5, 6, chosen=-3).days[0] == TUESDAY + 5 * DAY


def test_a_day_past_the_last_is_on_the_last_page():
    assert page(*range(20), chosen=50).earlier == TUESDAY


def test_no_days():
    assert day_page([], TUESDAY) == DayPage(())


@given(st.sets(st.integers(0, 200), min_size=1))
def test_going_later_and_later_shows_each_day_with_times_once(ahead):
    with_times = days(*sorted(ahead))
    shown, at = [], None
    while True:
        found = day_page(with_times, at)
        shown += [day for day in found.days if day in with_times]
        if found.later is None:
            break
        assert day_page(with_times, found.later).earlier == next(d for d in with_times if d in found.days)
        at = found.later
    assert shown == with_times
