"""Times near one that a patient gave up and someone else has now."""

from datetime import datetime

from scheduling.models import Appointment
from scheduling.portal.time_page import Suggestion, TimePage
from scheduling.portal.time_search import TimeSearch, times_context
from scheduling.queries.wishes import wish_of_visit


def near_times(visit: Appointment, *, now: datetime) -> list[Suggestion]:
    """At the visit's center, rising."""
    search = TimeSearch(wish=wish_of_visit(visit), url="")
    times = times_context(search, visit.location, now=now, around=visit.starts_at)["times"]
    assert isinstance(times, TimePage)
    return times.close_times
