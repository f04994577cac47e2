"""Which openings suit somebody on the waitlist. Austin, the first week of December 2026."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from scheduling.rules.day_parts import DayPart
from scheduling.rules.waitlist import Terms, has_days, suits

AUSTIN = ZoneInfo("America/Chicago")
HERE, ELSEWHERE = 1, 2
NOW = dt.datetime(2026, 11, 30, 9, tzinfo=AUSTIN)  # Monday
NINE_FORTY = dt.datetime(2026, 12, 1, 9, 40, tzinfo=AUSTIN)  # Tuesday
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY, SUNDAY = 0, 1, 2, 6

ANY = Terms(
    location_ids=frozenset({HERE}),
    first_day=dt.date(2026, 11, 30),
    last_day=dt.date(2026, 12, 6),
    weekdays=frozenset(range(7)),
    parts=frozenset(DayPart),
    notice=2 * HOUR,
)


def does_suit(terms=ANY, *, location_id=HERE, starts_at=NINE_FORTY, arrive=HOUR / 2, now=NOW, zone=AUSTIN):
    return suits(
        terms,
        location_id=location_id,
        starts_at=starts_at,
        arrive_at=starts_at - arrive,
        zone=zone,
        now=now,
    )


def test_a_time_at_an_accepted_center_suits():
    assert does_suit()
    assert not does_suit(location_id=ELSEWHERE)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (dt.date(2026, 12, 1), dt.date(2026, 12, 1), True),
        (dt.date(2026, 12, 2), dt.date(2026, 12, 6), False),
        (dt.date(2026, 11, 30), dt.date(2026, 11, 30), False),
    ],
)
def test_the_first_and_the_last_day_belong_to_it(first, last, expected):
    assert does_suit(replace(ANY, first_day=first, last_day=last)) is expected


def test_days_are_the_centers_own():
    """Half past eleven at night in Austin is Wednesday in London."""
    late = dt.datetime(2026, 12, 1, 23, 30, tzinfo=AUSTIN)
    only_tuesday = replace(ANY, weekdays=frozenset({TUESDAY}))

    assert does_suit(only_tuesday, starts_at=late)
    assert not does_suit(only_tuesday, starts_at=late, zone=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("hour", "minute", "part"),
    [(0, 0, "morning"), (11, 59, "morning"), (12, 0, "afternoon"), (16, 59, "afternoon"), (17, 0, "evening")],
)
def test_parts_of_the_day_begin_on_the_hour(hour, minute, part):
    starts_at = NINE_FORTY.replace(hour=hour, minute=minute)

    fitting = {
        wanted
        for wanted in DayPart
        if does_suit(replace(ANY, parts=frozenset({wanted})), starts_at=starts_at)
    }

    assert fitting == {part}


@pytest.mark.parametrize(("hours", "expected"), [(24, True), (24.2, False)])
def test_notice_counts_until_the_patient_has_to_be_there(hours, expected):
    """From Monday, 9:00 to arriving on Tuesday, 9:10 are 24 hours and 10 minutes."""
    assert does_suit(replace(ANY, notice=hours * HOUR)) is expected


def test_only_an_earlier_time_than_the_visits_own_helps():
    assert does_suit(replace(ANY, before=NINE_FORTY + HOUR))
    assert not does_suit(replace(ANY, before=NINE_FORTY))
    assert not does_suit(replace(ANY, before=NINE_FORTY - HOUR))


@pytest.mark.parametrize(
    ("weekday", "today", "expected"),
    [
        (MONDAY, dt.date(2026, 11, 30), True),
        (MONDAY, dt.date(2026, 12, 1), False),
        (SUNDAY, dt.date(2026, 12, 6), True),
        (SUNDAY, dt.date(2026, 12, 7), False),
        (WEDNESDAY, dt.date(2026, 1, 1), True),
    ],
)
def test_days_are_left_while_one_of_the_weekdays_is_to_come(weekday, today, expected):
    assert has_days(replace(ANY, weekdays=frozenset({weekday})), today=today) is expected


def test_no_days_are_left_after_a_long_wait():
    assert has_days(replace(ANY, last_day=ANY.first_day + 300 * DAY), today=ANY.first_day + 300 * DAY)
    assert not has_days(replace(ANY, last_day=ANY.first_day + 300 * DAY), today=ANY.first_day + 301 * DAY)
