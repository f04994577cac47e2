from collections.abc import Sequence
from datetime import date

from django import template

from scheduling.frontdesk.figures_page import Bar

register = template.Library()


@register.filter
def last_week(bars: Sequence[Bar]) -> date:
    return bars[-1].week.first


@register.filter
def at_index(items: Sequence[object], number: int) -> object:
    return items[number]
