"""Words on the screens of administrators, which are about no single location."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template import Context

from locations.zones import home_zone
from scheduling import wall_clock
from scheduling.manage.areas import areas_of

register = template.Library()


@register.inclusion_tag("manage/parts/areas.html", takes_context=True)
def manage_areas(context: Context) -> dict[str, Any]:
    """The bar over every page: the areas that the user may open, and the one where this page is."""
    request = context["request"]
    areas = areas_of(request.user)
    return {"areas": [(area, area.has(request.resolver_match.route)) for area in areas]}


@register.filter
def long_day(day: date) -> str:
    """Tuesday, December 1, 2026"""
    return wall_clock.day_words(day, year=True)


@register.filter
def home_time(at: datetime) -> str:
    """9:40 am, on the organization's clock."""
    return wall_clock.time_words(at, home_zone())


@register.filter
def site_name(address: str) -> str:
    """Who publishes it; the whole address is behind the link."""
    return urlsplit(address).hostname or address
