"""When somebody who was not reached is called again."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

AGAIN_AFTER: Final = timedelta(hours=2)  # of staffed time: another part of the day, or the next morning
FARTHEST: Final = timedelta(days=60)
MINUTE: Final = timedelta(minutes=1)
QUARTER: Final = 15


class Fault(StrEnum):
    OVER = "over"
    AFTER_VISIT = "after_visit"
    TOO_FAR = "too_far"


def fault_of(at: datetime, *, now: datetime, before: datetime | None) -> Fault | None:
    """Of a time to call again. `before`: when the patient comes anyway. The minute that runs is not over."""
    if at <= now - MINUTE:
        return Fault.OVER
    if before is not None and now < before < at:
        return Fault.AFTER_VISIT
    return Fault.TOO_FAR if at > now + FARTHEST else None


def as_said(at: datetime, *, now: datetime) -> datetime:
    """A time as people say it: the quarter of an hour before, unless that is over."""
    quarter = at.replace(minute=at.minute // QUARTER * QUARTER, second=0, microsecond=0)
    return quarter if quarter > now else at.replace(second=0, microsecond=0)
