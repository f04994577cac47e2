"""Passwords: chosen by the link of an invitation or of who forgot theirs, and changed by who is signed in."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from locations.models import User
from scheduling.forms.fields import EmailField, NameField
from scheduling.forms.layout import AllianceHelper, PrimaryButton

LONGEST_NAME = 100


def _password(label: Any, autocomplete: str, empty: Any, **kwargs: Any) -> forms.CharField:
    """Nothing is trimmed: a space may be part of it."""
    attrs = {"autocomplete": autocomplete}
    return forms.CharField(
        label=label,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs=attrs),
        error_messages={"required": empty},
        **kwargs,
    )


class NewPasswordForm(forms.Form):
    """`user`: whose it is to be."""

    button = _("Save the password")
    password = _password(
        _("New password"),
        "new-password",
        _("Enter a password"),
        help_text=_("12 signs or more. A few words in a row are easy to keep in mind and hard to guess."),
    )
    again = _password(_("The same once more"), "new-password", _("Enter the password once more"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for name in ("password", "again"):
            self.fields[name].widget.attrs.pop("maxlength", None)
        self.helper = AllianceHelper(self, button=PrimaryButton(self.button))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ. Enter the same one twice"))
        elif password:
            self._check(password)
        return cleaned

    def _check(self, password: str) -> None:
        try:
            password_validation.validate_password(password, self._as_typed())
        except ValidationError as error:
            self.add_error("password", error)

    def _as_typed(self) -> User:
        """A password must not be like the name, also like the one that is typed beside it."""
        return self.user


class JoinForm(NewPasswordForm):
    button = _("Join")
    first_name = NameField(label=_("First name"), empty=_("Enter your first name"), autocomplete="given-name")
    last_name = NameField(
        label=_("Last name"),
        empty=_("Enter your last name"),
        autocomplete="family-name",
        help_text=_("Empty for people with one name."),
        required=False,
    )
    field_order = ("first_name", "last_name", "password", "again")

    def _as_typed(self) -> User:
        given = {name: self.cleaned_data.get(name, "") for name in ("first_name", "last_name")}
        return User(email=self.user.email, **given)


class ChangePasswordForm(NewPasswordForm):
    """The old one is counted as at the sign-in: an open screen is no place to guess at it."""

    button = _("Change the password")
    old = _password(_("Current password"), "current-password", _("Enter your current password"))
    field_order = ("old", "password", "again")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if authenticate(self.request, email=self.user.email, password=old) != self.user:
            raise ValidationError(_("That is not your password. Check it, then try again."))
        return old


class ForgotForm(forms.Form):
    email = EmailField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(self, button=PrimaryButton(_("Send me a link")))
