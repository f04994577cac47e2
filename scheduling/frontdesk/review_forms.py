"""What is written down when a visit is released."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.days import DayField
from scheduling.forms.layout import AllianceHelper, PrimaryButton, SecondButton
from scheduling.models import Appointment
from scheduling.queries.reviews import scanners_to_release_for
from scheduling.rules.opening_hours import local_day

FARTHEST = timedelta(days=365)
USUAL = timedelta(days=30)  # a visit that is moved by some weeks is not looked at again for that


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": gettext_lazy("Write the note first"),
            "max_length": gettext_lazy("Use 500 letters or less"),
        },
    )

    def __init__(self, *args: Any, action: str, may_pass_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pass_on = SecondButton(_("Keep it and pass on to a radiologist"), name="pass_on")
        self.helper = AllianceHelper(
            self,
            "text",
            button=SecondButton(_("Keep the note"), busy=_("Saving…")),
            others=(pass_on,) if may_pass_on else (),
            action=action,
        )


class LaterDayForm(forms.Form):
    first_day = DayField(
        label=gettext_lazy("First possible day"),
        widget=forms.DateInput({"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the first possible day"),
            "invalid": gettext_lazy("Enter a day, such as 2026-12-31"),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Kept as a note. The patient does not see it."),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={
            "required": gettext_lazy("Write why"),
            "max_length": gettext_lazy("Use 500 letters or less"),
        },
    )

    def __init__(self, *args: Any, action: str, visit: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "id_later_%s"  # the note on the same page has the same name
        self.day = local_day(visit.starts_at, visit.zone)
        button = SecondButton(_("Ask the patient to choose"), busy=_("Saving…"))
        self.helper = AllianceHelper(self, button=button, action=action)

    def clean_first_day(self) -> date:
        chosen: date = self.cleaned_data["first_day"]
        if chosen <= self.day:
            raise forms.ValidationError(_("Choose a day after that of the visit"))
        if chosen > self.day + FARTHEST:
            raise forms.ValidationError(_("Choose a day within a year of the visit"))
        return chosen


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("For staff. The patient is told that it is canceled, and whom to call."),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Write why"),
            "max_length": gettext_lazy("Use 200 letters or less"),
        },
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        button = SecondButton(_("Cancel this visit"), busy=_("Canceling…"))
        self.helper = AllianceHelper(self, button=button, action=action)


class ScannerForm(forms.Form):
    """Which scanner, and the version of the visit that was shown."""

    scanner_id = forms.IntegerField(min_value=0, max_value=2**63 - 1)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class ReleaseForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What you found out"),
        help_text=gettext_lazy("Whom you asked, and what the device, the operation or the result is."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": gettext_lazy("Write what you found out"),
            "max_length": gettext_lazy("Use 500 letters or less"),
        },
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions"),
        help_text=gettext_lazy("Such as field strength, coil or mode."),
        max_length=300,
        required=False,
        error_messages={"max_length": gettext_lazy("Use 300 letters or less")},
    )
    expires_on = DayField(
        label=gettext_lazy("Good until"),
        widget=forms.DateInput({"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the last day it is good for"),
            "invalid": gettext_lazy("Enter a day, such as 2026-12-31"),
        },
    )

    def __init__(self, *args: Any, action: str, visit: Appointment, **kwargs: Any) -> None:
        self.visit, self.day = visit, local_day(visit.starts_at, visit.zone)
        kwargs.setdefault("initial", {"scanners": [visit.scanner_id], "expires_on": self.day + USUAL})
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["scanners"] = forms.ModelMultipleChoiceField(
            queryset=scanners_to_release_for(visit),
            label=_("On these scanners"),
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": _("Choose the scanners it may be on"),
                "invalid_choice": _("Choose scanners from the list"),
            },
        )
        self.helper = AllianceHelper(
            self,
            "note",
            "conditions",
            "scanners",
            "expires_on",
            button=PrimaryButton(_("Release this visit"), busy=_("Saving…")),
            action=action,
        )

    def clean_scanners(self) -> list[int]:
        chosen = [scanner.pk for scanner in self.cleaned_data["scanners"]]
        if self.visit.scanner_id not in chosen:
            name = self.visit.scanner.name
            words = _("The visit is on %(name)s. Choose it too, or move the visit first")
            raise forms.ValidationError(words % {"name": name})
        return chosen

    def clean_expires_on(self) -> date:
        chosen: date = self.cleaned_data["expires_on"]
        if chosen < self.day:
            raise forms.ValidationError(_("That is before the visit"))
        return chosen
