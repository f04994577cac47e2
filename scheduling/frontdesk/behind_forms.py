from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Location
from scheduling.forms.layout import AllianceHelper, SecondButton
from scheduling.frontdesk.moments import moment_in, number_in
from scheduling.frontdesk.move_forms import TELL
from scheduling.rules.telling import Telling

MOST_MINUTES = 240


class BehindForm(forms.Form):
    """How late which scanner runs: a look, which changes nothing."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes behind"),
        min_value=1,
        max_value=MOST_MINUTES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), gettext_lazy("Enter the minutes, 1 to 240")
        ),
    )

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scanner = forms.ModelChoiceField(
            label=_("Scanner"),
            queryset=location.scanners.filter(is_active=True),
            empty_label=None,
            error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a scanner")),
        )
        self.fields["scanner"] = scanner
        self.order_fields(["scanner", "minutes"])
        self.helper = AllianceHelper(self, method="get", button=SecondButton(_("See whom it touches")))


class BehindTellForm(BehindForm):
    """The same, to be done; the versions are those that were on the page."""

    tell = forms.ChoiceField(
        label=gettext_lazy("Tell those who are not here yet"),
        choices=TELL,
        widget=forms.RadioSelect,
        initial=Telling.MESSAGE,
        error_messages={"required": gettext_lazy("Choose how they hear of it")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed where something speaks against it. Stays with the visits."),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Use at most 200 letters")},
    )
    versions = forms.CharField(widget=forms.HiddenInput, max_length=4000, required=False)
    free_at = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def clean_free_at(self) -> datetime:
        """When the scanner is free, as it was shown."""
        at = moment_in(self.cleaned_data["free_at"])
        if at is None:
            raise forms.ValidationError(_("Look again whom it touches"))
        return at

    def seen(self) -> dict[int, int]:
        """“12:3 15:0”: a visit and its version."""
        pairs = (pair.partition(":") for pair in self.cleaned_data["versions"].split())
        read = ((number_in(pk), number_in(version)) for pk, _colon, version in pairs)
        return {pk: version for pk, version in read if pk is not None and version is not None}
