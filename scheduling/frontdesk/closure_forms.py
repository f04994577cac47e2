"""Closing a scanner or a location, and what is to become of each visit that it touches."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Closure, Location, Scanner
from locations.queries import Nearby
from scheduling.actions.fates import Chosen
from scheduling.forms.days import DayField
from scheduling.forms.layout import AllianceHelper, PrimaryButton
from scheduling.frontdesk.move_forms import DeskTimeField
from scheduling.models import Fate
from scheduling.rules.opening_hours import wall_instant, whole_days
from scheduling.wall_clock import local

LONGEST = timedelta(days=60)


class ClosureForm(forms.Form):
    scanner = forms.ChoiceField(
        label=gettext_lazy("What closes"),
        error_messages={
            "required": gettext_lazy("Choose what closes"),
            "invalid_choice": gettext_lazy("Choose what closes"),
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=Closure.Kind.choices, initial=Closure.Kind.DOWNTIME
    )
    day = DayField(
        label=gettext_lazy("From, day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter the day"),
            "invalid": gettext_lazy("Enter a day, such as 2026-12-31"),
        },
    )
    time = DeskTimeField(
        label=gettext_lazy("From, time"),
        error_messages={"required": gettext_lazy("Enter the time, such as 9:40 am")},
    )
    until_day = DayField(
        label=gettext_lazy("Until, day"),
        required=False,
        help_text=gettext_lazy("Empty: the same day."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-31")},
    )
    until = DeskTimeField(
        label=gettext_lazy("Until, time"),
        required=False,
        help_text=gettext_lazy("Empty where nobody knows: the rest of the day. “Back up early” ends it."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, for staff"),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Use at most 200 letters")},
    )

    def __init__(self, *args: Any, location: Location, now: datetime, **kwargs: Any) -> None:
        self.location, self.now = location, now
        here = local(now, location.zone)
        half = "am" if here.hour < 12 else "pm"
        kwargs.setdefault("initial", {"day": here.date(), "time": f"{here:%-I:%M} {half}"})
        super().__init__(*args, **kwargs)
        self.scanners = {str(each.pk): each for each in location.scanners.filter(is_active=True)}
        choices = [(pk, each.name) for pk, each in self.scanners.items()]
        scanner = self.fields["scanner"]
        assert isinstance(scanner, forms.ChoiceField)
        scanner.choices = [*choices, ("all", _("The whole location"))]
        button = PrimaryButton(_("See whom it touches"), busy=_("Looking…"))
        self.helper = AllianceHelper(self, button=button)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        zone, at = self.location.zone, given["time"]
        given["starts_at"] = wall_instant(given["day"], at.hour * 60 + at.minute, zone)
        given["ends_at"] = self._end(given["until_day"] or given["day"], given["until"])
        if given["ends_at"] <= max(given["starts_at"], self.now):
            self.add_error("until", _("The end must be after the start, and still ahead"))
        elif given["ends_at"] - given["starts_at"] > LONGEST:
            self.add_error("until_day", _("Close at most 60 days at once"))
        return given

    def _end(self, day: date, at: Any) -> datetime:
        zone = self.location.zone
        if at is None:
            return whole_days(day, day, zone).end
        return wall_instant(day, at.hour * 60 + at.minute, zone)

    @property
    def chosen_scanner(self) -> Scanner | None:
        """None for the whole location."""
        return self.scanners.get(self.cleaned_data["scanner"])


def chosen_places(posted: QueryDict, places: Iterable[Nearby]) -> list[Location]:
    """At which of the other locations that are offered times are looked for, too."""
    chosen = set(posted.getlist("elsewhere"))
    return [near.location for near in places if str(near.location.pk) in chosen]


class FateRow(NamedTuple):
    fate: Fate
    choice: forms.BoundField
    reason: forms.BoundField
    miles: float | None  # to its proposed place, where that is another location


class FatesForm(forms.Form):
    """A choice for each visit; keeping one needs a reason."""

    def __init__(self, *args: Any, fates: Iterable[Fate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fates = list(fates)
        for fate in self.fates:
            key = fate.appointment_id
            self.fields[f"choice-{key}"] = forms.ChoiceField(
                label=_("What to do"),
                widget=forms.Select({"class": "input"}),
                choices=[one for one in Fate.Choice.choices if one[0] != Fate.Choice.MOVE or fate.hold],
                initial=fate.choice,
                error_messages={
                    "required": _("Choose what becomes of this visit"),
                    "invalid_choice": _("Choose what becomes of this visit"),
                },
            )
            self.fields[f"reason-{key}"] = forms.CharField(
                label=_("Reason to keep it"),
                initial=fate.reason,
                required=False,
                max_length=200,
                widget=forms.TextInput({"class": "input", "autocomplete": "off"}),
                error_messages={"max_length": _("Use at most 200 letters")},
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for fate in self.fates:
            key = fate.appointment_id
            keeps = given.get(f"choice-{key}") == Fate.Choice.KEEP
            if keeps and not given.get(f"reason-{key}") and f"reason-{key}" not in self.errors:
                self.add_error(f"reason-{key}", _("Write why this visit stays"))
        return given

    def chosen(self) -> Mapping[int, Chosen]:
        return {
            fate.appointment_id: Chosen(
                Fate.Choice(self.cleaned_data[f"choice-{fate.appointment_id}"]),
                self.cleaned_data[f"reason-{fate.appointment_id}"],
            )
            for fate in self.fates
        }

    def kept(self) -> Mapping[int, Chosen]:
        """What can be kept of a form that is not finished. To wait for want of a place is no choice."""
        self.is_valid()
        found = {}
        for fate in self.fates:
            choice = self.cleaned_data.get(f"choice-{fate.appointment_id}")
            reason = self.cleaned_data.get(f"reason-{fate.appointment_id}", "")
            is_for_want = choice == Fate.Choice.WAIT and fate.hold is None
            if choice and not is_for_want and (reason or choice != Fate.Choice.KEEP):
                found[fate.appointment_id] = Chosen(Fate.Choice(choice), reason)
        return found

    def rows(self, miles: Mapping[int, float]) -> list[FateRow]:
        return [
            FateRow(
                fate,
                self[f"choice-{fate.appointment_id}"],
                self[f"reason-{fate.appointment_id}"],
                miles.get(fate.hold.scanner.location_id) if fate.hold else None,
            )
            for fate in self.fates
        ]
