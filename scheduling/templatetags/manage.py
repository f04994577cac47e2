"""Words on the screens of administrators, which are about no single location."""

from datetime import date, datetime
from urllib.parse import urlsplit

from django import template

from locations.zones import home_zone
from scheduling import wall_clock

register = template.Library()


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
