"""A scanner: what it is called, what it can do, and how other systems know it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Scanner
from scheduling.actions.scanners import ABILITIES
from scheduling.forms.layout import AllianceHelper, PrimaryButton

FIELDS = (
    "name",
    "modality",
    "is_active",
    "has_contrast",
    "field_strength_tesla",
    "bore_cm",
    "weight_limit_lb",
    "girth_limit_in",
    "turnover_minutes",
    "dicom_modality",
    "ae_title",
    "character_set",
)

REQUIRED = {
    "name": gettext_lazy("Enter the name of the scanner"),
    "modality": gettext_lazy("Choose the kind of scan"),
    "dicom_modality": gettext_lazy("Choose the DICOM modality"),
    "turnover_minutes": gettext_lazy("Enter the turnover in minutes, 0 or more"),
}


class ScannerForm(forms.ModelForm):
    """Of a new scanner, or of one that is there: its kind of scan stays what it is."""

    class Meta:
        model = Scanner
        fields = FIELDS
        help_texts = {
            "bore_cm": gettext_lazy("70 and more counts as wide. Empty for X-ray."),
            "weight_limit_lb": gettext_lazy("Who weighs more is not offered a time on it. Empty: no limit."),
            "girth_limit_in": gettext_lazy("Empty: no limit."),
            "ae_title": gettext_lazy("How the worklist knows it, at most 16 signs. Empty: not connected."),
            "is_active": gettext_lazy("Untick to take it out of service."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["modality"]
        for name, words in REQUIRED.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = words
        for field in self.fields.values():
            field.error_messages["min_value"] = gettext_lazy("Enter a number, 0 or more")
        button = PrimaryButton(_("Save"), busy=_("Looking…"))
        self.helper = AllianceHelper(self, button=button)

    def clean_name(self) -> str:
        """Names are unique at a location, which the form does not ask for."""
        name: str = self.cleaned_data["name"]
        others = self.instance.location.scanners.exclude(pk=self.instance.pk)
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("Another scanner of this location has this name"))
        return name

    def given(self) -> dict[str, Any]:
        """What was typed, for a new scanner."""
        return {name: self.cleaned_data[name] for name in self.fields}

    def changed_abilities(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name in ABILITIES}

    def other_changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name not in ABILITIES}
