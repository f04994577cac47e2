"""What somebody waits for, in words: the same on pages and in messages."""

from collections.abc import Iterable

from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.models import NamedDayPart, WaitlistEntry
from scheduling.wall_clock import day_words

WEEK = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})
A_DAY = 24


def days_words(entry: WaitlistEntry) -> str:
    if entry.first_day == entry.last_day:
        return day_words(entry.first_day)
    return _("%(first)s to %(last)s") % {
        "first": day_words(entry.first_day),
        "last": day_words(entry.last_day),
    }


def weekdays_words(weekdays: Iterable[int]) -> str:
    chosen = frozenset(weekdays)
    named = {WEEK: _("Any day"), WORKING_DAYS: _("Monday to Friday"), WEEKEND: _("Saturday or Sunday")}
    return named.get(chosen) or str(get_text_list([str(WEEKDAYS[day]) for day in sorted(chosen)], _("or")))


def parts_words(parts: Iterable[str]) -> str:
    every = [part for part in NamedDayPart if part in set(parts)]
    if len(every) == len(NamedDayPart):
        return _("Any time")
    return str(get_text_list([str(part.label) for part in every], _("or")))


def notice_words(hours: int) -> str:
    if hours < A_DAY:
        return ngettext("%(count)s hour ahead", "%(count)s hours ahead", hours) % {"count": hours}
    days = hours // A_DAY
    return ngettext("%(count)s day ahead", "%(count)s days ahead", days) % {"count": days}


def centers_words(entry: WaitlistEntry) -> str:
    return "\n".join(location.name for location in entry.locations.all())
