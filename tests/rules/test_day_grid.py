import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.day_grid import HOUR, LEAST_TRACKS, TRACK, cut_by_hour, hours_between, place_blocks
from scheduling.rules.intervals import Interval

TOP = dt.datetime(2026, 12, 1, 13, tzinfo=dt.UTC)


def at(minute: int, length: int) -> Interval:
    return Interval(TOP + dt.timedelta(minutes=minute), TOP + dt.timedelta(minutes=minute + length))


def laid(*spans: Interval) -> list[tuple[int, int, int, int, int]]:
    return [(b.row, b.at, b.tracks, b.lane, b.lanes) for b in place_blocks(enumerate(spans), top=TOP)]


def test_a_visit_stands_where_it_begins_and_is_as_long_as_it_takes():
    assert laid(at(80, 40)) == [(1, 4, 8, 1, 1)]


def test_ten_minutes_are_drawn_as_fifteen():
    assert laid(at(0, 10)) == [(0, 0, LEAST_TRACKS, 1, 1)]


def test_ten_minute_visits_with_five_between_stand_below_each_other():
    assert [block[3:] for block in laid(at(0, 10), at(15, 10))] == [(1, 1), (1, 1)]


def test_an_overbook_stands_beside_what_it_lies_on():
    assert laid(at(0, 60), at(30, 30), at(60, 30)) == [(0, 0, 12, 1, 2), (0, 6, 6, 2, 2), (1, 0, 6, 1, 1)]


def test_what_began_before_the_top_begins_there():
    assert laid(at(-30, 60)) == [(0, 0, 6, 1, 1)]


@pytest.mark.parametrize(("minutes", "rows"), [(1, 1), (60, 1), (61, 2), (600, 10)])
def test_rows_cover_the_stretch(minutes, rows):
    hours = hours_between(TOP, TOP + dt.timedelta(minutes=minutes))
    assert hours == [TOP + number * HOUR for number in range(rows)]


def test_a_row_begins_on_the_hour():
    assert hours_between(TOP + 3 * TRACK, TOP + HOUR) == [TOP]


def test_free_time_is_cut_at_each_hour():
    pieces = list(cut_by_hour(at(50, 80), top=TOP))
    assert [(block.row, block.at, block.tracks) for _piece, block in pieces] == [
        (0, 10, 2),
        (1, 0, 12),
        (2, 0, 2),
    ]
    assert pieces[0][0] == at(50, 10)


minutes = st.integers(0, 600)


@given(st.lists(st.tuples(minutes, st.integers(5, 120)), max_size=12))
def test_no_two_blocks_lie_on_each_other(given_spans):
    blocks = place_blocks(
        [(number, at(start * 5 // 5, length)) for number, (start, length) in enumerate(given_spans)], top=TOP
    )
    assert len(blocks) == len(given_spans)
    cells = [(b.lane / b.lanes, b.row * 12 + b.at + track) for b in blocks for track in range(b.tracks)]
    by_lanes = {(b.lane, b.lanes, b.row * 12 + b.at + track) for b in blocks for track in range(b.tracks)}
    assert len(by_lanes) == len(cells)
    assert all(1 <= block.lane <= block.lanes for block in blocks)
