"""Numbers that people read: money and phones."""

from decimal import Decimal

from django import template
from phonenumber_field.phonenumber import PhoneNumber

from locations.context_processors import spoken_phone

register = template.Library()


@register.filter
def money(amount: Decimal) -> str:
    """US dollars: $1,250, and with cents only where there are any."""
    cents = 0 if amount == amount.to_integral_value() else 2
    return f"${amount:,.{cents}f}"


@register.filter
def phone(number: PhoneNumber | str) -> str:
    """512-555-0147"""
    return spoken_phone(_e164(number)) if number else ""


@register.filter
def phone_link(number: PhoneNumber | str) -> str:
    """tel:+15125550147, for href."""
    return f"tel:{_e164(number)}" if number else ""


def _e164(number: PhoneNumber | str) -> str:
    return number.as_e164 if isinstance(number, PhoneNumber) else number
