"""What insurers have approved, and what is wrong with it, in words."""

from datetime import date

from django import template
from django.utils.dateformat import format as in_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from scheduling.queries.authorizations import approval_against
from scheduling.rules.authorizations import Approval, Problem

register = template.Library()
register.filter("approval_against", approval_against)

_PROBLEMS = {
    Problem.UNKNOWN: gettext_lazy("Not known whether one is needed"),
    Problem.NEEDED: gettext_lazy("Not asked for yet"),
    Problem.REQUESTED: gettext_lazy("The insurer has not answered yet"),
    Problem.DENIED: gettext_lazy("The insurer said no"),
    Problem.OTHER_EXAM: gettext_lazy("It is for another exam"),
    Problem.OTHER_PLAN: gettext_lazy("It is from another insurer"),
    Problem.OTHER_LOCATION: gettext_lazy("It is for another location"),
    Problem.ENDED: gettext_lazy("It ends before the visit"),
    Problem.NOT_YET: gettext_lazy("It begins after the visit"),
}


@register.filter
def problem_words(problem: Problem) -> str:
    """The insurer has not answered yet"""
    return str(_PROBLEMS[problem])


@register.filter
def approval_words(approval: Approval) -> str:
    """The authorization of BlueCo is for Riverside, December 1 to December 14."""
    who = _("The authorization of %(payer)s") % {"payer": approval.payer}
    who = who if approval.payer else _("The insurer’s authorization")
    first, last = approval.valid_from, approval.valid_until
    days = _span(first, last)
    if approval.place:
        what = _("%(place)s, %(days)s") % {"place": approval.place, "days": days} if days else approval.place
    elif first and last:
        what = days
    else:
        return _("%(who)s is valid %(days)s.") % {"who": who, "days": days} if days else f"{who}."
    return _("%(who)s is for %(what)s.") % {"who": who, "what": what}


def _span(first: date | None, last: date | None) -> str:
    """Without the year where both days are in one: an authorization is near its visit."""
    if first and last:
        whole = first.year != last.year
        return _("%(first)s to %(last)s") % {
            "first": _day(first, whole=whole),
            "last": _day(last, whole=whole),
        }
    if last:
        return _("until %(day)s") % {"day": _day(last)}
    return _("from %(day)s") % {"day": _day(first)} if first else ""


def _day(day: date, *, whole: bool = True) -> str:
    pattern = pgettext("day with year", "F j, Y") if whole else pgettext("day without year", "F j")
    return in_format(day, pattern)
