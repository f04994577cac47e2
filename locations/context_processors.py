from django.conf import settings
from django.http import HttpRequest
from phonenumber_field.phonenumber import PhoneNumber


def site(request: HttpRequest) -> dict[str, str | bool]:
    """The names a center shows and the phone to call, for every page."""
    phone = PhoneNumber.from_string(settings.HELP_PHONE)
    return {
        "brand_name": settings.BRAND_NAME,
        "neutral_name": settings.NEUTRAL_NAME,
        "help_phone": phone.as_national,
        "help_phone_link": phone.as_rfc3966,
        "demo": settings.DEMO,
    }
