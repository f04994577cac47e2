"""Where and from when a version is in force."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.forms import LocalMomentField
from locations.models import Location, Scanner
from locations.zones import home_zone
from scheduling.forms.days import DayField
from scheduling.forms.layout import AllianceHelper, Options, Reveal
from scheduling.models import Questionnaire
from scheduling.queries.versions import Scope, places
from scheduling.rules.opening_hours import MINUTES_A_DAY, local_day, wall_instant


class ScopeForm(forms.Form):
    """Times are typed on the clock of the location, or of the organization where it is for all."""

    NOW, LATER = "now", "later"

    def __init__(self, *args: Any, questionnaire: Questionnaire, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.questionnaire, self.now = questionnaire, now
        self._add_scope()
        self._add_moment()
        rest = [name for name in self.fields if name not in ("when", "starts")]
        self.helper = AllianceHelper(
            self,
            *rest,
            Options("when", reveals={self.LATER: ["starts"]}),
            needed=(*rest, "starts"),
            tag=False,
        )

    def _add_scope(self) -> None:
        self.fields["location"] = forms.ModelChoiceField(
            queryset=places(),
            to_field_name="slug",
            label=_("Location"),
            required=False,
            empty_label=_("All locations"),
            error_messages={"invalid_choice": _("Choose a location from the list")},
        )
        if not self.questionnaire.modality:
            self.fields["modality"] = forms.ChoiceField(
                label=_("Kind of scan"),
                required=False,
                choices=[("", _("All kinds")), *Scanner.Modality.choices],
                error_messages={"invalid_choice": _("Choose a kind of scan from the list")},
            )

    def _add_moment(self) -> None:
        self.fields["when"] = forms.ChoiceField(
            label=_("From"),
            choices=[(self.NOW, _("Now")), (self.LATER, _("A day and time"))],
            widget=forms.RadioSelect,
            initial=self.NOW,
            error_messages={"required": _("Choose when"), "invalid_choice": _("Choose when")},
        )
        self.fields["starts"] = LocalMomentField(
            label=_("Day and time"),
            required=False,
            initial=_tomorrow(self.now, home_zone()),
            help_text=_("On the clock of the location; for all locations, %(zone)s.")
            % {"zone": home_zone().key.replace("_", " ")},
            error_messages={"invalid": _("Enter a day and time, such as 2026-12-31 07:00")},
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("when") == self.LATER and "starts" not in self.errors:
            if not given.get("starts"):
                self.add_error("starts", _("Enter the day and time from which it is in force"))
            else:
                self._check_moment(given)
        return given

    def _check_moment(self, given: dict[str, Any]) -> None:
        wall = timezone.make_naive(given["starts"])
        moment = wall.replace(tzinfo=self.zone).astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) != wall:
            self.add_error("starts", _("The clocks go forward that night, and skip this time. Enter another"))
        elif moment <= self.now:
            self.add_error("starts", _("That time is over. Enter a later one, or choose “Now”"))
        given["moment"] = moment

    def as_hidden(self) -> SafeString:
        """What was chosen, to be sent once more with the button."""
        return SafeString("".join(bound.as_hidden() for bound in self))

    @property
    def scope(self) -> Scope:
        return Scope(location=self.cleaned_data["location"], modality=self.cleaned_data.get("modality", ""))

    @property
    def zone(self) -> ZoneInfo:
        location: Location | None = self.cleaned_data.get("location")
        return location.zone if location else home_zone()

    @property
    def is_now(self) -> bool:
        return bool(self.cleaned_data["when"] == self.NOW)

    @property
    def starts(self) -> datetime:
        moment: datetime = self.now if self.is_now else self.cleaned_data["moment"]
        return moment


class AskAgainForm(forms.Form):
    """Whether who has answered already is asked again. `first_day`: that on which the version comes into
    force, at the place it is for."""

    asks_again = forms.BooleanField(
        label=gettext_lazy("Ask who has answered already again"),
        help_text=gettext_lazy("They get an email with the link. Without an email, the desk calls."),
        required=False,
    )
    asks_again_from = DayField(
        label=gettext_lazy("Everyone with a visit from"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-31")},
    )

    def __init__(self, *args: Any, first_day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asks_again_from"].initial = first_day
        self.first_day = first_day
        self.helper = AllianceHelper(
            self, Reveal("asks_again", "asks_again_from"), needed=("asks_again_from",), tag=False
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        day = given.get("asks_again_from")
        if not given.get("asks_again"):
            self.errors.pop("asks_again_from", None)
        elif day is None and "asks_again_from" not in self.errors:
            self.add_error("asks_again_from", _("Enter the first day of the visits that are asked again"))
        elif day is not None and day < self.first_day:
            self.add_error("asks_again_from", _("That is before the version comes into force"))
        return given

    @property
    def day(self) -> date | None:
        return self.cleaned_data.get("asks_again_from") if self.cleaned_data.get("asks_again") else None


def _tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    """Midnight, as the box takes it: without a zone."""
    midnight = wall_instant(local_day(now, zone), MINUTES_A_DAY, zone)
    return midnight.astimezone(zone).replace(tzinfo=None)
