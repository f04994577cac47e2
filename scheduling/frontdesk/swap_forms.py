from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.frontdesk.move_forms import TELL
from scheduling.models import Appointment
from scheduling.rules.telling import Telling

MOST = 2**31 - 1


class SwapForm(forms.Form):
    """To be done; the versions are those that were on the page."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed where something speaks against it. Stays with the visits."),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Use at most 200 letters")},
    )
    tell = forms.ChoiceField(
        label=gettext_lazy("Tell those who are not here yet"),
        choices=TELL,
        widget=forms.RadioSelect,
        initial=Telling.MESSAGE,
        error_messages={"required": gettext_lazy("Choose how they hear of it")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)
    other_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)

    def __init__(self, *args: Any, visit: Appointment, other: Appointment, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "tell": Telling.MESSAGE,
            "version": visit.version,
            "other_version": other.version,
        }
        super().__init__(*args, **kwargs)
        self.both_are_here = all(one.status == Appointment.Status.ARRIVED for one in (visit, other))
        if self.both_are_here:
            del self.fields["tell"]
        fields = ["version", "other_version", *([] if self.both_are_here else [Options("tell")]), "reason"]
        self.helper = AllianceHelper(self, *fields, button=PrimaryButton(_("Swap them"), busy=_("Moving…")))

    @property
    def telling(self) -> Telling:
        return Telling(self.cleaned_data.get("tell", Telling.NOBODY))
