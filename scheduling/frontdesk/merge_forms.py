"""Two records side by side: which one stays, and whose value of each field."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.zones import home_zone
from scheduling.actions.merging import BOTH, CHOICES
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.forms.words import AsTyped
from scheduling.frontdesk.patient_page import shown_values, wishes_of
from scheduling.models import Patient
from scheduling.models.patients import ACCOMMODATION_LENGTH
from scheduling.rules.codes import CODE_LENGTH, clean_code
from scheduling.wall_clock import day_words

LABELS = {
    "name": gettext_lazy("Name"),
    "birth_date": gettext_lazy("Date of birth"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email"),
    "language": gettext_lazy("Language"),
    "interpreter_language": gettext_lazy("Interpreter for"),
    "wishes": gettext_lazy("Wishes"),
    "accommodation": gettext_lazy("What staff should know"),
}
# Each error says what is missing: the summary on top stands alone.
MISSING = {
    "stays": gettext_lazy("Choose which record stays"),
    "name": gettext_lazy("Choose which name is right"),
    "birth_date": gettext_lazy("Choose which birth date is right"),
    "phone": gettext_lazy("Choose which phone number is right"),
    "email": gettext_lazy("Choose which email address is right"),
    "language": gettext_lazy("Choose which language is right"),
    "interpreter_language": gettext_lazy("Choose whether an interpreter is needed, and for which language"),
    "wishes": gettext_lazy("Choose which wishes count"),
    "accommodation": gettext_lazy("Choose what staff should know"),
}


class MergeForm(forms.Form):
    """Proposed is what was booked with more recently, and of two values the one that says something."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=gettext_lazy("Reason to merge all the same"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Write why, in a few words"),
            "max_length": gettext_lazy("Use at most 200 letters"),
        },
    )

    def __init__(
        self, *args: Any, recent: Patient, older: Patient, seen: str, asks_reason: bool, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"seen": seen}
        super().__init__(*args, **kwargs)
        self.recent, self.older = recent, older
        self.fields["stays"] = _choice(
            "stays", _("This record stays"), [(one.pk, title_of(one)) for one in (recent, older)], recent.pk
        )
        hints = {str(one.pk): since_words(one) for one in (recent, older)}
        self.same = [name for name in CHOICES if shown(recent, name) == shown(older, name)]
        self.differing = [name for name in CHOICES if name not in self.same]
        for name in self.differing:
            self.fields[name] = self._choice_of(name)
        if not asks_reason:
            del self.fields["reason"]
        self.helper = AllianceHelper(
            self,
            "seen",
            Options("stays", in_columns=True, hints=hints),
            *(Options(name, in_columns=True) for name in self.differing),
            *(["reason"] if asks_reason else []),
            button=PrimaryButton(_("Merge the two records"), busy=_("Merging…")),
        )

    def _choice_of(self, name: str) -> forms.ChoiceField:
        values = {one.pk: shown(one, name) for one in (self.recent, self.older)}
        initial = self.recent.pk if values[self.recent.pk] else self.older.pk
        options = [(key, words or _("Nothing")) for key, words in values.items()]
        texts = [words for words in values.values() if words]
        if name == "accommodation" and len(texts) == 2 and len("\n".join(texts)) <= ACCOMMODATION_LENGTH:
            options.append((BOTH, _("Both")))
            initial = BOTH
        return _choice(name, str(LABELS[name]), options, initial)

    @property
    def kept_id(self) -> int:
        return int(self.cleaned_data["stays"])

    @property
    def merged_id(self) -> int:
        return self.older.pk if self.kept_id == self.recent.pk else self.recent.pk

    @property
    def choices(self) -> dict[str, int]:
        return {name: int(self.cleaned_data[name]) for name in self.differing}

    @property
    def in_common(self) -> list[tuple[str, str]]:
        """What needs no choice, as far as there is something."""
        found = [(str(LABELS[name]), shown(self.recent, name)) for name in self.same]
        return [(label, words) for label, words in found if words]


class VisitCodeForm(forms.Form):
    """Another visit, whose patient may be the same person."""

    code = forms.CharField(
        label=gettext_lazy("The same person as in the visit with the code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=dict.fromkeys(("required", "max_length"), gettext_lazy("Enter the code of a visit")),
    )

    def clean_code(self) -> str:
        code = clean_code(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(_("Enter the code of a visit"))
        return code


def title_of(patient: Patient) -> str:
    """Ana Núñez, born 05/17/1980"""
    born = f"{patient.birth_date:%m/%d/%Y}"
    return _("%(name)s, born %(date)s") % {"name": patient.full_name, "date": born}


def since_words(patient: Patient) -> str:
    """What tells two records of one name apart: “on record since November 24, 2026”."""
    return _("on record since %(day)s") % {"day": day_words(patient.created_at, home_zone(), year=True)}


def shown(patient: Patient, name: str) -> str:
    values = {"name": patient.full_name, "wishes": ". ".join(wishes_of(patient))}
    return {**shown_values(patient), **values}[name]


def _choice(name: str, label: str, options: list[tuple[int, str]], initial: int) -> forms.ChoiceField:
    missing = MISSING[name]
    return forms.ChoiceField(
        label=label,
        choices=[(str(key), AsTyped(words)) for key, words in options],
        initial=str(initial),
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
    )
