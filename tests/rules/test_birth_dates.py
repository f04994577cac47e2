import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.birth_dates import read_birth_date

TODAY = dt.date(2026, 11, 30)
PI_DAY = dt.date(1952, 3, 14)


@pytest.mark.parametrize(
    "typed",
    [
        "3/14/52", "03141952", "031452", "3-14-1952", "3.14.1952", "3 14 52", "1952-03-14", "mar 14 1952",
        "March 14, 1952", "14 march 1952", "14 Mar 52", "  3/14/1952  ", "march 14th 1952",
    ],
)  # fmt: skip
def test_as_it_is_said(typed):
    assert read_birth_date(typed, today=TODAY) == PI_DAY


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("11/30/26", dt.date(2026, 11, 30)),
        ("12/01/26", dt.date(1926, 12, 1)),
        ("1/1/00", dt.date(2000, 1, 1)),
        ("2/29/2000", dt.date(2000, 2, 29)),
    ],
)
def test_two_figures_are_the_last_year_that_is_not_ahead(typed, born):
    assert read_birth_date(typed, today=TODAY) == born


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "14/3/1952",
        "2/29/1999",
        "2/31/1980",
        "12/1/2026",
        "1/1/1800",
        "3/14",
        "soon",
        "xyz 3 1952",
        "0/0/0",
        "3141952",
    ],
)
def test_no_such_day(typed):
    assert read_birth_date(typed, today=TODAY) is None


@given(st.dates(dt.date(1907, 1, 1), TODAY))
def test_every_day_is_read_back(born):
    for typed in (
        f"{born:%m/%d/%Y}",
        f"{born:%m%d%Y}",
        f"{born:%B} {born.day}, {born.year}",
        born.isoformat(),
    ):
        assert read_birth_date(typed, today=TODAY) == born


@given(st.text(max_size=40))
def test_anything_may_be_typed(typed):
    read_birth_date(typed, today=TODAY)
