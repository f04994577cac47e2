"""How django-allauth fits in: who signs in, what a second factor is called, how secrets are kept."""

import base64
import hashlib
import os
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from locations.models import User
from scheduling.actions import staff
from scheduling.frontdesk.middleware import LAST_SEEN
from scheduling.queries.staff import FACTORS, has_second_factor, is_last_factor

NO_MATCH = gettext_lazy("We could not sign you in. Check the email and the password, then try again.")
WRONG_CODE = gettext_lazy(
    "That code is not right. Codes of an app change every 30 seconds: type the one shown now."
)


class StaffAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NO_MATCH,
        "invalid_login": NO_MATCH,
        "incorrect_password": gettext_lazy("That is not your password. Check it, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what was done."""

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session[LAST_SEEN] = timezone.now().timestamp()  # who never clicks is idle from here on
        if not has_second_factor(user):  # to set one up, the password of this moment is enough
            record_authentication(request, user, method="password", reauthenticated=True)
        staff.signed_in(user=user, now=timezone.now())

    def reauthenticate(self, user: User, password: str) -> bool:
        return authenticate(context.request, email=user.email, password=password) == user

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """With the second factor; with the password only while there is none yet."""
        methods = super().get_reauthentication_methods(user)
        by_password = reverse("account_reauthenticate")
        has_factor = isinstance(user, User) and has_second_factor(user)
        return [method for method in methods if (method["url"] == by_password) is not has_factor]


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": gettext_lazy(
            "This is your only second factor. Add another one before you remove it."
        ),
    }

    def get_totp_issuer(self) -> str:
        return str(settings.NEUTRAL_NAME)

    def _get_site_name(self) -> str:
        return str(settings.NEUTRAL_NAME)

    def build_totp_svg(self, url: str) -> SafeString:
        """Without a style of its own, which the page's policy would refuse."""
        drawn = segno.make(url, error="m").svg_inline(scale=5, border=4, svgclass=None, lineclass=None)
        return mark_safe(drawn)  # noqa: S308 - segno's own

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        return gettext("Passkey")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return authenticator.type not in FACTORS or not is_last_factor(authenticator)

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret whose key is gone matches no code."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(os.urandom(20)).decode()


def _keys() -> MultiFernet:
    """A copy of the database alone gives nobody a code."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"second-factor:{secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
