"""The names and the phone for pages that are shown without a request: 500 and 503."""

from django import template
from django.conf import settings

from locations.context_processors import spoken_phone

register = template.Library()


@register.simple_tag
def neutral_name() -> str:
    return str(settings.NEUTRAL_NAME)


@register.simple_tag
def help_phone() -> str:
    return spoken_phone(settings.HELP_PHONE)


@register.simple_tag
def help_phone_link() -> str:
    return f"tel:{settings.HELP_PHONE}"
