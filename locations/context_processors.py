from typing import Any

import phonenumbers
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from locations.queries import current_notices


def site(request: HttpRequest) -> dict[str, Any]:
    """The names a center shows, the phone to call, and the announcements (read when shown)."""
    return {
        "brand_name": settings.BRAND_NAME,
        "neutral_name": settings.NEUTRAL_NAME,
        "help_phone": spoken_phone(settings.HELP_PHONE),
        "help_phone_link": f"tel:{settings.HELP_PHONE}",
        "demo": settings.DEMO,
        "notices": SimpleLazyObject(lambda: list(current_notices(timezone.now()))),
    }


def spoken_phone(e164: str) -> str:
    """800-555-0142 for a US number, +44 … for others."""
    number = phonenumbers.parse(e164, "US")
    if number.country_code != 1:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = str(number.national_number)
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
