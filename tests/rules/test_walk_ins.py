import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.intervals import Interval, covers, merge, subtract
from scheduling.rules.walk_ins import PLANNED, SLOW, Visit, Wait, busy_spans, expected_starts, waits

NOW = dt.datetime(2026, 12, 1, 15, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def span(start, end):
    return Interval(NOW + start * MINUTE, NOW + end * MINUTE)


def minutes(intervals):
    return [((one.start - NOW) / MINUTE, (one.end - NOW) / MINUTE) for one in intervals]


def visit(start, end, **fields):
    return Visit(span=span(start, end), **fields)


@pytest.mark.parametrize(
    ("visits", "pace", "taken"),
    [
        ([], PLANNED, []),
        ([visit(30, 45)], PLANNED, [(30, 45)]),
        ([visit(30, 45)], SLOW, [(30, 52.5)]),
        ([visit(-10, 5, began_at=NOW - 8 * MINUTE)], PLANNED, [(0, 7)]),
        ([visit(-30, -15, began_at=NOW - 28 * MINUTE)], PLANNED, [(0, 2)]),  # any moment
        ([visit(-20, -5)], PLANNED, []),  # did not come
        ([visit(-5, 10)], PLANNED, [(0, 10)]),  # may still come
        ([visit(-20, -5, is_here=True)], PLANNED, [(0, 15)]),  # waits, and is scanned
        (
            [visit(-20, -5, is_here=True), visit(-5, 10, is_here=True), visit(10, 25)],
            PLANNED,
            [(0, 15), (15, 30), (30, 31)],
        ),
    ],
)
def test_what_booked_visits_take_of_a_room(visits, pace, taken):
    assert minutes(busy_spans(visits, now=NOW, pace=pace)) == taken


def lengths(**rooms):
    return {int(room[1:]): length * MINUTE for room, length in rooms.items()}


@pytest.mark.parametrize(
    ("rooms", "queue", "starts"),
    [
        ({1: [(0, 60)]}, [{1: 15}, {1: 15}, {1: 15}, {1: 15}, {1: 15}], [0, 15, 30, 45, None]),
        ({1: [(0, 60)], 2: [(5, 60)]}, [{1: 15, 2: 15}] * 3, [0, 5, 15]),
        ({1: [(0, 10), (20, 60)]}, [{1: 15}, {1: 10}], [20, 0]),  # who needs less is taken in between
        ({1: [(0, 60)], 2: [(0, 60)]}, [{2: 15}, {1: 15, 2: 15}], [0, 0]),
        ({1: [(0, 60)]}, [{}, {2: 15}], [None, None]),  # no room here can do it
    ],
)
def test_first_come_first_served(rooms, queue, starts):
    free = {room: [span(*each) for each in spans] for room, spans in rooms.items()}
    asked = [{room: length * MINUTE for room, length in each.items()} for each in queue]
    found = expected_starts(free, asked, pace=PLANNED)
    assert [start and (start - NOW) / MINUTE for start in found] == starts


@pytest.mark.parametrize(
    ("closes", "visits", "expected"),
    [
        (240, [], Wait(0, 0)),
        (240, [visit(-3, 12, began_at=NOW - 3 * MINUTE)], Wait(10, 20)),
        (240, [visit(7, 22)], Wait(20, 30)),  # the gap before is too short
        (40, [visit(7, 22)], Wait(20, None)),  # 22.5 more would be past closing, should it get slow
        (30, [visit(7, 22)], Wait(None, None)),
    ],
)
def test_a_wait_lies_between_all_as_planned_and_all_slow(closes, visits, expected):
    found = waits(hours={1: [span(0, closes)]}, visits={1: visits}, queue=[{1: 15 * MINUTE}], now=NOW)
    assert found == [expected]
    assert (expected.is_sure, expected.is_hopeless) == (expected.most is not None, expected.least is None)


short = st.integers(1, 12).map(lambda five: 5 * five)
booked = st.lists(st.tuples(st.integers(-6, 40), short, st.booleans()), max_size=6)


@given(booked, st.lists(short, max_size=6), st.sampled_from([PLANNED, SLOW]))
def test_a_room_has_one_person_at_a_time(booked, queue, pace):
    visits = [visit(5 * at, 5 * at + length, is_here=here) for at, length, here in booked]
    free = subtract([span(0, 200)], busy_spans(visits, now=NOW, pace=pace))
    asked = [{1: length * MINUTE} for length in queue]
    starts = expected_starts({1: free}, asked, pace=pace)
    taken = [
        Interval(start, start + each[1] * pace)
        for each, start in zip(asked, starts, strict=True)
        if start is not None
    ]
    assert all(covers(free, one) for one in taken)
    assert sum((one.end - one.start for one in taken), 0 * MINUTE) == sum(
        (one.end - one.start for one in merge(taken)), 0 * MINUTE
    )
    for wait in waits(hours={1: [span(0, 200)]}, visits={1: visits}, queue=asked, now=NOW):
        assert wait.least is not None or wait.most is None
        assert wait.most is None or 0 <= wait.least <= wait.most
