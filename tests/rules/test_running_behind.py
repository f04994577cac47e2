import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.intervals import Interval
from scheduling.rules.running_behind import shifted

TEN = dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def spans(*minutes: tuple[int, int]) -> list[Interval]:
    return [Interval(TEN + start * MINUTE, TEN + end * MINUTE) for start, end in minutes]


@pytest.mark.parametrize(
    ("given_spans", "delay", "starts"),
    [
        ([(0, 45), (45, 90), (90, 135)], 20, [20, 65, 110]),
        ([(0, 45), (60, 105), (105, 150)], 20, [20, 65, 110]),  # a quarter of an hour is taken up
        ([(0, 45), (60, 105)], 15, [15, 60]),
        ([(0, 45), (200, 245)], 60, [60, 200]),
        ([], 20, []),
    ],
)
def test_free_time_takes_the_delay_up(given_spans, delay, starts):
    found = shifted(spans(*given_spans), delay * MINUTE)
    assert [(start - TEN) / MINUTE for start in found] == starts


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(5, 90)), min_size=1, max_size=10), st.integers(1, 240)
)
def test_nobody_is_pushed_into_another_or_moved_earlier(gaps, delay):
    at, rising = 0, []
    for gap, length in gaps:
        rising.append((at + gap, at + gap + length))
        at += gap + length
    before = spans(*rising)
    after = shifted(before, delay * MINUTE)
    for one, start in zip(before, after, strict=True):
        assert one.start <= start <= one.start + delay * MINUTE
    ends = [start + (one.end - one.start) for one, start in zip(before, after, strict=True)]
    assert all(end <= start for end, start in zip(ends, after[1:], strict=False))
