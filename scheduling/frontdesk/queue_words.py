"""What the desk's queues are called, and what is good to read when one is empty."""

from datetime import datetime, timedelta

from django.utils.dateformat import format as in_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.models import Task
from scheduling.queries.queues import Queue
from scheduling.wall_clock import day_words, local, time_words

NAMES: dict[Queue, Promise] = {
    Queue.FLAGS: _("Flagged answers"),
    Queue.CALLBACKS: _("Calls asked for"),
    Queue.UNREACHED: _("Not reached"),
    Queue.DETAILS: _("Details missing"),
    Queue.ORDERS: _("Orders"),
    Queue.LABS: _("Blood tests"),
    Queue.AUTHORIZATIONS: _("Authorizations"),
    Queue.ESTIMATES: _("Estimates due"),
    Queue.TO_MOVE: _("To be moved"),
}
EMPTY: dict[Queue, Promise] = {
    Queue.FLAGS: _("No answer waits for somebody to look at it."),
    Queue.CALLBACKS: _("Everybody who asked for a call has had one."),
    Queue.UNREACHED: _("Every message found its way, or somebody was told on the phone."),
    Queue.DETAILS: _("No booking by phone was left half done."),
    Queue.ORDERS: _("Every visit that needs an order has one that was checked, or some time yet."),
    Queue.LABS: _("No blood test is awaited."),
    Queue.AUTHORIZATIONS: _("No insurer is waited for."),
    Queue.ESTIMATES: _("Every written estimate that is owed has gone out."),
    Queue.TO_MOVE: _("Every visit fits where it is booked."),
}


def next_try_words(at: datetime, location: Location, *, now: datetime) -> str:
    """today, 4:00 pm; Tuesday, 9:00 am; and with the date where it is not this week."""
    zone = location.zone
    day, today = local(at, zone).date(), local(now, zone).date()
    if day == today:
        words = gettext("today")
    elif day < today + timedelta(days=7):
        words = in_format(day, "l")
    else:
        words = day_words(day)
    return f"{words}, {time_words(at, zone)}"


def said_of(tried: Task, result: Task.Try, *, now: datetime) -> str:
    """After a call was written down."""
    if tried.next_try_at is None:
        return gettext("Written down: %(result)s.") % {"result": result.label}
    when = next_try_words(tried.next_try_at, tried.location, now=now)
    return gettext("Written down: %(result)s. Next try %(when)s.") % {"result": result.label, "when": when}
