"""What an insurer said about a visit."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.days import DayField
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.frontdesk.forms import PlaceChoiceField
from scheduling.models import Authorization
from scheduling.queries.authorizations import places_of_approval
from scheduling.rules.authorizations import State

_DAY = gettext_lazy("Enter a day, such as 2026-12-31")
STATES = [
    (State.NOT_NEEDED, gettext_lazy("Not needed")),
    (State.NEEDED, gettext_lazy("Needed, not asked for yet")),
    (State.REQUESTED, gettext_lazy("Asked for")),
    (State.APPROVED, gettext_lazy("Approved")),
    (State.DENIED, gettext_lazy("Denied")),
]


class AuthorizationForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("What the insurer said"),
        choices=STATES,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what the insurer said"),
            "invalid_choice": gettext_lazy("Choose what the insurer said"),
        },
    )
    payer = forms.CharField(
        label=gettext_lazy("Insurer"),
        required=False,
        max_length=120,
        error_messages={"max_length": gettext_lazy("Use at most 120 letters")},
    )
    number = forms.CharField(
        label=gettext_lazy("Authorization number"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": gettext_lazy("Use at most 60 signs")},
    )
    valid_from = DayField(
        label=gettext_lazy("Valid from"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _DAY},
    )
    valid_until = DayField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _DAY},
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the team"),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Use at most 200 letters")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, found: Authorization | None, plan: str, **kwargs: Any) -> None:
        """`plan`: as the patient wrote it, where nothing is on file."""
        names = ("state", "payer", "number", "valid_from", "valid_until", "location", "note")
        kwargs["initial"] = {name: getattr(found, name) for name in names} if found else {"payer": plan}
        kwargs["initial"]["version"] = found.version if found else 0
        super().__init__(*args, **kwargs)
        self.fields["location"] = PlaceChoiceField(
            label=_("Valid at"),
            queryset=places_of_approval(),
            required=False,
            empty_label=_("Every location"),
            error_messages={"invalid_choice": _("Choose a location from the list")},
        )
        self.helper = AllianceHelper(
            self,
            "version",
            Options("state"),
            "payer",
            "number",
            "valid_from",
            "valid_until",
            "location",
            "note",
            button=PrimaryButton(_("Save"), busy=_("Saving…")),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("state") == State.APPROVED and "number" in given and not given["number"]:
            self.add_error("number", _("Enter the number that the insurer gave"))
        first, last = given.get("valid_from"), given.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("Enter a day on or after the first one"))
        return given

    def clean_state(self) -> State:
        return State(self.cleaned_data["state"])
