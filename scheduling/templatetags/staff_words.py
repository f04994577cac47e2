"""Words about accounts and sessions of staff, which belong to no single location."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.zones import home_zone
from scheduling import wall_clock
from scheduling.rules.devices import Device

register = template.Library()


@register.filter
def device_words(device: Device) -> str:
    """Chrome on Windows"""
    if device.browser and device.system:
        return _("%(browser)s on %(system)s") % {"browser": device.browser, "system": device.system}
    return device.browser or device.system or _("Unknown device")


@register.filter
def home_moment(at: datetime) -> str:
    """Mon, Nov 30, 9:40 am, on the organization's clock."""
    zone = home_zone()
    day = wall_clock.short_day_words(wall_clock.local(at, zone).date())
    return _("%(day)s, %(time)s") % {"day": day, "time": wall_clock.time_words(at, zone)}


@register.filter
def ago(at: datetime, now: datetime) -> str:
    """5 minutes ago; of what lies within the hour."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
