"""Moments in addresses, where anything may stand."""

from datetime import datetime

from django.utils.dateparse import parse_datetime


def moment_in(typed: str) -> datetime | None:
    """Aware, or nothing: a time without an offset could be two moments."""
    try:
        at = parse_datetime(typed)
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
