"""In a demonstration the way in stands on the page: one password for all, and the code of the moment."""

from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings

from locations.models import User
from scheduling.actions.staff import is_unused
from scheduling.queries.staff import app_secret_of, demo_accounts

PASSWORD = "try-the-open-ring"  # noqa: S105 - printed to whoever runs a demonstration


def accounts() -> list[tuple[str, str]]:
    """Role and email; none outside a demonstration."""
    return demo_accounts() if settings.DEMO else []


def code_now(user: User, *, now: datetime) -> str:
    """What the person's app would show, or show next; empty outside a demonstration."""
    kept = app_secret_of(user) if settings.DEMO else ""
    if not kept:
        return ""
    secret, counter = get_adapter().decrypt(kept), int(now.timestamp()) // app_settings.TOTP_PERIOD
    codes = [format_hotp_value(hotp_value(secret, counter + step)) for step in (0, 1)]
    return next((code for code in codes if is_unused(user=user, code=code, now=now)), "")
