"""For how long somebody looks at a review, and what a release is good for."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

LOOKED_AT_FOR: Final = timedelta(minutes=15)  # after it anybody may take over without a word


def is_looked_at(since: datetime | None, *, now: datetime) -> bool:
    return since is not None and now - since < LOOKED_AT_FOR


def covers(*, scanner_ids: Collection[int], expires_on: date, scanner_id: int, day: date) -> bool:
    """`day`: of the visit, at its location."""
    return scanner_id in scanner_ids and day <= expires_on
