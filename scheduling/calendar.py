"""The calendar file of a visit (RFC 5545). Calendars are shared and synced: no exam, no person, no link."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from scheduling.models import Appointment
from scheduling.wall_clock import day_words, is_ambiguous, time_words, zone_words

CONTENT_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"


def visit_calendar(visit: Appointment, *, now: datetime) -> bytes:
    """Times in UTC, so that no calendar needs our zone rules; the local time stands in the words.

    The same UID for life and a rising SEQUENCE: a calendar moves the entry it has.
    """
    location = visit.location
    event = Event()
    event.add("uid", visit.ical_uid)
    event.add("sequence", visit.ical_sequence)
    event.add("dtstamp", now)
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at)
    names = {"group": settings.NEUTRAL_NAME, "location": location.name}
    event.add("summary", _("Appointment, %(group)s %(location)s") % names)
    event.add("location", f"{location.address}, {location.city}, {location.state} {location.zip_code}")
    event.add("description", _description(visit))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if visit.status == Appointment.Status.CANCELED else "CONFIRMED")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{settings.NEUTRAL_NAME}//Visits//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _description(visit: Appointment) -> str:
    zone = visit.zone
    time = time_words(visit.starts_at, zone)
    if not is_ambiguous(visit.starts_at, zone):
        time = f"{time} {zone_words(visit.starts_at, zone)}"
    lines = [
        f"{day_words(visit.starts_at, zone, year=True)}, {time}",
        _("Please arrive by %(time)s.") % {"time": time_words(visit.arrive_at, zone)},
        _("Questions? Call %(phone)s.") % {"phone": visit.location.phone.as_national},
    ]
    return "\n".join(lines)
