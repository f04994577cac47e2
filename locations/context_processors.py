from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    """The names a center shows and the phone to call, for every page."""
    return {
        "brand_name": settings.BRAND_NAME,
        "neutral_name": settings.NEUTRAL_NAME,
        "help_phone": settings.HELP_PHONE,
    }
