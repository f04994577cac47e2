"""Forms of the queue of walk-ins."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Location
from scheduling.forms.layout import AllianceHelper, Options
from scheduling.frontdesk.visit_forms import VersionForm
from scheduling.models import WalkIn
from scheduling.queries.walk_ins import rooms_at


class StepForm(VersionForm):
    """A button of the queue; who leaves says why."""

    step = forms.ChoiceField(choices=[(step, step) for step in ("call", "back", "left")])
    because = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=WalkIn.LeftBecause.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = Options("because", in_columns=True)
        self.helper = AllianceHelper(self, options, needed=("because",), tag=False)
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("step") == "left" and not given.get("because") and "because" not in self.errors:
            self.add_error("because", _("Choose why they left"))
        return given

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("version", "because") if given["step"] == "left" else ("version",)
        return {name: given[name] for name in names}


class TakeInForm(VersionForm):
    """The room is a button."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed where something speaks against the room. Stays with the visit."),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Use at most 200 letters")},
    )

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scanner"] = forms.ModelChoiceField(
            queryset=rooms_at(location),
            error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a room")),
        )
        self.helper = AllianceHelper(self, "reason", tag=False)
        self.helper.disable_csrf = True

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "scanner_id": given["scanner"].pk,
            "version": given["version"],
            "reason": given["reason"],
        }
