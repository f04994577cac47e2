"""What a plan changes, in words."""

from typing import NamedTuple

from django.contrib.admin.utils import label_for_field
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import OpeningHours, Scanner
from scheduling.forms.words import Words
from scheduling.models import ChangePlan
from scheduling.queries.week import Week, weeks_from, weeks_of
from scheduling.rules.opening_hours import DAY, local_day
from scheduling.rules.weekly_hours import day_words


class PlanWords(NamedTuple):
    """How the pages of a plan speak of its kind."""

    before: Words  # a title
    before_short: Words  # after the name of the scanner or location
    done: Words
    done_short: Words
    save: Words
    save_all: Words
    busy: Words
    leave: Words
    back: Words


WORDS = {
    ChangePlan.Kind.CLOSURE: PlanWords(
        before=gettext_lazy("Before closing"),
        before_short=gettext_lazy("before closing"),
        done=gettext_lazy("Closed"),
        done_short=gettext_lazy("closed"),
        save=gettext_lazy("Close it"),
        save_all=gettext_lazy("Close it, and do all of this"),
        busy=gettext_lazy("Closing…"),
        leave=gettext_lazy("Do not close"),
        back=gettext_lazy("Closures"),
    ),
    ChangePlan.Kind.HOURS: PlanWords(
        before=gettext_lazy("Before the hours change"),
        before_short=gettext_lazy("before the hours change"),
        done=gettext_lazy("Hours changed"),
        done_short=gettext_lazy("hours changed"),
        save=gettext_lazy("Save the hours"),
        save_all=gettext_lazy("Save the hours, and do all of this"),
        busy=gettext_lazy("Saving…"),
        leave=gettext_lazy("Leave the hours as they are"),
        back=gettext_lazy("Hours"),
    ),
    ChangePlan.Kind.SCANNER: PlanWords(
        before=gettext_lazy("Before the scanner changes"),
        before_short=gettext_lazy("before it changes"),
        done=gettext_lazy("Scanner changed"),
        done_short=gettext_lazy("changed"),
        save=gettext_lazy("Save the scanner"),
        save_all=gettext_lazy("Save the scanner, and do all of this"),
        busy=gettext_lazy("Saving…"),
        leave=gettext_lazy("Leave the scanner as it is"),
        back=gettext_lazy("Scanner"),
    ),
}


class Difference(NamedTuple):
    """Of one kind of hours, on the days that are alike; or of one thing about a scanner."""

    what: str
    days: str
    before: str
    after: str


def days_line(plan: ChangePlan) -> str:
    """From Monday, December 7, 2026; with the last day, where it is not for good. Empty for a closure."""
    if plan.kind == ChangePlan.Kind.CLOSURE:
        return ""
    zone = plan.location.zone
    first = date_format(local_day(plan.starts_at, zone), "l, F j, Y")
    if plan.ends_at is None:
        return _("From %(first)s, for good") % {"first": first}
    last = date_format(local_day(plan.ends_at, zone) - DAY, "l, F j, Y")
    return _("From %(first)s to %(last)s") % {"first": first, "last": last}


def differences_of(plan: ChangePlan) -> list[Difference]:
    """Of hours or of a scanner that are not changed yet."""
    if plan.kind == ChangePlan.Kind.SCANNER:
        return _of_scanner(plan)
    return _of_hours(plan)


def _of_scanner(plan: ChangePlan) -> list[Difference]:
    found = []
    for name, value in plan.wanted.items():
        before = _value(getattr(plan.scanner, name))
        found.append(Difference(str(label_for_field(name, Scanner)), "", before, _value(value)))
    return found


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("no limit") if value is None else str(value)


def _of_hours(plan: ChangePlan) -> list[Difference]:
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
    if plan.kind == ChangePlan.Kind.SCANNER:
        return reverse("manage:scanner", args=[plan.scanner_id])
    if plan.scanner_id:
        return reverse("manage:scanner-week", args=[center, plan.scanner_id])
    return reverse("manage:week", args=[center])


def _words(week: Week | None, weekday: int) -> str:
    if week is None:
        return _("as elsewhere")
    return day_words(week[weekday]) or _("closed")
