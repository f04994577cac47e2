"""What a plan changes, in words."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from locations.models import OpeningHours
from scheduling.models import ChangePlan
from scheduling.queries.week import Week, weeks_from, weeks_of
from scheduling.rules.opening_hours import DAY, local_day
from scheduling.rules.weekly_hours import day_words


class Difference(NamedTuple):
    """Of one kind of hours, on the days that are alike."""

    kind: str
    days: str
    before: str
    after: str


def days_line(plan: ChangePlan) -> str:
    """From Monday, December 7, 2026; with the last day, where it is not for good."""
    zone = plan.location.zone
    first = date_format(local_day(plan.starts_at, zone), "l, F j, Y")
    if plan.ends_at is None:
        return _("From %(first)s, for good") % {"first": first}
    last = date_format(local_day(plan.ends_at, zone) - DAY, "l, F j, Y")
    return _("From %(first)s to %(last)s") % {"first": first, "last": last}


def differences_of(plan: ChangePlan) -> list[Difference]:
    """Of hours that are not changed yet."""
    standing = weeks_from(plan.location, plan.scanner, local_day(plan.starts_at, plan.location.zone))
    found = []
    for kind, wanted in weeks_of(plan.wanted).items():
        by_words: dict[tuple[str, str], list[str]] = {}
        for weekday in OpeningHours.Weekday:
            words = (_words(standing[kind], weekday), _words(wanted, weekday))
            if words[0] != words[1]:
                by_words.setdefault(words, []).append(str(weekday.label))
        found += [Difference(str(kind.label), ", ".join(days), *words) for words, days in by_words.items()]
    return found


def back_from(plan: ChangePlan) -> str:
    """The page where such changes begin."""
    center = plan.location.slug
    if plan.kind == ChangePlan.Kind.CLOSURE:
        return reverse("frontdesk:downtime", args=[center])
    if plan.scanner_id:
        return reverse("manage:scanner-week", args=[center, plan.scanner_id])
    return reverse("manage:week", args=[center])


def _words(week: Week | None, weekday: int) -> str:
    if week is None:
        return _("as elsewhere")
    return day_words(week[weekday]) or _("closed")
