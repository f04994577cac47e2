from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.rules.slots import spread

CHICAGO = ZoneInfo("America/Chicago")
MIDNIGHT = datetime(2026, 1, 5, 6, tzinfo=UTC)  # in Chicago


def times(first: str, last: str, grid: int) -> list[datetime]:
    """From the first clock time to the last, both included; the hour may pass 24."""
    start, end = (int(one[:-3]) * 60 + int(one[-2:]) for one in (first, last))
    return [MIDNIGHT + timedelta(minutes=minute) for minute in range(start, end + 1, grid)]


def shown(given: list[datetime], grid: int) -> list[str]:
    return [f"{time.astimezone(CHICAGO):%H:%M}" for time in spread(given, zone=CHICAGO, grid=grid)]


def test_a_day_of_five_minute_starts_becomes_readable():
    day = times("7:00", "17:25", 5)
    assert (len(day), len(shown(day, 5))) == (126, 33)
    assert shown(day, 5)[:4] == ["07:00", "07:20", "07:40", "08:00"]
    assert shown(day, 5)[-3:] == ["17:00", "17:20", "17:25"]


def test_the_first_of_each_run_stays_and_round_times_follow():
    given = [*times("7:05", "7:40", 5), *times("8:25", "9:30", 5)]
    assert shown(given, 5) == ["07:05", "07:20", "07:40", "08:25", "08:40", "09:00", "09:20", "09:30"]


def test_a_round_time_just_after_the_first_is_left_out():
    assert shown(times("7:15", "8:00", 5), 5) == ["07:15", "07:40", "08:00"]


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        (10, ["08:00", "08:20", "08:40", "09:00", "09:20", "09:40", "10:00"]),
        (15, ["08:00", "08:30", "09:00", "09:30", "10:00"]),
        (20, ["08:00", "08:20", "08:40", "09:00", "09:20", "09:40", "10:00"]),
        (30, ["08:00", "08:30", "09:00", "09:30", "10:00"]),
        (60, ["08:00", "09:00", "10:00"]),
    ],
)
def test_coarse_grids_stay_readable(grid, expected):
    assert shown(times("8:00", "10:00", grid), grid) == expected


def test_every_day_is_spread_on_its_own():
    assert shown(times("23:00", "25:05", 5), 5) == [
        *("23:00", "23:20", "23:40", "23:55"),
        *("00:00", "00:20", "00:40", "01:00", "01:05"),
    ]


def test_one_time_or_none():
    assert shown([], 5) == []
    assert shown(times("8:00", "8:00", 5), 5) == ["08:00"]
