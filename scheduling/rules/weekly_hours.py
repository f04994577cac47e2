"""A week as it is typed, and what of the standing hours makes way for it."""

import re
from collections.abc import Iterable
from datetime import date

from scheduling.rules.opening_hours import MINUTES_A_DAY, WeeklySpan

MOST_SPANS = 6  # a day
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))? ?(am|pm|a|p|a\.m\.|p\.m\.)?", re.ASCII)
_BETWEEN_SPANS = re.compile(r"[,;+&]|\band\b")
_BETWEEN_TIMES = re.compile(r"[-–—]|\bto\b|\buntil\b")
_ROUND_THE_CLOCK = ("24 hours", "24h", "24/7", "round the clock")
_NOON_AND_MIDNIGHT = {"noon": 12 * 60, "midnight": MINUTES_A_DAY}

Span = tuple[int, int]  # minutes of the wall clock since midnight; 1440 is 24:00


class HoursError(ValueError):
    """What was typed are no hours. `kind`: not_read, backwards, overlap or too_many."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def read_day(text: str) -> list[Span]:
    """Spans of one day, in order; touching ones are one. Empty or “closed”: none. Raises HoursError.

    >>> read_day("7-12, 1 pm - 7:30 pm"), read_day("6-24"), read_day("closed")
    ([(420, 720), (780, 1170)], [(360, 1440)], [])
    """
    plain = " ".join(text.casefold().split())
    if plain in ("", "-", "–", "closed"):
        return []
    if plain in _ROUND_THE_CLOCK:
        return [(0, MINUTES_A_DAY)]
    parts = [part.strip() for part in _BETWEEN_SPANS.split(plain)]
    if len(parts) > MOST_SPANS:
        raise HoursError("too_many")
    spans = sorted(_read_span(part) for part in parts)
    joined: list[Span] = []
    for opens, closes in spans:
        if joined and opens < joined[-1][1]:
            raise HoursError("overlap")
        if joined and opens == joined[-1][1]:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return joined


def _read_span(text: str) -> Span:
    ends = [end.strip() for end in _BETWEEN_TIMES.split(text)]
    if len(ends) != 2:
        raise HoursError("not_read")
    opens, half = _read_time(ends[0])
    closes, half_of_end = _read_time(ends[1])
    if closes == 0:
        closes = MINUTES_A_DAY
    if not half and not half_of_end and closes <= opens and closes < 12 * 60:
        closes += 12 * 60  # “7-5” is a working day
    if not half and half_of_end == "p" and opens + 12 * 60 < closes and opens < 6 * 60:
        opens += 12 * 60  # “1-5 pm”
    if not opens < closes:
        raise HoursError("backwards")
    return opens, closes


def _read_time(text: str) -> tuple[int, str]:
    """Minutes since midnight, and which half of the day was said."""
    if text in _NOON_AND_MIDNIGHT:
        return _NOON_AND_MIDNIGHT[text], "said"
    found = _TIME.fullmatch(text)
    if not found:
        raise HoursError("not_read")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            raise HoursError("not_read")
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or hour * 60 + minute > MINUTES_A_DAY:
        raise HoursError("not_read")
    return hour * 60 + minute, half


def around(span: WeeklySpan, first: date, until: date | None) -> tuple[WeeklySpan, ...]:
    """The pieces of a standing span before `first` and from `until` on (none where it is for good)."""
    pieces = []
    if span.effective_from is None or span.effective_from < first:
        end = first if span.effective_until is None else min(span.effective_until, first)
        pieces.append(_with_days(span, span.effective_from, end))
    if until is not None and (span.effective_until is None or until < span.effective_until):
        begin = until if span.effective_from is None else max(span.effective_from, until)
        pieces.append(_with_days(span, begin, span.effective_until))
    return tuple(pieces)


def counts_on_all(span: WeeklySpan, first: date, until: date | None) -> bool:
    """Whether the span counts on every one of its weekdays from `first` to before `until`."""
    begins = span.effective_from is None or span.effective_from <= first
    ends = span.effective_until is None or (until is not None and until <= span.effective_until)
    return begins and ends


def _with_days(span: WeeklySpan, begin: date | None, end: date | None) -> WeeklySpan:
    return WeeklySpan(span.weekday, span.opens, span.closes, begin, end)


def day_words(spans: Iterable[Span]) -> str:
    """As it can be typed again.

    >>> day_words([(420, 720), (780, 1440)]), day_words([])
    ('7:00 am - 12:00 pm, 1:00 pm - midnight', '')
    """
    return ", ".join(f"{_clock(opens)} - {_clock(closes)}" for opens, closes in spans)


def _clock(minute: int) -> str:
    if minute == MINUTES_A_DAY:
        return "midnight"
    hour, rest = divmod(minute, 60)
    return f"{hour % 12 or 12}:{rest:02d} {'am' if hour < 12 else 'pm'}"
