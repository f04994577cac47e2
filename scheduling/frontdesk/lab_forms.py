"""What is written down about a kidney blood test."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.days import DayField
from scheduling.forms.layout import AllianceHelper, PrimaryButton, SecondButton
from scheduling.rules.labs import HIGHEST, LabLimits

_NUMBER = gettext_lazy("Enter a whole number from 1 to 200")


class ResultForm(forms.Form):
    egfr = forms.IntegerField(
        label=gettext_lazy("eGFR"),
        help_text=gettext_lazy("mL/min/1.73 m², a whole number. Of “more than 60” write 60."),
        error_messages=dict.fromkeys(("required", "invalid"), _NUMBER),
        widget=forms.TextInput({"inputmode": "numeric", "class": "input-number", "autocomplete": "off"}),
    )
    taken_on = DayField(
        label=gettext_lazy("Taken on"),
        widget=forms.DateInput({"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the day of the test"),
            "invalid": gettext_lazy("Enter a day, such as 2026-12-31"),
        },
    )
    is_on_site = forms.BooleanField(label=gettext_lazy("Tested at the center"), required=False)

    def __init__(
        self, *args: Any, action: str, limits: LabLimits, visit_on: date, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limits, self.visit_on, self.today = limits, visit_on, today
        button = PrimaryButton(_("Record the result"), busy=_("Saving…"))
        self.helper = AllianceHelper(self, button=button, action=action)

    def clean_egfr(self) -> int:
        egfr: int = self.cleaned_data["egfr"]
        if not 1 <= egfr <= HIGHEST:
            raise forms.ValidationError(_NUMBER)
        return egfr

    def clean_taken_on(self) -> date:
        day: date = self.cleaned_data["taken_on"]
        if day > self.today:
            raise forms.ValidationError(_("That day is still to come"))
        if not self.limits.is_current(day, self.visit_on):
            words = _("On the day of the visit it would be more than %(days)s days old")
            raise forms.ValidationError(words % {"days": self.limits.days})
        return day


class WaiverForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why no test is needed"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={
            "required": gettext_lazy("Write why"),
            "max_length": gettext_lazy("Use 300 letters or less"),
        },
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        button = SecondButton(_("Do without a test"), busy=_("Saving…"))
        self.helper = AllianceHelper(self, button=button, action=action)
