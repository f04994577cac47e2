import datetime as dt

from django import template
from django.template.defaultfilters import date as date_filter
from django.utils.translation import gettext as _

register = template.Library()

NOON = 12 * 60
MIDNIGHT = 24 * 60


@register.filter
def clock_words(minute: int) -> str:
    """Minutes since midnight as people say them: 7 am, 7:30 pm, noon, midnight."""
    if minute in (0, MIDNIGHT):
        return _("midnight")
    if minute == NOON:
        return _("noon")
    hour, rest = divmod(minute, 60)
    half = _("am") if hour < 12 else _("pm")
    shown = hour % 12 or 12
    return f"{shown}:{rest:02d} {half}" if rest else f"{shown} {half}"


@register.filter
def local_clock(moment: dt.datetime) -> str:
    """The wall clock of a moment that is in its location's zone already."""
    return clock_words(moment.hour * 60 + moment.minute)


@register.filter
def span_words(span: tuple[int, int]) -> str:
    opens, closes = span
    if (opens, closes) == (0, MIDNIGHT):
        return _("Open 24 hours")
    if closes == MIDNIGHT:
        return _("%(opens)s until midnight") % {"opens": clock_words(opens)}
    return _("%(opens)s to %(closes)s") % {"opens": clock_words(opens), "closes": clock_words(closes)}


@register.filter
def weekday_words(day: dt.date) -> str:
    return date_filter(day, "l")


@register.filter
def span_at(moments: tuple[dt.datetime, dt.datetime]) -> str:
    """From one local moment to another: whole days by their names, else with the clock."""
    start, end = moments
    if not (start.hour or start.minute or end.hour or end.minute):
        last = end.date() - dt.timedelta(days=1)
        if last == start.date():
            return _day(start.date())
        return _("%(first)s to %(last)s") % {"first": _day(start.date()), "last": _day(last)}
    if start.date() == end.date():
        return _("%(day)s, %(from)s to %(until)s") % {
            "day": _day(start.date()),
            "from": local_clock(start),
            "until": local_clock(end),
        }
    return _("%(first)s, %(from)s to %(last)s, %(until)s") % {
        "first": _day(start.date()),
        "from": local_clock(start),
        "last": _day(end.date()),
        "until": local_clock(end),
    }


def _day(date: dt.date) -> str:
    return date_filter(date, _("l, F j"))
