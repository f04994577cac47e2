"""What the desk keeps about a patient."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.fields import EmailField, NameField, PhoneField, as_typed
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.frontdesk.booking_forms import BirthTextField
from scheduling.models import Appointment, Patient
from scheduling.models.day_parts import GoodHours
from scheduling.wall_clock import local, short_day_words, time_words

_NOT_KEPT = ("version", "visits", "not_by")
WISHES = ("no_email", "no_text", "no_call")


class PatientForm(forms.Form):
    given_name = NameField(label=gettext_lazy("First name"), empty=gettext_lazy("Enter the first name"))
    family_name = NameField(
        label=gettext_lazy("Last name"),
        empty=gettext_lazy("Enter the last name"),
        help_text=gettext_lazy("Empty for people with one name."),
        required=False,
    )
    birth_date = BirthTextField(
        label=gettext_lazy("Date of birth"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=dict.fromkeys(
            ("required", "max_length"), gettext_lazy("Enter the date of birth, such as 3/14/1952")
        ),
    )
    phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    email = EmailField(label=gettext_lazy("Email"), required=False)
    not_by = forms.MultipleChoiceField(
        label=gettext_lazy("Asked us not to"),
        help_text=gettext_lazy("Counts for every coming visit. Online, patients say anew how to reach them."),
        choices=[
            ("no_email", gettext_lazy("Send email")),
            ("no_text", gettext_lazy("Send texts")),
            ("no_call", gettext_lazy("Call")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    good_hours = forms.ChoiceField(
        label=gettext_lazy("Good time to call"),
        choices=GoodHours.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose when it suits")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    interpreter_language = forms.CharField(
        label=gettext_lazy("Interpreter for"),
        max_length=40,
        required=False,
        error_messages={"max_length": gettext_lazy("Write the language only, in up to 40 letters")},
    )
    accommodation = forms.CharField(
        label=gettext_lazy("What staff should know"),
        help_text=gettext_lazy(
            "Such as a wheelchair or a fear of closed spaces. Never in a message, never online."
        ),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": gettext_lazy("Use at most 500 letters")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, *args: Any, patient: Patient, visits: Iterable[Appointment], today: date, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _initial(patient)
        super().__init__(*args, **kwargs)
        self.patient = patient
        self.fields["birth_date"].today = today  # type: ignore[attr-defined]
        self.fields["accommodation"].widget.attrs.pop("maxlength", None)
        visits = list(visits)
        if visits:
            self.fields["visits"] = _visits_field(patient, visits)
        self.helper = AllianceHelper(
            self,
            "version",
            "given_name",
            "family_name",
            "birth_date",
            "phone",
            "email",
            "language",
            "interpreter_language",
            *([Options("visits")] if visits else []),
            Options("not_by"),
            Options("good_hours", in_columns=True),
            "accommodation",
            button=PrimaryButton(_("Save"), busy=_("Saving…")),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        refused, email, phone = set(given.get("not_by", ())), given.get("email"), given.get("phone")
        if {"email", "phone", "not_by"} <= given.keys() and refused:
            ways = {"no_email"} if email else set()
            ways |= {"no_text", "no_call"} if phone else set()
            if (ways and ways <= refused) or len(refused) == len(WISHES):
                self.add_error("not_by", _("Leave one way to tell the patient when a visit changes"))
        return given

    @property
    def values(self) -> dict[str, Any]:
        """As scheduling.actions.patient_record.RECORD."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in _NOT_KEPT}
        refused = self.cleaned_data["not_by"]
        return {
            **given,
            "phone_as_typed": self._phone_as_typed(given["phone"]),
            **{name: name in refused for name in WISHES},
        }

    def _phone_as_typed(self, phone: str) -> str:
        """What stood in the field as it was proposed was not typed by anybody."""
        typed = as_typed(self["phone"].value())
        is_proposed = phone == str(self.patient.phone) and typed == self.initial["phone"]
        return self.patient.phone_as_typed if is_proposed else typed if phone else ""

    @property
    def visit_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data.get("visits", ())]


def _initial(patient: Patient) -> dict[str, Any]:
    same = (
        "given_name",
        "family_name",
        "birth_date",
        "email",
        "good_hours",
        "language",
        "interpreter_language",
        "accommodation",
        "version",
    )
    return {
        **{name: getattr(patient, name) for name in same},
        "phone": patient.phone_as_typed or (patient.phone.as_national if patient.phone else ""),
        "not_by": [name for name in WISHES if getattr(patient, name)],
    }


def _visits_field(patient: Patient, visits: list[Appointment]) -> forms.MultipleChoiceField:
    """Each visit has a contact of its own. What somebody else booked with another address is left alone."""
    return forms.MultipleChoiceField(
        label=_("Change phone, email and language of these visits, too"),
        help_text=_("What is sent for them goes where the visit says."),
        choices=[(str(visit.pk), _visit_words(visit)) for visit in visits],
        initial=[str(visit.pk) for visit in visits if not _is_of_somebody_else(visit, patient)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("One of these visits has changed. Look at them again")},
    )


def _is_of_somebody_else(visit: Appointment, patient: Patient) -> bool:
    return bool(visit.booker_name) and (visit.email, visit.phone) != (patient.email, patient.phone)


def _visit_words(visit: Appointment) -> str:
    """Tue, Dec 1, 9:40 am, Lakeside: 512-555-0147, ana@example.com"""
    at = short_day_words(local(visit.starts_at, visit.zone).date()), time_words(visit.starts_at, visit.zone)
    phone = visit.phone_as_typed or (visit.phone.as_national if visit.phone else "")
    contact = ", ".join(part for part in (phone, visit.email, visit.booker_name) if part)
    place = ", ".join([*at, visit.location.name])
    return f"{place}: {contact}" if contact else place
