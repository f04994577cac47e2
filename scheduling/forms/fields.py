"""Fields that patients and the desk fill in: names, phones, emails. Their words are those of docs/look.md."""

import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scheduling.forms.birth_date import BirthDateField
from scheduling.forms.words import Words
from scheduling.rules.email_typos import did_you_mean
from scheduling.rules.names import without_invisible

__all__ = ["BirthDateField", "EmailField", "NameField", "PhoneField", "as_typed", "did_you_mean"]


class NameField(forms.CharField):
    """1 to 100 letters in any script, kept as typed (NFC, trimmed). `empty` says what to enter."""

    def __init__(self, *, empty: Words, label: Words, autocomplete: str = "", **kwargs: Any) -> None:
        attrs = {"spellcheck": "false", "autocapitalize": "words", "autocomplete": autocomplete or "off"}
        messages = {
            "required": empty,
            "max_length": _("That name is too long. Use up to 100 letters"),
            "null_characters_not_allowed": empty,
        }
        super().__init__(
            label=label,
            max_length=100,
            widget=forms.TextInput(attrs=attrs),
            error_messages=messages,
            **kwargs,
        )
        self.widget.attrs.pop("maxlength", None)  # never cut off silently what was typed

    def to_python(self, value: object) -> str:
        text = unicodedata.normalize("NFC", without_invisible(super().to_python(value) or "")).strip()
        if not text:
            return ""
        kinds = {unicodedata.category(sign) for sign in text}
        if not any(kind.startswith("L") for kind in kinds) or kinds & {"Cc", "Cs"}:
            raise ValidationError(self.error_messages["required"], code="required")
        return text


class EmailField(forms.EmailField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Email"))
        malformed = _("Enter an email like name@example.com")
        messages = dict.fromkeys(
            ("required", "invalid", "max_length", "null_characters_not_allowed"), malformed
        )
        attrs = {"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        super().__init__(
            max_length=254,
            widget=forms.EmailInput(attrs=attrs),
            error_messages=messages,
            **kwargs,
        )
        self.widget.attrs.pop("maxlength", None)
        # The default would say its own words; with a code the message above answers.
        for validator in self.validators:
            if hasattr(validator, "message"):
                validator.message = malformed

    def to_python(self, value: Any) -> str:
        text: str = without_invisible(super().to_python(value) or "").strip()
        if not text.isascii() and any(unicodedata.category(sign) == "Cs" for sign in text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text


class PhoneField(forms.CharField):
    """Any way of writing a US number (others with +). The value is E.164 and has no extension:
    store `as_typed(form["phone"].value())` beside it, that is what people are shown."""

    default_error_messages = {
        "required": _("Enter a phone number"),
        "short": _("That number is too short. Enter 10 numbers, like 512-555-0147"),
        "long": _("That number is too long. Enter 10 numbers, like 512-555-0147"),
        "invalid": _("Check the phone number. Enter 10 numbers, like 512-555-0147"),
        "null_characters_not_allowed": _("Check the phone number. Enter 10 numbers, like 512-555-0147"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone"))
        attrs = {"type": "tel", "autocomplete": "tel"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: object) -> str:
        typed = as_typed(super().to_python(value))
        if not typed:
            return ""
        if len(typed) > 40:
            raise self._refusal("long")
        if not typed.isprintable():
            raise self._refusal("invalid")
        try:
            number = phonenumbers.parse(typed, "US")
        except phonenumbers.NumberParseException as exc:
            too_short = exc.error_type != phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
            raise self._refusal("short" if too_short and _has_digit(typed) else "invalid") from exc
        reason = phonenumbers.is_possible_number_with_reason(number)
        if reason in (
            phonenumbers.ValidationResult.TOO_SHORT,
            phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
        ):
            raise self._refusal("short")
        if reason == phonenumbers.ValidationResult.TOO_LONG:
            raise self._refusal("long")
        if not phonenumbers.is_valid_number(number):
            raise self._refusal("invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def _refusal(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


def as_typed(phone: object) -> str:
    """Without what a contact list put around the number; any space is a plain one."""
    return " ".join(without_invisible(str(phone or "")).split())


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)
