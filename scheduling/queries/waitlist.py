"""Who waits, and what would suit them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from locations.models import Location
from scheduling.models import Appointment, Draft, WaitlistEntry
from scheduling.queries.drafts import Step, missing_steps
from scheduling.queries.machines import Wish, machines_for
from scheduling.rules.day_parts import DayPart
from scheduling.rules.waitlist import Terms

# What waiting does not need to know.
_FOR_BOOKING_ONLY = (Step.WHERE, Step.TIME, Step.SAFETY, Step.COVID, Step.NUMBER)


def entry_of_draft(draft: Draft) -> WaitlistEntry | None:
    return WaitlistEntry.objects.active().filter(draft=draft).first()


def entry_of_visit(visit: Appointment) -> WaitlistEntry | None:
    return WaitlistEntry.objects.active().filter(appointment=visit).first()


def terms_of(entry: WaitlistEntry) -> Terms:
    return Terms(
        location_ids=frozenset(location.pk for location in entry.locations.all()),
        first_day=entry.first_day,
        last_day=entry.last_day,
        weekdays=frozenset(entry.weekdays),
        parts=frozenset(DayPart(part) for part in entry.parts),
        notice=timedelta(hours=entry.notice_hours),
        before=entry.appointment.starts_at if entry.appointment else None,
    )


def steps_before_waiting(draft: Draft, *, now: datetime) -> list[Step]:
    """Pages that must be answered before one can wait; they are those of the booking, and not asked again."""
    return [step for step in missing_steps(draft, now=now) if step not in _FOR_BOOKING_ONLY]


def able_centers(wish: Wish, among: Iterable[Location]) -> list[Location]:
    """Those of them with a scanner that can do it, each once, in their order."""
    places = {location.pk: location for location in among}
    able = {machine.location_id for machine in machines_for(wish, list(places))}
    return [location for pk, location in places.items() if pk in able]


def today_at(locations: list[Location], now: datetime) -> date:
    """The day at all of them; the earlier one around midnight."""
    return min(now.astimezone(location.zone).date() for location in locations)
