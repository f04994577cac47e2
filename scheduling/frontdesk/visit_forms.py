"""Forms of a visit's page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.layout import AllianceHelper, SecondButton


class VersionForm(forms.Form):
    """The version of the visit that was on the screen."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class SeenForm(VersionForm):
    """And a step."""

    def __init__(self, *args: Any, steps: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"] = forms.ChoiceField(choices=[(step, step) for step in steps])


class CallerForm(forms.Form):
    """What a caller named beside name and date of birth."""

    WHAT = (
        ("phone", gettext_lazy("phone number")),
        ("code", gettext_lazy("visit code")),
        ("time", gettext_lazy("day and time")),
        ("doctor", gettext_lazy("who sent them")),
    )

    by_what = forms.ChoiceField(
        label=gettext_lazy("Name, date of birth and"),
        choices=WHAT,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose what the caller named")
        ),
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note for the team"),
        help_text=gettext_lazy("Never part of a message, never shown to the patient online."),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={
            "required": gettext_lazy("Write the note first"),
            "max_length": gettext_lazy("Use 500 letters or less"),
        },
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(
            self,
            "text",
            button=SecondButton(_("Keep this note"), busy=_("Saving…")),
            action=action,
        )
