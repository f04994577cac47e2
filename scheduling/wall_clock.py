"""Moments in words, always on the location's clock. Pages, messages and calendar files say the
same thing because they all ask here; the template filters are thin (templatetags/times.py)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as in_format
from django.utils.translation import gettext, pgettext

from locations.words import NO_BREAK


def local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone)


def time_words(at: datetime, zone: ZoneInfo) -> str:
    """9:40 am, never over two lines; in the hour that a clock change repeats, with the zone: 1:30 am EDT."""
    here = local(at, zone)
    half = gettext("am") if here.hour < 12 else gettext("pm")
    words = f"{in_format(here, 'g:i')}{NO_BREAK}{half}"
    return f"{words}{NO_BREAK}{here.tzname()}" if is_ambiguous(at, zone) else words


def day_words(at: datetime | date, zone: ZoneInfo | None = None, *, year: bool = False) -> str:
    """Tuesday, December 1 - and the year where the day may be far away or is kept on paper."""
    pattern = pgettext("date with year", "l, F j, Y") if year else pgettext("date without year", "l, F j")
    return in_format(local(at, zone) if isinstance(at, datetime) and zone else at, pattern)


def short_day_words(day: date) -> str:
    """Tue, Dec 1"""
    return in_format(day, pgettext("short date", "D, M j"))


def near_day_words(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Today, Tomorrow, or the day; for lists where the nearest days come first."""
    day, today = local(at, zone).date(), local(now, zone).date()
    if day == today:
        return gettext("Today, %(day)s") % {"day": day_words(day)}
    if day == today + timedelta(days=1):
        return gettext("Tomorrow, %(day)s") % {"day": day_words(day)}
    return day_words(day)


def is_ambiguous(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the location's clock shows this time twice, because it is set back."""
    here = local(at, zone)
    return here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset() and (
        here.replace(fold=0).utcoffset() or timedelta()
    ) > (here.replace(fold=1).utcoffset() or timedelta())


def zone_words(at: datetime, zone: ZoneInfo) -> str:
    """CST, MST: the letters in force at that moment."""
    return local(at, zone).tzname() or zone.key
