import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.business_days import (
    business_days_after,
    business_days_before,
    business_days_left,
    is_business_day,
)

DAY = dt.timedelta(days=1)
days = st.dates(dt.date(2024, 1, 1), dt.date(2060, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2026, 11, 26),  # Thanksgiving
        dt.date(2026, 12, 25),
        dt.date(2026, 7, 3),  # July 4 is a Saturday
        dt.date(2027, 7, 5),  # July 4 is a Sunday
        dt.date(2027, 12, 31),  # January 1, 2028 is a Saturday
        dt.date(2027, 1, 18),  # Martin Luther King Jr.
        dt.date(2027, 6, 18),  # Juneteenth is a Saturday
        dt.date(2026, 11, 28),  # a Saturday
    ],
)
def test_weekends_and_federal_holidays_do_not_count(day):
    assert not is_business_day(day)


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2026, 11, 27),  # the Friday after Thanksgiving
        dt.date(2026, 12, 24),
        dt.date(2026, 12, 31),
        dt.date(2026, 4, 3),  # Good Friday
    ],
)
def test_other_days_count_though_many_have_them_off(day):
    assert is_business_day(day)


def test_counting_over_thanksgiving():
    wednesday, monday = dt.date(2026, 11, 25), dt.date(2026, 11, 30)
    assert business_days_after(wednesday, 1) == dt.date(2026, 11, 27)
    assert business_days_after(wednesday, 2) == monday
    assert business_days_before(monday, 2) == wednesday
    assert business_days_before(dt.date(2026, 11, 29), 1) == dt.date(2026, 11, 27)  # from a Sunday


@given(days, st.integers(1, 30))
def test_the_nth_business_day_after_has_n_of_them_up_to_it(day, count):
    found = business_days_after(day, count)
    between = [day + number * DAY for number in range(1, (found - day).days + 1)]
    assert is_business_day(found)
    assert sum(map(is_business_day, between)) == count


@given(days, st.integers(1, 30))
def test_before_is_the_mirror_of_after(day, count):
    found = business_days_before(day, count)
    assert is_business_day(found)
    assert business_days_after(found, count) >= day
    if is_business_day(day):
        assert business_days_after(found, count) == day


@given(days)
def test_no_days_are_no_step(day):
    assert business_days_after(day, 0) == business_days_before(day, 0) == day


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)), st.integers(0, 30))
def test_the_days_left_lead_to_the_day_that_it_is_due(day, count):
    assert business_days_left(day, business_days_after(day, count)) == count
    assert business_days_left(day, day - dt.timedelta(days=count)) == 0
