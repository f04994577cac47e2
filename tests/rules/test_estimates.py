"""By when an estimate is due: 45 CFR 149.610(b)(1)(vi)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.business_days import business_days_after, is_business_day
from scheduling.rules.estimates import due_day

DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 11, 30)
days = st.dates(dt.date(2026, 1, 1), dt.date(2040, 12, 31))
ahead = st.integers(0, 200).map(lambda number: number * DAY)


def december(day: int) -> dt.date:
    return dt.date(2026, 12, day)


@pytest.mark.parametrize(
    ("visit_on", "booked", "asked"),
    [
        (MONDAY, None, None),  # today
        (december(2), None, None),  # two business days ahead
        (december(3), december(1), december(2)),  # three; asked for, it must be there before the visit
        (december(5), december(1), december(3)),  # a Saturday
        (december(11), december(1), december(3)),  # nine
        (december(14), december(3), december(3)),  # ten
        (dt.date(2027, 3, 1), december(3), december(3)),
    ],
)
def test_booked_or_asked_for_on_a_monday(visit_on, booked, asked):
    assert due_day(begun_on=MONDAY, visit_on=visit_on, was_asked_for=False) == booked
    assert due_day(begun_on=MONDAY, visit_on=visit_on, was_asked_for=True) == asked


def test_weekends_and_holidays_are_no_business_days():
    christmas_eve, saturday = december(24), december(26)
    assert due_day(begun_on=christmas_eve, visit_on=december(30), was_asked_for=False) == december(28)
    assert due_day(begun_on=saturday, visit_on=december(31), was_asked_for=False) == december(28)
    # Thursday to Tuesday over Christmas and a weekend: only Thursday and Monday count.
    assert due_day(begun_on=christmas_eve, visit_on=december(29), was_asked_for=False) is None


@given(days, ahead, st.booleans())
def test_it_is_a_business_day_after_the_booking_and_before_the_visit(begun_on, until, asked):
    visit_on = begun_on + until
    due = due_day(begun_on=begun_on, visit_on=visit_on, was_asked_for=asked)
    if due is not None:
        assert is_business_day(due)
        assert begun_on < due < visit_on


@given(days, ahead, st.booleans())
def test_it_is_never_later_than_the_law_says(begun_on, until, asked):
    visit_on = begun_on + until
    business_days_ahead = sum(is_business_day(begun_on + n * DAY) for n in range(until.days))
    due = due_day(begun_on=begun_on, visit_on=visit_on, was_asked_for=asked)
    if business_days_ahead >= 3:
        allowed = 3 if asked or business_days_ahead >= 10 else 1
        assert due is not None
        assert due <= business_days_after(begun_on, allowed)
    else:
        assert due is None


@given(days, ahead, st.booleans())
def test_a_nearer_visit_never_gives_more_time(begun_on, until, asked):
    near, far = (
        due_day(begun_on=begun_on, visit_on=begun_on + until + more, was_asked_for=asked)
        for more in (dt.timedelta(0), DAY)
    )
    if near is not None:
        assert far is not None
        assert near <= far
