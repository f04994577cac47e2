"""Orders in words."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.frontdesk.order_page import what_lacks
from scheduling.models import Order
from scheduling.rules.opening_hours import local_day

register = template.Library()


@register.filter
def lacks_words(order: Order) -> str:
    """side, date of birth"""
    return ", ".join(what_lacks(order))


@register.filter
def age_words(order: Order, now: datetime) -> str:
    """By the calendar of its location: how long the patient waits."""
    days = (local_day(now, order.zone) - local_day(order.received_at, order.zone)).days
    if days <= 0:
        return _("today")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
