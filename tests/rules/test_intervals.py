from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.intervals import Interval, covers, intersect, merge, subtract

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minute: int) -> datetime:
    return START + minute * MINUTE


def span(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


def minutes(intervals: list[Interval]) -> set[int]:
    return {
        minute
        for one in intervals
        for minute in range((one.start - START) // MINUTE, (one.end - START) // MINUTE)
    }


one_span = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda it: span(it[0], it[0] + it[1]))
spans = st.lists(one_span, max_size=8)


@pytest.mark.parametrize(
    ("given_spans", "expected"),
    [
        ([], []),
        ([span(0, 10)], [span(0, 10)]),
        ([span(10, 20), span(0, 10)], [span(0, 20)]),
        ([span(0, 10), span(11, 20)], [span(0, 10), span(11, 20)]),
        ([span(0, 30), span(5, 10)], [span(0, 30)]),
        ([span(0, 10), span(5, 15), span(14, 20)], [span(0, 20)]),
    ],
)
def test_merge_joins_what_touches(given_spans, expected):
    assert merge(given_spans) == expected


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], [span(0, 60)]),
        ([span(0, 60)], []),
        ([span(-5, 70)], []),
        ([span(10, 20)], [span(0, 10), span(20, 60)]),
        ([span(0, 20), span(50, 70)], [span(20, 50)]),
        ([span(20, 30), span(25, 40)], [span(0, 20), span(40, 60)]),
        ([span(-20, 0), span(60, 80)], [span(0, 60)]),
    ],
)
def test_subtract_leaves_the_rest(taken, expected):
    assert subtract([span(0, 60)], taken) == expected


def test_one_hole_reaches_into_several_intervals():
    assert subtract([span(0, 10), span(20, 30), span(40, 50)], [span(5, 45)]) == [span(0, 5), span(45, 50)]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([span(0, 10)], [], []),
        ([span(0, 10)], [span(10, 20)], []),
        ([span(0, 10)], [span(9, 20)], [span(9, 10)]),
        ([span(0, 60)], [span(5, 10), span(20, 30)], [span(5, 10), span(20, 30)]),
    ],
)
def test_intersect_keeps_the_common_part(left, right, expected):
    assert intersect(left, right) == expected
    assert intersect(right, left) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 20, True), (5, 15, True), (0, 21, False), (-1, 5, False), (15, 31, False), (30, 40, True)],
)
def test_covers_sees_touching_intervals_as_one(start, end, expected):
    assert covers([span(10, 20), span(0, 10), span(30, 40)], span(start, end)) is expected


def test_contains_is_half_open():
    assert span(0, 10).contains(at(0))
    assert not span(0, 10).contains(at(10))


@pytest.mark.parametrize("end", [at(0), at(-1)])
def test_an_interval_ends_after_it_starts(end):
    with pytest.raises(ValueError, match="ends after"):
        Interval(at(0), end)


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=-6))])
def test_an_interval_is_written_in_utc(zone):
    with pytest.raises(ValueError, match="UTC"):
        Interval(START.replace(tzinfo=zone), at(24 * 60))


@given(spans, spans)
def test_the_algebra_is_that_of_sets(left, right):
    assert minutes(merge(left)) == minutes(left)
    assert minutes(intersect(left, right)) == minutes(left) & minutes(right)
    assert minutes(subtract(left, right)) == minutes(left) - minutes(right)


@given(spans, spans)
def test_results_are_merged(left, right):
    for result in (merge(left), intersect(left, right), subtract(left, right)):
        assert merge(result) == result
        assert all(a.end < b.start for a, b in pairwise(result))
