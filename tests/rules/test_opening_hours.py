from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.rules.intervals import Interval
from scheduling.rules.opening_hours import (
    WeeklySpan,
    even_stretches,
    local_day,
    minute_of_day,
    open_intervals,
    wall_instant,
    whole_days,
)

CHICAGO = ZoneInfo("America/Chicago")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # both Sundays; the clocks change at 2:00
DAY = timedelta(days=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        ("America/Chicago", date(2026, 3, 7), 9 * 60, utc(2026, 3, 7, 15)),
        ("America/Chicago", SPRING, 90, utc(2026, 3, 8, 7, 30)),
        ("America/Chicago", SPRING, 120, utc(2026, 3, 8, 8)),  # in the gap, from its first minute …
        ("America/Chicago", SPRING, 150, utc(2026, 3, 8, 8)),
        ("America/Chicago", SPRING, 179, utc(2026, 3, 8, 8)),  # … to its last
        ("America/Chicago", SPRING, 180, utc(2026, 3, 8, 8)),
        ("America/Chicago", SPRING, 181, utc(2026, 3, 8, 8, 1)),
        ("America/Chicago", SPRING, 9 * 60, utc(2026, 3, 8, 14)),
        ("America/Chicago", AUTUMN, 59, utc(2026, 11, 1, 5, 59)),
        ("America/Chicago", AUTUMN, 60, utc(2026, 11, 1, 6)),  # shown twice: the first
        ("America/Chicago", AUTUMN, 90, utc(2026, 11, 1, 6, 30)),
        ("America/Chicago", AUTUMN, 120, utc(2026, 11, 1, 8)),  # after both
        ("America/Chicago", AUTUMN, 9 * 60, utc(2026, 11, 1, 15)),
        ("America/Chicago", date(2026, 12, 31), 1440, utc(2027, 1, 1, 6)),
        ("America/Phoenix", SPRING, 150, utc(2026, 3, 8, 9, 30)),
        ("Australia/Lord_Howe", date(2026, 10, 4), 135, utc(2026, 10, 3, 15, 30)),  # a gap of half an hour
        ("Australia/Lord_Howe", date(2026, 4, 5), 105, utc(2026, 4, 4, 14, 45)),
        ("Antarctica/Troll", date(2026, 3, 29), 100, utc(2026, 3, 29, 1)),  # a gap of two hours
        ("America/Santiago", date(2026, 9, 6), 0, utc(2026, 9, 6, 4)),  # midnight itself is skipped
        ("America/Santiago", date(2026, 9, 5), 1440, utc(2026, 9, 6, 4)),
        ("Asia/Kathmandu", date(2026, 1, 1), 0, utc(2025, 12, 31, 18, 15)),
    ],
)
def test_wall_instant(zone, day, minute, expected):
    assert wall_instant(day, minute, ZoneInfo(zone)) == expected


def hours(spans: list[WeeklySpan], first: date, last: date) -> list[tuple[datetime, datetime]]:
    found = open_intervals(spans, zone=CHICAGO, first=first, last=last)
    return [(one.start, one.end) for one in found]


def test_several_spans_a_day_on_their_weekday_only():
    monday = [WeeklySpan(0, 13 * 60, 17 * 60), WeeklySpan(0, 8 * 60, 12 * 60)]
    assert hours(monday, date(2026, 1, 5), date(2026, 1, 11)) == [
        (utc(2026, 1, 5, 14), utc(2026, 1, 5, 18)),
        (utc(2026, 1, 5, 19), utc(2026, 1, 5, 23)),
    ]


def test_a_night_of_two_spans_is_one_interval():
    night = [WeeklySpan(0, 20 * 60, 1440), WeeklySpan(1, 0, 6 * 60)]
    assert hours(night, date(2026, 1, 5), date(2026, 1, 6)) == [(utc(2026, 1, 6, 2), utc(2026, 1, 6, 12))]


@pytest.mark.parametrize(
    ("day", "length"),
    [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 7), 24)],
    ids=["spring", "autumn", "summer"],
)
def test_round_the_clock_is_as_long_as_the_day(day, length):
    [(start, end)] = hours([WeeklySpan(day.weekday(), 0, 1440)], day, day)
    assert end - start == timedelta(hours=length)


