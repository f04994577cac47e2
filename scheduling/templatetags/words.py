"""Numbers that people read: money and phones."""

from decimal import Decimal

from django import template
from phonenumber_field.phonenumber import PhoneNumber

register = template.Library()


@register.filter
def money(amount: Decimal) -> str:
    """US dollars: $1,250, and with cents only where there are any."""
    cents = 0 if amount == amount.to_integral_value() else 2
    return f"${amount:,.{cents}f}"


@register.filter
def phone(number: PhoneNumber | str) -> str:
    """(512) 555-0147"""
    return _parsed(number).as_national if number else ""


@register.filter
def phone_link(number: PhoneNumber | str) -> str:
    """tel:+1-512-555-0147, for href."""
    return _parsed(number).as_rfc3966 if number else ""


def _parsed(number: PhoneNumber | str) -> PhoneNumber:
    return number if isinstance(number, PhoneNumber) else PhoneNumber.from_string(number)
