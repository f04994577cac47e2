"""Waits in words, and the line about walk-ins on a location's public page."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.models import Location
from scheduling.models import WalkIn
from scheduling.queries.walk_ins import count_waiting, wait_now
from scheduling.rules.walk_ins import Wait

register = template.Library()

HOUR = 60


@register.filter
def wait_words(wait: Wait) -> str:
    """about 10 to 25 minutes; at once, or within 5 minutes"""
    if wait.least is None:
        return _("not before closing")
    if wait.most is None:
        return _("at least %(time)s, and maybe not before closing") % {"time": _length(wait.least)}
    if wait.most <= 5:
        return _("within 5 minutes")
    if wait.least == 0:
        return _("up to %(most)s") % {"most": _length(wait.most)}
    if wait.least == wait.most:
        return _("about %(time)s") % {"time": _length(wait.most)}
    if wait.most < HOUR:
        return _("about %(least)s to %(most)s minutes") % {"least": wait.least, "most": wait.most}
    return _("about %(least)s to %(most)s") % {"least": _length(wait.least), "most": _length(wait.most)}


@register.filter
def minutes_since(walk_in: WalkIn, now: datetime) -> str:
    return _length(max(0, int((now - walk_in.came_at).total_seconds() // 60)))


@register.simple_tag
def walk_ins_waiting(location: Location) -> int | None:
    """None where nobody is taken without a time."""
    return count_waiting(location) if location.takes_walk_in_xray else None


@register.inclusion_tag("catalogue/walk_in_wait.html")
def walk_in_wait(location: Location) -> dict[str, Any]:
    """How long whoever comes now would wait."""
    return {"location": location, "wait": wait_now(location, now=timezone.now())}


def _length(minutes: int) -> str:
    """25 minutes; 1 hour; 2 hours 10 minutes"""
    hours, rest = divmod(minutes, HOUR)
    said = []
    if hours:
        said.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours})
    if rest or not hours:
        said.append(ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest})
    return " ".join(said)
