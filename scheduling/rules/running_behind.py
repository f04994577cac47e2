"""A scanner runs late: the delay goes on from visit to visit, and free time between them takes it up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from scheduling.rules.intervals import Interval


def shifted(rising: Sequence[Interval], delay: timedelta) -> list[datetime]:
    """The new start of each. The spans are what each visit takes, turnover included, by their start."""
    found: list[datetime] = []
    busy_until: datetime | None = None
    for number, span in enumerate(rising):
        start = span.start + delay if number == 0 else span.start
        if busy_until is not None:
            start = max(start, busy_until)
        found.append(start)
        busy_until = start + (span.end - span.start)
    return found
