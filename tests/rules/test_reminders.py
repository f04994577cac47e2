from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduling.rules.reminders import BEFORE_START, LEAST_GAP, QuietHours, plan

CHICAGO = ZoneInfo("America/Chicago")
QUIET = QuietHours(time(20), time(9), CHICAGO)
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    """On the wall clock of Chicago, 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=CHICAGO).astimezone(UTC)


def due(starts_at: datetime, *, now: datetime, prepare_from: datetime | None = None, quiet=QUIET):
    reminders = plan(
        starts_at=starts_at, prepare_from=prepare_from or starts_at - HOUR / 2, now=now, quiet=quiet
    )
    return [(each.kind, each.due_at) for each in reminders]


def test_two_reminders_three_days_and_one_day_before():
    assert due(at(15, 14), now=at(1, 10)) == [
        ("reminder_72h", at(12, 14)),
        ("reminder_24h", at(14, 14)),
    ]


@pytest.mark.parametrize(
    ("start", "second"),
    [
        (at(15, 9), at(14, 9)),  # the first allowed moment
        (at(15, 8, 40), at(13, 19, 55)),  # 8:40 is quiet: the evening before
        (at(15, 7), at(13, 19, 45)),
        (at(15, 19, 59), at(14, 19, 59)),
        (at(15, 20), at(14, 19, 45)),  # 20:00 is quiet already
        (at(15, 23, 30), at(14, 19, 45)),
    ],
)
def test_quiet_hours_shift_earlier(start, second):
    assert due(start, now=at(1, 10))[1] == ("reminder_24h", second)


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (at(12, 9, 59), ["reminder_72h", "reminder_24h"]),  # 4 h 1 min before the first
        (at(12, 10, 1), ["reminder_24h"]),
        (at(13, 15), ["reminder_24h"]),
        (at(14, 9, 59), ["reminder_24h"]),
        (at(14, 10, 1), []),  # the second would come within four hours of the confirmation
        (at(14, 14, 1), []),
        (at(15, 13), []),
    ],
)
def test_late_bookings_leave_out_what_has_passed_or_tells_nothing_new(now, kinds):
    assert [kind for kind, _ in due(at(15, 14), now=now)] == kinds


def test_a_reminder_arrives_before_the_preparation_begins():
    assert due(at(15, 14), now=at(1, 10), prepare_from=at(14, 9, 59))[1] == (
        "reminder_24h",
        at(13, 19, 59),
    )
    assert due(at(15, 14), now=at(1, 10), prepare_from=at(14, 12))[1] == ("reminder_24h", at(14, 11))


def test_two_reminders_never_come_close_together():
    assert due(at(15, 14), now=at(1, 10), prepare_from=at(12, 13)) == [("reminder_72h", at(12, 12))]


def test_dropped_when_the_preparation_begins_and_the_first_also_when_the_second_is_near():
    found = plan(starts_at=at(15, 14), prepare_from=at(15, 9), now=at(1, 10), quiet=QUIET)
    assert [(each.kind, each.drop_after) for each in found] == [
        ("reminder_72h", at(14, 2)),
        ("reminder_24h", at(15, 9)),
    ]


@pytest.mark.parametrize(
    ("start", "first", "second"),
    [
        # Clocks go back on November 1, 2026 at 2:00: 24 real hours before 9:30 is 10:30 the day before.
        (at(1, 9, 30, month=11), at(29, 10, 30, month=10), at(31, 10, 30, month=10)),
        # Clocks go forward on March 8, 2026: 24 real hours before 9:30 is 8:30, which is quiet.
        (at(8, 9, 30, month=3), at(4, 19, 45, month=3), at(6, 19, 45, month=3)),
    ],
)
def test_both_nights_of_a_clock_change(start, first, second):
    now = start - timedelta(days=10)
    assert due(start, now=now) == [("reminder_72h", first), ("reminder_24h", second)]


def test_quiet_hours_that_never_end_leave_no_reminder():
    always = QuietHours(time(0), time(23, 59, 59, 999999), CHICAGO)
    assert due(at(15, 14), now=at(1, 10), quiet=always) == []


@pytest.mark.parametrize(
    ("quiet", "wall", "is_quiet"),
    [
        (QUIET, (8, 59), True),
        (QUIET, (9, 0), False),
        (QUIET, (19, 59), False),
        (QUIET, (20, 0), True),
        (QUIET, (0, 0), True),
        (QuietHours(time(12), time(14), CHICAGO), (11, 59), False),
        (QuietHours(time(12), time(14), CHICAGO), (12, 0), True),
        (QuietHours(time(12), time(14), CHICAGO), (14, 0), False),
        (QuietHours(time(9), time(9), CHICAGO), (9, 0), False),
    ],
)
def test_what_is_quiet(quiet, wall, is_quiet):
    assert quiet.cover(at(1, *wall)) is is_quiet


def test_a_late_reminder_waits_for_the_morning():
    assert QUIET.first_after(at(14, 21, 30)) == at(15, 9)
    assert QUIET.first_after(at(14, 12)) == at(14, 12)


zones = st.sampled_from(
    [
        "America/New_York",
        "America/Chicago",
        "America/Phoenix",
        "America/Los_Angeles",
        "Pacific/Honolulu",
        "UTC",
    ]
).map(ZoneInfo)
# Hypothesis wants naive bounds beside `timezones`.
instants = st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
minutes = st.integers(0, 60 * 24 * 20).map(lambda n: timedelta(minutes=n))
whole_quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@given(instants, minutes, st.integers(0, 60 * 80), zones, whole_quarters, whole_quarters)
def test_reminders_are_never_late_never_in_the_past_and_never_in_quiet_hours(
    starts_at, ahead, lead, zone, quiet_from, quiet_until
):
    assume(quiet_from == quiet_until or quiet_from > quiet_until)
    now, prepare_from = starts_at - ahead, starts_at - timedelta(minutes=lead)
    quiet = QuietHours(quiet_from, quiet_until, zone)
    found = plan(starts_at=starts_at, prepare_from=prepare_from, now=now, quiet=quiet)
    said = [now]
    for each in found:
        assert not quiet.cover(each.due_at)
        assert each.due_at <= starts_at - BEFORE_START[each.kind]
        assert each.due_at < prepare_from <= starts_at
        assert each.due_at < each.drop_after <= prepare_from
        assert each.due_at - said[-1] >= LEAST_GAP
        said.append(each.due_at)


@given(instants, zones)
def test_a_shift_is_at_most_a_quiet_night(starts_at, zone):
    quiet = QuietHours(time(20), time(9), zone)
    found = plan(starts_at=starts_at, prepare_from=starts_at, now=starts_at - timedelta(days=30), quiet=quiet)
    assert [each.kind for each in found] == list(BEFORE_START)
    for each in found:
        # 13 quiet hours, a quarter hour of rounding, and the hour of a clock change
        assert timedelta() <= starts_at - BEFORE_START[each.kind] - each.due_at <= timedelta(hours=14.25)