def test_round_the_clock_over_weeks_is_one_interval():
    always = [WeeklySpan(weekday, 0, 1440) for weekday in range(7)]
    assert hours(always, date(2026, 3, 1), date(2026, 3, 31)) == [(utc(2026, 3, 1, 6), utc(2026, 4, 1, 5))]


def test_nine_is_nine_on_both_sides_of_the_change():
    morning = [WeeklySpan(weekday, 9 * 60, 10 * 60) for weekday in range(7)]
    for day in (SPRING, AUTUMN):
        starts = [start for start, _ in hours(morning, day - DAY, day + DAY)]
        assert [start.astimezone(CHICAGO).hour for start in starts] == [9, 9, 9]


def test_hours_inside_the_skipped_hour_do_not_exist():
    assert hours([WeeklySpan(6, 130, 170)], SPRING, SPRING) == []


def test_spans_that_join_at_a_repeated_time_still_join():
    early_and_late = [WeeklySpan(6, 0, 90), WeeklySpan(6, 90, 300)]
    assert hours(early_and_late, AUTUMN, AUTUMN) == [(utc(2026, 11, 1, 5), utc(2026, 11, 1, 11))]


def test_effective_dates_are_half_open():
    summer = [WeeklySpan(0, 480, 540, effective_from=date(2026, 6, 8), effective_until=date(2026, 6, 22))]
    found = open_intervals(summer, zone=CHICAGO, first=date(2026, 5, 1), last=date(2026, 7, 31))
    assert [local_day(one.start, CHICAGO) for one in found] == [date(2026, 6, 8), date(2026, 6, 15)]


@pytest.mark.parametrize(
    "values", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, 90, 60), (0, -1, 60), (0, 60, 1441)], ids=str
)
def test_impossible_spans_are_refused(values):
    with pytest.raises(ValueError, match=r"weekday|one day"):
        WeeklySpan(*values)


def test_local_day_and_minute_follow_the_zone():
    late = utc(2026, 1, 6, 5, 30)
    assert (local_day(late, CHICAGO), minute_of_day(late, CHICAGO)) == (date(2026, 1, 5), 23 * 60 + 30)
    assert (local_day(late, ZoneInfo("UTC")), minute_of_day(late, ZoneInfo("UTC"))) == (date(2026, 1, 6), 330)


def test_whole_days_go_from_midnight_to_midnight():
    assert whole_days(SPRING, AUTUMN, CHICAGO) == Interval(utc(2026, 3, 8, 6), utc(2026, 11, 2, 6))


def stretches(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple]:
    return list(even_stretches(start, end, zone))


def test_even_stretches_leave_out_the_second_showing():
    assert stretches(utc(2026, 10, 31, 12), utc(2026, 11, 2, 12), CHICAGO) == [
        (utc(2026, 10, 31, 12), utc(2026, 11, 1, 7), -300),
        (utc(2026, 11, 1, 8), utc(2026, 11, 2, 12), -360),
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (utc(2026, 11, 1, 7, 20), utc(2026, 11, 1, 9), [(utc(2026, 11, 1, 8), utc(2026, 11, 1, 9), -360)]),
        (utc(2026, 11, 1, 6), utc(2026, 11, 1, 7, 20), [(utc(2026, 11, 1, 6), utc(2026, 11, 1, 7), -300)]),
        (utc(2026, 11, 1, 7), utc(2026, 11, 1, 7, 30), []),
        (utc(2026, 11, 1, 7, 10, 30), utc(2026, 11, 1, 7, 30), []),
    ],
)
def test_even_stretches_that_begin_or_end_inside_the_second_showing(start, end, expected):
    assert stretches(start, end, CHICAGO) == expected


def test_even_stretches_in_spring_touch():
    assert stretches(utc(2026, 3, 8, 0), utc(2026, 3, 8, 12), CHICAGO) == [
        (utc(2026, 3, 8, 0), utc(2026, 3, 8, 8), -360),
        (utc(2026, 3, 8, 8), utc(2026, 3, 8, 12), -300),
    ]
