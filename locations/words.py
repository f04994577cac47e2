"""Hours, days and distances as people say them. `{% load hours %}` has most of them as filters."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from locations.models import Closure, Scanner
from locations.queries import Today

NOON = 12 * 60
MIDNIGHT = 24 * 60
NO_BREAK = "\N{NO-BREAK SPACE}"


def clock_words(minute: int) -> str:
    """Minutes since midnight as people say them: 7 am, 7:30 pm, noon, midnight."""
    if minute in (0, MIDNIGHT):
        return _("midnight")
    if minute == NOON:
        return _("noon")
    hour, rest = divmod(minute, 60)
    half = _("am") if hour < 12 else _("pm")
    shown = hour % 12 or 12
    return f"{shown}:{rest:02d}{NO_BREAK}{half}" if rest else f"{shown}{NO_BREAK}{half}"


def local_clock(moment: dt.datetime) -> str:
    """The wall clock of a moment that is in its location's zone already."""
    return clock_words(moment.hour * 60 + moment.minute)


def span_words(span: tuple[int, int]) -> str:
    opens, closes = span
    if (opens, closes) == (0, MIDNIGHT):
        return _("Open 24 hours")
    if closes == MIDNIGHT:
        return _("%(opens)s until midnight") % {"opens": clock_words(opens)}
    return _("%(opens)s to %(closes)s") % {"opens": clock_words(opens), "closes": clock_words(closes)}


def today_words(today: Today) -> str:
    if today.all_day:
        return _("Open 24 hours today")
    if today.until:
        return _("Open until %(time)s") % {"time": local_clock(today.until)}
    if today.opens:
        return _("Opens today at %(time)s") % {"time": local_clock(today.opens)}
    closed = _("Closed now") if today.is_over else _("Closed today")
    if today.again is None:
        return closed
    day = date_format(today.again, "l") if today.is_soon else _day(today.again.date())
    opens = {"closed": closed, "day": day, "time": local_clock(today.again)}
    return _("%(closed)s, opens %(day)s at %(time)s") % opens


def kind_words(kind: str, today: Today) -> str:
    """For a kind of scanner with hours of its own: “X-ray: open until midnight”."""
    words = today_words(today)
    return _("%(kind)s: %(hours)s") % {
        "kind": Scanner.Modality(kind).label,
        "hours": words[:1].lower() + words[1:],
    }


def miles_words(miles: float) -> str:
    if miles < 1:
        return _("less than 1 mile")
    return _("about %(miles)s miles") % {"miles": f"{miles:.1f}" if miles < 9.95 else f"{miles:.0f}"}


def closure_words(start: dt.datetime, end: dt.datetime) -> str:
    """From one local moment to another: whole days by their names, else with the clock."""
    last = (end - dt.timedelta(microseconds=1)).date()
    first_day, last_day = _day(start.date()), _day(last)
    whole_days = start.time() == end.time() == dt.time()
    if start.date() == last:
        span = {"day": first_day, "from": local_clock(start), "until": local_clock(end)}
        return first_day if whole_days else _("%(day)s, %(from)s to %(until)s") % span
    if whole_days:
        return _("%(first)s to %(last)s") % {"first": first_day, "last": last_day}
    span = {"first": first_day, "from": local_clock(start), "last": last_day, "until": local_clock(end)}
    return _("%(first)s, %(from)s to %(last)s, %(until)s") % span


def closed_words(closure: Closure) -> str:
    """A holiday is named as one; other reasons are for staff."""
    zone = closure.location.zone
    words = closure_words(closure.starts_at.astimezone(zone), closure.ends_at.astimezone(zone))
    return _("%(days)s (holiday)") % {"days": words} if closure.kind == Closure.Kind.HOLIDAY else words


def _day(date: dt.date) -> str:
    return date_format(date, _("l, F j"))
