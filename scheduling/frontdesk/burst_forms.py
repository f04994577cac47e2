"""Choosing what of a burst to undo, and why."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

LONGEST_KEY = 64
LONGEST_ID = 18  # digits; more is no bigint
_NONE = _("Check what to undo, or press the button for all of one connection")


class SpanFilter(forms.Form):
    """How far back to look; a span that is not offered is a day."""

    DAY = "24"
    SPANS = (
        ("1", _("Last hour")),
        ("6", _("Last 6 hours")),
        (DAY, _("Last 24 hours")),
        ("168", _("Last 7 days")),
    )

    hours = forms.ChoiceField(label=_("Sent"), choices=SPANS)

    def __init__(self, data: QueryDict) -> None:
        hours = data.get("hours", self.DAY)
        super().__init__({"hours": hours if hours in dict(self.SPANS) else self.DAY})
        self.is_valid()

    def since(self, now: datetime) -> datetime:
        return now - timedelta(hours=int(self.cleaned_data["hours"]))


class OriginsField(forms.Field):
    """Keys, as many as were checked."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[int]:
        typed = value or []
        if not all(text.isascii() and text.isdigit() and len(text) <= LONGEST_ID for text in typed):
            raise ValidationError(_NONE)
        return [int(text) for text in typed]


class BurstForm(forms.Form):
    """The checked rows of a source, or by its button all of them."""

    origin = OriginsField(required=False)
    every = forms.CharField(max_length=LONGEST_KEY, required=False)

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        if not (chosen.get("origin") or chosen.get("every") or self.errors):
            raise ValidationError(_NONE)
        return chosen


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you undo this?"),
        help_text=_("Kept with each visit and each call. Patients do not see it."),
        max_length=200,
        error_messages={
            "required": _("Write why you undo this"),
            "max_length": _("Use at most 200 letters"),
        },
    )
