import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.intervals import Interval
from scheduling.rules.running_behind import free_from, shifted

TEN = dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def spans(*minutes: tuple[int, int]) -> list[Interval]:
    return [Interval(TEN + start * MINUTE, TEN + end * MINUTE) for start, end in minutes]


@pytest.mark.parametrize(
    ("given_spans", "free_at", "starts"),
    [
        ([(0, 45), (45, 90), (90, 135)], 20, [20, 65, 110]),
        ([(0, 45), (60, 105), (105, 150)], 20, [20, 65, 110]),  # a quarter of an hour is taken up
        ([(0, 45), (60, 105)], 15, [15, 60]),
        ([(0, 45), (200, 245)], 60, [60, 200]),
        ([(300, 345)], 30, [300]),  # hours are free before it
        ([(60, 105), (75, 120), (120, 165)], 30, [60, 75, 120]),  # overbooked on purpose, and not late
        ([], 20, []),
    ],
)
def test_free_time_takes_the_delay_up(given_spans, free_at, starts):
    found = shifted(spans(*given_spans), TEN + free_at * MINUTE)
    assert [(start - TEN) / MINUTE for start in found] == starts


@pytest.mark.parametrize(
    ("in_exam_until", "next_start", "delay", "free_at"),
    [
        (10, 15, 20, 30),  # the scan that goes on ends later than planned
        (10, 300, 20, 30),
        (-60, 15, 20, 0),  # it goes on still
        (None, 15, 20, 20),  # nobody is in the scanner
        (None, -10, 20, 10),  # whose time it is already
        (None, -60, 20, 0),
    ],
)
def test_the_scanner_is_free_after_the_plan_and_the_delay(in_exam_until, next_start, delay, free_at):
    until = None if in_exam_until is None else TEN + in_exam_until * MINUTE
    now = TEN + dt.timedelta(seconds=20)
    found = free_from(until, TEN + next_start * MINUTE, delay * MINUTE, now=now)
    assert (found - TEN) / MINUTE == free_at


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(5, 90)), min_size=1, max_size=10), st.integers(1, 240)
)
def test_nobody_is_pushed_into_another_or_moved_earlier(gaps, delay):
    at, rising = 0, []
    for gap, length in gaps:
        rising.append((at + gap, at + gap + length))
        at += gap + length
    before = spans(*rising)
    after = shifted(before, TEN + delay * MINUTE)
    for one, start in zip(before, after, strict=True):
        assert one.start <= start <= one.start + delay * MINUTE
    ends = [start + (one.end - one.start) for one, start in zip(before, after, strict=True)]
    assert all(end <= start for end, start in zip(ends, after[1:], strict=False))
