"""What is written down about a device or implant."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.layout import AllianceHelper, PrimaryButton
from scheduling.models import Appointment, Implant
from scheduling.queries.implants import cards_of


class ImplantForm(forms.Form):
    what = forms.CharField(
        label=gettext_lazy("What it is"),
        help_text=gettext_lazy("Such as loop recorder, aneurysm clip, hip."),
        max_length=120,
        error_messages={
            "required": gettext_lazy("Write what it is"),
            "max_length": gettext_lazy("Use 120 letters or less"),
        },
    )
    make_model = forms.CharField(
        label=gettext_lazy("Maker and model"),
        max_length=200,
        required=False,
        error_messages={"max_length": gettext_lazy("Use 200 letters or less")},
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions"),
        help_text=gettext_lazy("Such as MR Conditional at 1.5 T."),
        max_length=300,
        required=False,
        error_messages={"max_length": gettext_lazy("Use 300 letters or less")},
    )

    def __init__(self, *args: Any, action: str, visit: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cards = [(str(card.pk), card.original_name or str(card)) for card in cards_of(visit)]
        if cards:
            self.fields["card_id"] = forms.TypedChoiceField(
                label=_("Its card"),
                choices=[("", _("None of these")), *cards],
                coerce=UUID,
                empty_value=None,
                required=False,
                error_messages={"invalid_choice": _("Choose a card from the list")},
            )
        button = PrimaryButton(_("Keep it with the patient"), busy=_("Saving…"))
        self.helper = AllianceHelper(self, button=button, action=action)


class RemoveImplantForm(forms.Form):
    because = forms.TypedChoiceField(
        choices=Implant.RemovedBecause,
        coerce=Implant.RemovedBecause,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose why it goes")),
    )
