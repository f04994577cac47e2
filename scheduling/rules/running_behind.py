"""A scanner runs late: the delay goes on from visit to visit, and free time between them takes it up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from scheduling.rules.intervals import Interval


def free_from(
    in_exam_until: datetime | None, next_start: datetime, delay: timedelta, *, now: datetime
) -> datetime:
    """When the scanner is free for who waits: the plan and the delay. The plan is the end of the scan that
    goes on; without one it is the start that is over by now, or now."""
    minute = now - timedelta(seconds=now.second, microseconds=now.microsecond)
    planned = in_exam_until if in_exam_until is not None else min(next_start, minute)
    return max(planned + delay, minute)


def shifted(rising: Sequence[Interval], free_at: datetime) -> list[datetime]:
    """The new start of each. The spans are what each visit takes, turnover included, by their start. From the
    first that can start on time on, everybody can."""
    found = [span.start for span in rising]
    for number, span in enumerate(rising):
        if span.start >= free_at:
            break
        found[number] = free_at
        free_at += span.end - span.start
    return found
