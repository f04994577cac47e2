"""allauth's forms in our words. They look nothing up that a page could tell."""

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MFAReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scheduling.actions import staff
from scheduling.exceptions import TooManyTries
from scheduling.frontdesk.accounts import NO_MATCH

CODE_USED = _("That code was used already. Wait for the next one, then type it.")
NO_PASSKEY = _("The passkey could not be read. Try again, or use a code.")
_MOST_LETTERS = 254
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError)  # of a credential that no browser made


class SignInForm(LoginForm):
    """The same words for an unknown email, a wrong password and someone who has left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not an EmailField: what is no address gets the same answer as an unknown one.
        self.fields["login"] = forms.CharField(
            label=_("Email"),
            max_length=_MOST_LETTERS,
            error_messages={"required": _("Enter your email"), "max_length": NO_MATCH},
            widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        )
        self.order_fields(["login", "password"])
        _bare(self.fields["password"], _("Password"), _("Enter your password"))


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _bare(self.fields["password"], _("Password"), _("Enter your password"))


class _Code(BaseAuthenticateForm):
    """A code of an app, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"])

    def clean_code(self) -> str:
        code = str(super().clean_code())
        if self.authenticator.type == Authenticator.Type.TOTP:
            _use_once(self.user, code)
        staff.code_was_right(user=self.user)
        return code


class CodeForm(_Code, AuthenticateForm):
    pass


class CodeAgainForm(_Code, MFAReauthenticateForm):
    pass


class NewAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"])
        self.fields["code"].label = _("The 6 digits that the app shows now")

    def clean_code(self) -> str:
        code = str(super().clean_code())
        _use_once(self.user, code)
        return code


class _Readable:
    """What a browser did not make is no error of the server."""

    def full_clean(self) -> None:
        try:
            super().full_clean()  # type: ignore[misc]
        except _UNREADABLE:
            self.add_error(None, NO_PASSKEY)  # type: ignore[attr-defined]


class PasskeyForm(_Readable, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Readable, ReauthenticateWebAuthnForm):
    pass


class NewPasskeyForm(_Readable, AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.max_length = _("A name for it, such as “my phone”"), 60
        name.widget.attrs["maxlength"] = 60


def _use_once(user: Any, code: str) -> None:
    try:
        staff.use_code(user=user, code=code, now=timezone.now())
    except TooManyTries as refusal:
        raise ValidationError(CODE_USED) from refusal


def _bare(field: forms.Field, label: Any, required: Any) -> None:
    field.label, field.help_text = label, ""
    field.widget.attrs.pop("placeholder", None)
    field.error_messages["required"] = required


def _code(field: forms.Field) -> None:
    _bare(field, _("Code"), _("Enter the code"))
    field.widget.attrs |= {"inputmode": "numeric", "maxlength": 12, "autofocus": True}
