import datetime as dt

import pytest

from locations.queries import Today
from locations.words import (
    NO_BREAK,
    clock_words,
    closure_words,
    kind_words,
    miles_words,
    span_words,
    today_words,
)


@pytest.mark.parametrize(
    ("minute", "words"),
    [(0, "midnight"), (5, "12:05 am"), (420, "7 am"), (450, "7:30 am"), (720, "noon"), (750, "12:30 pm"),
     (1140, "7 pm"), (1440, "midnight")],
)  # fmt: skip
def test_minutes_in_words(minute, words):
    assert clock_words(minute) == words.replace(" ", NO_BREAK)


def test_spans_in_words():
    assert [
        span_words(span).replace(NO_BREAK, " ") for span in ((420, 1140), (1200, 1440), (0, 1440), (0, 300))
    ] == [
        "7 am to 7 pm",
        "8 pm until midnight",
        "Open 24 hours",
        "midnight to 5 am",
    ]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((1, 0), (2, 0), "Friday, January 1"),
        ((1, 0), (3, 0), "Friday, January 1 to Saturday, January 2"),
        ((1, 9), (1, 12), "Friday, January 1, 9 am to noon"),
        ((1, 9), (2, 0), "Friday, January 1, 9 am to midnight"),
        ((1, 9), (2, 12), "Friday, January 1, 9 am to Saturday, January 2, noon"),
    ],
)
def test_closures_in_words(start, end, words):
    moments = (dt.datetime(2027, 1, *start, tzinfo=dt.UTC), dt.datetime(2027, 1, *end, tzinfo=dt.UTC))
    assert closure_words(*moments).replace(NO_BREAK, " ") == words


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (Today(until=dt.datetime(2027, 1, 1, 19, tzinfo=dt.UTC)), "Open until 7 pm"),
        (Today(until=dt.datetime(2027, 1, 2, tzinfo=dt.UTC)), "Open until midnight"),
        (Today(until=dt.datetime(2027, 1, 2, tzinfo=dt.UTC), all_day=True), "Open 24 hours today"),
        (Today(opens=dt.datetime(2027, 1, 1, 7, 30, tzinfo=dt.UTC)), "Opens today at 7:30 am"),
        (Today(is_over=True), "Closed now"),
        (Today(), "Closed today"),
        (
            Today(is_over=True, again=dt.datetime(2027, 1, 4, 7, tzinfo=dt.UTC)),
            "Closed now, opens Monday at 7 am",
        ),
        (
            Today(again=dt.datetime(2027, 1, 8, 7, 30, tzinfo=dt.UTC), is_soon=False),
            "Closed today, opens Friday, January 8 at 7:30 am",
        ),
    ],
)
def test_today_in_words(today, words):
    assert today_words(today).replace(NO_BREAK, " ") == words


def test_distances_in_words():
    assert [miles_words(miles) for miles in (0, 0.99, 4.84, 9.96, 146.3)] == [
        "less than 1 mile",
        "less than 1 mile",
        "about 4.8 miles",
        "about 10 miles",
        "about 146 miles",
    ]


def test_a_kind_of_scanner_in_words():
    assert (
        kind_words("XR", Today(until=dt.datetime(2027, 1, 5, tzinfo=dt.UTC))) == "X-ray: open until midnight"
    )
