"""A time chosen by hand: scanner, day and time, how the patient hears of it, and why."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.forms import ScannerChoiceField
from locations.models import Scanner
from scheduling.forms.days import DayField
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.models import Appointment
from scheduling.rules.opening_hours import wall_instant
from scheduling.rules.telling import Telling
from scheduling.wall_clock import local

_TIME = re.compile(r"^(\d{1,2})(?:[:.h ]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?$", re.IGNORECASE)
TELL = [
    (Telling.MESSAGE, gettext_lazy("By message: it leaves in 2 minutes")),
    (Telling.CALL, gettext_lazy("I will call: a task reminds me")),
    (Telling.NOBODY, gettext_lazy("Not at all: they know")),
]


class DeskTimeField(forms.CharField):
    """“9:40 am”, “940”, “9.40”, “14:05”: as it is said on the phone. Without am or pm, 7 to 11 is the morning
    and 12 to 6 the afternoon."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        found = read_time(typed)
        if typed and found is None:
            raise forms.ValidationError(_("Enter a time, such as 9:40 am"))
        return found


def read_time(typed: str) -> time | None:
    found = _TIME.match(typed.strip().replace("\xa0", " "))
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif 1 <= hour <= 6:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


class PlaceForm(forms.Form):
    """A scanner, a day and a time of the clock at its location."""

    day = DayField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter the day"),
            "invalid": gettext_lazy("Enter a day, such as 2026-12-31"),
        },
    )
    time = DeskTimeField(
        label=gettext_lazy("Time"),
        error_messages={"required": gettext_lazy("Enter the time, such as 9:40 am")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed where something speaks against the time. Stays with the visit."),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Use at most 200 letters")},
    )

    def __init__(self, *args: Any, scanners: QuerySet[Scanner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = {scanner.location_id for scanner in scanners}
        self.fields["scanner"] = ScannerChoiceField(
            label=_("Scanner"),
            queryset=scanners,
            of_one_location=len(places) == 1,
            empty_label=None,
            error_messages={
                "required": _("Choose a scanner"),
                "invalid_choice": _("Choose a scanner from the list"),
            },
        )
        self.order_fields(["scanner"])

    @property
    def scanner(self) -> Scanner | None:
        """The one that is filled in before anything is sent."""
        field, value = self.fields["scanner"], self["scanner"].value()
        assert isinstance(field, ScannerChoiceField)
        assert field.queryset is not None
        return field.queryset.filter(pk=value).first() if str(value).isdecimal() else None

    @property
    def starts_at(self) -> datetime:
        """In UTC, by the clock of the chosen scanner's location."""
        return instant_of(self.cleaned_data["day"], self.cleaned_data["time"], self.cleaned_data["scanner"])


class OtherTimeForm(PlaceForm):
    """Among the fields of a booking by phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="other", **kwargs)
        self.helper = AllianceHelper(self, "scanner", "day", "time", "reason", tag=False)
        self.helper.disable_csrf = True


class MoveForm(PlaceForm):
    tell = forms.ChoiceField(
        label=gettext_lazy("Tell the patient"),
        choices=TELL,
        widget=forms.RadioSelect,
        initial=Telling.MESSAGE,
        error_messages={"required": gettext_lazy("Choose how the patient hears of it")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, *args: Any, visit: Appointment, scanners: QuerySet[Scanner], at: datetime, **kwargs: Any
    ) -> None:
        here = local(at, visit.zone)
        kwargs["initial"] = {
            "scanner": visit.scanner_id,
            "day": here.date(),
            "time": f"{here:%-I:%M} {'am' if here.hour < 12 else 'pm'}",
            "tell": Telling.MESSAGE,
            "version": visit.version,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, scanners=scanners, **kwargs)
        self.helper = AllianceHelper(
            self,
            "version",
            "scanner",
            "day",
            "time",
            Options("tell"),
            "reason",
            button=PrimaryButton(_("Move this visit"), busy=_("Moving…")),
        )


def instant_of(day: date, at: time, scanner: Scanner) -> datetime:
    return wall_instant(day, at.hour * 60 + at.minute, scanner.location.zone)


class CancelForm(forms.Form):
    asked_by = forms.ChoiceField(
        label=gettext_lazy("Who asked?"),
        choices=Appointment.AskedBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who asked to cancel")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("For the team and the figures. The patient does not see it."),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Write why, in a few words"),
            "max_length": gettext_lazy("Use at most 200 letters"),
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, visit: Appointment, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": visit.version}
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(
            self,
            "version",
            Options("asked_by"),
            "reason",
            button=PrimaryButton(_("Cancel this visit"), busy=_("Canceling…")),
        )
