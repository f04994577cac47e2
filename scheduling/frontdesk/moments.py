"""Moments and numbers in addresses and buttons, where anything may stand."""

from datetime import datetime

from django.utils.dateparse import parse_datetime

from scheduling.forms.days import is_of_this_century

MOST_FIGURES = 18


def moment_in(typed: str) -> datetime | None:
    """Aware and of this century, or nothing: a time without an offset could be two moments."""
    try:
        at = parse_datetime(typed)
    except ValueError:
        return None
    if at is None or at.tzinfo is None or not is_of_this_century(at):
        return None
    return at


def number_in(typed: str) -> int | None:
    """Of a row. No number has so many figures that the database could not count so far."""
    return int(typed) if len(typed) <= MOST_FIGURES and typed.isdecimal() else None
