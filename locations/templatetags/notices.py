"""The announcements above a page: at most one is open, the others are behind a line."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from locations.models import Location
from locations.queries import current_notices

register = template.Library()
_WITH_A_LOCATION = ("draft", "page")  # names in a page's context


@register.inclusion_tag("components/announcements.html", takes_context=True)
def announcements(context: Context) -> dict[str, Any]:
    """On a page about a location those of there too; on others those of everywhere (`notices`)."""
    location = _location_of(context)
    notices = current_notices(timezone.now(), location) if location else context.get("notices") or []
    first, *more = [*notices] or [None]
    return {"first": first, "more": more}


def _location_of(context: Context) -> Location | None:
    places = [context.get("location")]
    places += [getattr(context.get(name), "location", None) for name in _WITH_A_LOCATION]
    return next((place for place in places if isinstance(place, Location)), None)
