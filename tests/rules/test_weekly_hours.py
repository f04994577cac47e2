"""Hours as people type them, and which of the standing ones make way."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.opening_hours import WeeklySpan
from scheduling.rules.weekly_hours import HoursError, around, counts_on_all, day_words, read_day

FIRST, UNTIL = dt.date(2026, 12, 7), dt.date(2026, 12, 21)
BEFORE, BETWEEN, AFTER = dt.date(2026, 12, 1), dt.date(2026, 12, 10), dt.date(2026, 12, 28)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        (" Closed ", []),
        ("7 am - 7 pm", [(420, 1140)]),
        ("7-7", [(420, 1140)]),
        ("7-12, 13-19", [(420, 720), (780, 1140)]),
        ("1 pm - 5 pm and 7:30 am - noon", [(450, 720), (780, 1020)]),
        ("7-12; 12-19", [(420, 1140)]),
        ("6:00 am–midnight", [(360, 1440)]),
        ("12 am - 6 am", [(0, 360)]),
        ("0:00 to 24:00", [(0, 1440)]),
        ("24 hours", [(0, 1440)]),
        ("1-5 pm", [(780, 1020)]),
        ("0800-1730", [(480, 1050)]),
        ("9 a.m. until 5 p.m.", [(540, 1020)]),
    ],
)
def test_hours_are_read_as_they_are_meant(text, spans):
    assert read_day(text) == spans


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("seven to nine", "not_read"),
        ("7", "not_read"),
        ("7-12-19", "not_read"),
        ("13 pm - 15 pm", "not_read"),
        ("7:60 - 9", "not_read"),
        ("24:30 - 25", "not_read"),
        ("7 pm - 7 am", "backwards"),
        ("9 am - 9 am", "backwards"),
        ("7-12, 11-19", "overlap"),
        ("1-2, 3-4, 5-6, 7-8, 9-10, 11-12, 13-14", "too_many"),
    ],
)
def test_what_are_no_hours_says_why(text, kind):
    with pytest.raises(HoursError) as refusal:
        read_day(text)
    assert refusal.value.kind == kind


@given(st.lists(st.integers(0, 288), unique=True, max_size=8))
def test_words_of_hours_read_as_the_hours(marks):
    marks = sorted(5 * mark for mark in marks)
    spans = list(zip(marks[::2], marks[1::2], strict=False))
    assert read_day(day_words(spans)) == spans


@pytest.mark.parametrize(
    ("begin", "end", "until", "left"),
    [
        (None, None, None, [(None, FIRST)]),
        (None, None, UNTIL, [(None, FIRST), (UNTIL, None)]),
        (BEFORE, BETWEEN, UNTIL, [(BEFORE, FIRST)]),
        (BETWEEN, AFTER, UNTIL, [(UNTIL, AFTER)]),
        (BETWEEN, None, None, []),
        (AFTER, None, UNTIL, [(AFTER, None)]),
        (None, BEFORE, None, [(None, BEFORE)]),
        (FIRST, UNTIL, UNTIL, []),
    ],
)
def test_standing_hours_stay_beside_the_days_that_are_written_anew(begin, end, until, left):
    pieces = around(WeeklySpan(0, 420, 1140, begin, end), FIRST, until)
    assert [(piece.effective_from, piece.effective_until) for piece in pieces] == left
    assert {(piece.opens, piece.closes) for piece in pieces} <= {(420, 1140)}


def test_what_counts_on_all_the_days_need_not_be_written():
    assert counts_on_all(WeeklySpan(0, 420, 1140), FIRST, None)
    assert counts_on_all(WeeklySpan(0, 420, 1140, BEFORE, UNTIL), FIRST, UNTIL)
    assert not counts_on_all(WeeklySpan(0, 420, 1140, BEFORE, UNTIL), FIRST, None)
    assert not counts_on_all(WeeklySpan(0, 420, 1140, BETWEEN, None), FIRST, UNTIL)
