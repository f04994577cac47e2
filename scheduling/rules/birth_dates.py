"""A date of birth as it is said on the phone and typed in one go."""

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIGITS = re.compile(r"^(\d{2})(\d{2})(\d{4}|\d{2})$")
_PARTS = re.compile(r"^(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_NAMED = re.compile(r"^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})$")
_NAMED_AFTER = re.compile(r"^(\d{1,2})\s+([a-z]{3,9})\.?,?\s+(\d{4}|\d{2})$")
OLDEST = 120  # years


def read_birth_date(typed: str, *, today: date) -> date | None:
    """“3/14/52”, “03141952”, “Mar 14 1952”, “14 march 1952”, “1952-03-14”: the month first, as in the US.

    Of two figures for a year the last that is not ahead is meant. None: no such day, or nobody's.
    """
    parts = _parts(" ".join(typed.lower().split()))
    if parts is None:
        return None
    month, day, year = parts
    if year < 100:
        year += today.year // 100 * 100
        if (year, month, day) > (today.year, today.month, today.day):
            year -= 100
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    return born if today.year - OLDEST <= born.year and born <= today else None


def _parts(text: str) -> tuple[int, int, int] | None:
    found = _DIGITS.match(text) or _PARTS.match(text)
    if found:
        return int(found[1]), int(found[2]), int(found[3])
    if found := _ISO.match(text):
        return int(found[2]), int(found[3]), int(found[1])
    if found := _NAMED.match(text):
        return _named(found[1], found[2], found[3])
    if found := _NAMED_AFTER.match(text):
        return _named(found[2], found[1], found[3])
    return None


def _named(month: str, day: str, year: str) -> tuple[int, int, int] | None:
    number = next((n for n, name in enumerate(_MONTHS, 1) if month.startswith(name)), None)
    return (number, int(day), int(year)) if number else None
