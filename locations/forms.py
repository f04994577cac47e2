import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.geography import LONGEST_TEXT, Place, Point, place_from_text
from locations.models import Location, Notice, Scanner
from locations.models.hours import MIDNIGHT, clock
from locations.zones import home_zone

LONGEST_NOTICE = 200
UNKNOWN_PLACE = _("We don’t know that place. Try a 5-digit ZIP code")


class ScannerChoiceField(forms.ModelChoiceField):
    """Each with its location, unless all are of one."""

    def __init__(self, *args: Any, of_one_location: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_one_location = of_one_location

    def label_from_instance(self, obj: Scanner) -> str:
        return obj.name if self.of_one_location else f"{obj.location}: {obj.name}"


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


class LocalMomentField(forms.DateTimeField):
    """A wall clock without a zone; the form that knows the zone gives it one."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def in_zone(typed: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What a LocalMomentField cleaned to, as the moment that it was on the clock of the zone."""
    return timezone.make_naive(typed).replace(tzinfo=zone).astimezone(dt.UTC)


class NoticeForm(forms.ModelForm):
    """A notice may stand in several zones at once, so the form says on whose clock its times are."""

    zone = forms.ChoiceField(label=_("Times are in"))
    shown_from = LocalMomentField(label=_("Shown from"))
    shown_until = LocalMomentField(label=_("Shown until"))

    class Meta:
        model = Notice
        fields = ("text_en", "text_es", "level", "zone", "shown_from", "shown_until", "locations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = home_zone()
        zones = {home.key, *Location.objects.values_list("time_zone", flat=True)}
        self.fields["zone"].choices = [(key, key.replace("_", " ")) for key in sorted(zones)]  # type: ignore[attr-defined]
        self.initial["zone"] = home.key
        if self.instance.pk:
            for name in ("shown_from", "shown_until"):
                self.initial[name] = timezone.make_naive(getattr(self.instance, name), home)
        else:
            self.initial["shown_from"] = timezone.localtime(timezone=home).replace(tzinfo=None)
        for name in ("text_en", "text_es"):
            field: Any = self.fields[name]
            field.widget.attrs |= {"rows": 3, "maxlength": LONGEST_NOTICE}
            field.validators.append(MaxLengthValidator(LONGEST_NOTICE))
            field.help_text = _("At most %(most)s letters: it stands above every page.") % {
                "most": LONGEST_NOTICE
            }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("shown_from", "shown_until"):
            if cleaned.get("zone") and cleaned.get(name):
                cleaned[name] = in_zone(cleaned[name], ZoneInfo(cleaned["zone"]))
        return cleaned


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
