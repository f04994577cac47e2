"""Two visits exchange their places: each starts where the other would have."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a visit stands, and how long the other one takes there, turnover included."""

    scanner: int
    starts_at: datetime
    other_takes: timedelta


def exchanged(one: Spot, other: Spot, *, now: datetime) -> tuple[datetime, datetime]:
    """The new start of each. A time that is over is now. On one scanner the second waits for the first: the
    longer exam, put in front, would else run into it."""
    one_at, other_at = max(other.starts_at, now), max(one.starts_at, now)
    if one.scanner != other.scanner:
        return one_at, other_at
    if one.starts_at <= other.starts_at:
        return max(one_at, other_at + one.other_takes), other_at
    return one_at, max(other_at, one_at + other.other_takes)
