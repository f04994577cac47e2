"""How the patient pays, and what the center needs to know for it. Nothing here must be filled in."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scheduling.actions.documents import NewFile
from scheduling.exceptions import TooManyTries
from scheduling.forms.birth_date import PastDateField
from scheduling.forms.files import FilesField, clean_files
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.forms.words import Words
from scheduling.models import Document
from scheduling.models.paying import HowPaid
from scheduling.queries.documents import Owner
from scheduling.uploads.sandbox import Budget

Paying = HowPaid.Paying
PAYING_CHOICES: Final = [
    (Paying.INSURANCE, _("Insurance")),
    (Paying.SELF, _("I pay myself")),
    (Paying.ACCIDENT, _("Workers’ compensation or an accident")),
    (Paying.LATER, _("I’ll say later")),
]
PAYING_HINTS: Final[dict[str, Words]] = {
    Paying.INSURANCE: _("Your plan decides what you pay."),
    Paying.SELF: _("We send you a written estimate before your visit."),
}
CARDS: Final = {"front": Document.Kind.INSURANCE_FRONT, "back": Document.Kind.INSURANCE_BACK}
_FIELDS_OF = {
    Paying.INSURANCE: ("insurance_plan", "member_id", "front", "back"),
    Paying.ACCIDENT: ("claim_number", "injured_on", "accident_insurer"),
}
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_NUL = {"null_characters_not_allowed": _("Use only letters and numbers")}


class PayingForm(forms.Form):
    paying = forms.ChoiceField(
        label=_("How will you pay?"),
        help_text=_("You can also say this later. Nothing is charged here."),
        choices=PAYING_CHOICES,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose how you will pay")},
    )
    insurance_plan = forms.CharField(
        label=_("Insurance plan"),
        help_text=_("As the card says, for example: Blue Cross PPO, Medicare."),
        max_length=120,
        required=False,
        error_messages={"max_length": _("Use 120 letters or less"), **_NUL},
        widget=forms.TextInput(_PLAIN),
    )
    member_id = forms.CharField(
        label=_("Member ID"),
        help_text=_("On the front of the card. It may say ID number or subscriber ID."),
        max_length=60,
        required=False,
        error_messages={"max_length": _("Use 60 letters or less"), **_NUL},
        widget=forms.TextInput(_PLAIN),
    )
    front = FilesField(most=1, label=_("Photo of the front of the card"), required=False)
    back = FilesField(most=1, label=_("Photo of the back of the card"), required=False)
    claim_number = forms.CharField(
        label=_("Claim number"),
        max_length=60,
        required=False,
        error_messages={"max_length": _("Use 60 letters or less"), **_NUL},
        widget=forms.TextInput(_PLAIN),
    )
    injured_on = PastDateField(
        label=_("Date of the injury"), help_text=_("For example: June 3, 2026"), required=False
    )
    accident_insurer = forms.CharField(
        label=_("Employer or insurance company"),
        help_text=_("Who handles the claim."),
        max_length=120,
        required=False,
        error_messages={"max_length": _("Use 120 letters or less"), **_NUL},
        widget=forms.TextInput(_PLAIN),
    )
    wants_estimate = forms.BooleanField(
        label=_("Send me a written estimate"),
        help_text=_("Free. If you pay yourself, we send one without asking."),
        required=False,
    )

    def __init__(self, *args: Any, today: date, owner: Owner, **kwargs: Any) -> None:
        """`owner`: the draft or visit whose answers are shown until others are sent."""
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(owner, name) for name in _answers()}
        self.short_names = {"front": _("Front of the card"), "back": _("Back of the card")}
        self.good: dict[Document.Kind, NewFile] = {}
        self._budget = Budget()
        injured_on = self.fields["injured_on"]
        assert isinstance(injured_on, PastDateField)
        injured_on.today = today
        opened: dict[str | tuple[str, ...], list[Any]] = {
            kind: list(names) for kind, names in _FIELDS_OF.items()
        }
        self.helper = AllianceHelper(
            self,
            Options("paying", reveals=opened, hints=PAYING_HINTS, question=True),
            "wants_estimate",
            button=PrimaryButton(_("Save"), busy=_("Saving…")),
            needed=("paying",),
        )

    def clean_front(self) -> None:
        self._open("front")

    def clean_back(self) -> None:
        self._open("back")

    def _open(self, side: str) -> None:
        """One that can be taken is in `good`, whatever is wrong elsewhere on the page."""
        good, faults = clean_files(self.cleaned_data[side], self._budget)
        if faults:
            raise ValidationError(faults)
        for file in good:
            self.good[CARDS[side]] = file

    def clean(self) -> dict[str, Any]:
        """What belongs to another way of paying than the chosen one is not kept, and cannot be wrong."""
        given = super().clean() or {}
        for kind, names in _FIELDS_OF.items():
            if given.get("paying") != kind:
                for name in names:
                    self.errors.pop(name, None)
                    given[name] = None if name == "injured_on" else ""
        return given

    def add_refusal(self, refusal: TooManyTries | None, sent: Iterable[str]) -> None:
        """Beside each file that was sent and not taken."""
        for name in sent if refusal else ():
            self.add_error(name, str(refusal).removesuffix("."))

    def answers(self) -> dict[str, Any]:
        """As scheduling.models.paying.PAYING_ANSWERS."""
        return {name: self.cleaned_data[name] for name in _answers()}


def _answers() -> list[str]:
    return [name for name in PayingForm.base_fields if name not in CARDS]
