from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from locations.geography import LONGEST_TEXT, Place, Point, place_from_text
from locations.models.hours import MIDNIGHT, clock

UNKNOWN_PLACE = _("We don't know that place. Try a 5-digit ZIP code")


class PlaceField(forms.CharField):
    """A ZIP code or town. Cleans to a `Place`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("ZIP code or city"))
        super().__init__(**options)
        self.error_messages["required"] = _("Enter a ZIP code or city")
        self.widget.attrs.setdefault("autocomplete", "postal-code")

    def clean(self, value: Any) -> Place | None:
        if value and ("\x00" in value or len(value) > LONGEST_TEXT):
            raise ValidationError(UNKNOWN_PLACE)
        text = super().clean(value)
        if not text:
            return None
        place = place_from_text(text)
        if place is None:
            raise ValidationError(UNKNOWN_PLACE)
        return place


class NearForm(forms.Form):
    near = PlaceField()


class PositionForm(forms.Form):
    """What the browser found. Two decimals, about half a mile, are all that it sends."""

    lat = forms.FloatField(min_value=-90, max_value=90)
    lon = forms.FloatField(min_value=-180, max_value=180)


def place_asked_for(query: QueryDict, form: NearForm) -> Place | None:
    """From the form, or from the browser's position: a place without a name is where the visitor is."""
    if form.is_bound:
        return form.cleaned_data["near"] if form.is_valid() else None
    position = PositionForm(query)
    if not position.is_valid():
        return None
    return Place("", Point(position.cleaned_data["lat"], position.cleaned_data["lon"]))


class ClockField(forms.CharField):
    """HH:MM on the 24-hour clock, up to 24:00. Cleans to minutes since midnight."""

    def __init__(self, **options: Any) -> None:
        for number_option in ("min_value", "max_value", "widget"):  # a number box shows no 07:30
            options.pop(number_option, None)
        super().__init__(**options)
        self.widget.attrs |= {"placeholder": "07:30", "size": "6"}

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        hours, _colon, minutes = text.partition(":")
        if not (_is_number(hours) and len(minutes) == 2 and _is_number(minutes) and int(minutes) < 60):
            raise ValidationError(_("Write the time as 07:30 or 19:00."))
        total = int(hours) * 60 + int(minutes)
        if total > MIDNIGHT:
            raise ValidationError(_("The day ends at 24:00."))
        return total


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 2
