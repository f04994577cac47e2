"""When a written estimate is due for a draft that would be booked now, or is due for a visit."""

from datetime import date, datetime

from scheduling.models import Appointment, Draft, Task
from scheduling.queries.hours import due_in_staffed_hours, staffed_intervals
from scheduling.rules import estimates
from scheduling.rules.opening_hours import MINUTES_A_DAY, local_day, wall_instant


def open_estimate(visit: Appointment) -> Task | None:
    return visit.tasks.open().filter(kind=Task.Kind.ESTIMATE).first()


def due_day_of_draft(draft: Draft, *, now: datetime) -> date | None:
    """As if it were booked now; None for at once. For a draft with a time."""
    assert draft.location is not None
    assert draft.starts_at is not None
    zone = draft.location.zone
    return estimates.due_day(
        begun_on=local_day(now, zone),
        visit_on=local_day(draft.starts_at, zone),
        was_asked_for=draft.paying != draft.Paying.SELF,
    )


def due_at(visit: Appointment, *, was_asked_for: bool, now: datetime) -> datetime:
    """The end of the last staffed time on or before the last day; an hour of staffed time for at once."""
    zone = visit.zone
    day = estimates.due_day(
        begun_on=local_day(now, zone),
        visit_on=local_day(visit.starts_at, zone),
        was_asked_for=was_asked_for,
    )
    at_once = due_in_staffed_hours(visit.location, now=now, before=visit.arrive_at)
    if day is None:
        return at_once
    midnight = wall_instant(day, MINUTES_A_DAY, zone)
    staffed = staffed_intervals(visit.location, now=now)
    ends = [min(span.end, midnight) for span in staffed if span.start < midnight]
    return max((end for end in ends if end > now), default=at_once)
