"""What the desk types from the paper of an order. Nothing is required until it is booked: half of it can be
kept, and completed after a call to the practice."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.days import DayField
from scheduling.forms.fields import EmailField, NameField, PhoneField, as_typed
from scheduling.forms.layout import AllianceHelper, Options
from scheduling.frontdesk.booking_forms import BirthTextField
from scheduling.frontdesk.visit_forms import VersionForm
from scheduling.models import Appointment, Exam, Order
from scheduling.queries.orders import family_at

SIDES = [
    (Appointment.Laterality.LEFT, gettext_lazy("Left")),
    (Appointment.Laterality.RIGHT, gettext_lazy("Right")),
    (Appointment.Laterality.BOTH, gettext_lazy("Both")),
]
_LONG = gettext_lazy("Use at most 200 letters")
_NUMBER = gettext_lazy("Use at most 40 signs")
_REACH = gettext_lazy("Enter a phone number or an email: nobody could be asked to come")
CLOSABLE = [
    (Order.ClosedBecause(because), capfirst(label))
    for because, label in Order.ClosedBecause.choices
    if because != Order.ClosedBecause.SCANNED
]


class OrderForm(VersionForm):
    given_name = NameField(
        label=gettext_lazy("First name"), empty=gettext_lazy("Enter the first name"), required=False
    )
    family_name = NameField(
        label=gettext_lazy("Last name"), empty=gettext_lazy("Enter the last name"), required=False
    )
    birth_date = BirthTextField(
        label=gettext_lazy("Date of birth"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter the date of birth, such as 3/14/1952"),
            "max_length": gettext_lazy("Enter the date of birth, such as 3/14/1952"),
        },
    )
    phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    email = EmailField(label=gettext_lazy("Email"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    laterality = forms.ChoiceField(
        label=gettext_lazy("Side"), choices=SIDES, required=False, widget=forms.RadioSelect
    )
    indication = forms.CharField(
        label=gettext_lazy("Reason for the exam, as written"),
        help_text=gettext_lazy("Staff read it; the patient does not."),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": gettext_lazy("Use at most 500 letters")},
    )
    clinician = forms.CharField(
        label=gettext_lazy("Ordered by"),
        required=False,
        max_length=200,
        error_messages={"max_length": _LONG},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    practice = forms.CharField(
        label=gettext_lazy("Practice"),
        required=False,
        max_length=200,
        error_messages={"max_length": _LONG},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    practice_phone = forms.CharField(
        label=gettext_lazy("Phone of the practice"),
        required=False,
        max_length=40,
        error_messages={"max_length": _NUMBER},
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )
    practice_fax = forms.CharField(
        label=gettext_lazy("Fax of the practice"),
        required=False,
        max_length=40,
        error_messages={"max_length": _NUMBER},
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )
    ordered_on = DayField(
        label=gettext_lazy("Date of the order"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-31")},
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("How soon"),
        choices=[(value, capfirst(label)) for value, label in Order.Urgency.choices],
    )

    def __init__(self, *args: Any, order: Order, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(order))
        super().__init__(*args, **kwargs)
        self.today = today
        birth_date = self.fields["birth_date"]
        assert isinstance(birth_date, BirthTextField)
        birth_date.today = today
        self.is_settled = order.status in (Order.Status.INVITED, Order.Status.BOOKED)
        for name in ("given_name", "birth_date"):
            self.fields[name].required = self.is_settled
        self.exam_helper = self._part(*self._about_exam(order), "indication", "urgency")
        self.patient_helper = self._part(
            "given_name", "family_name", "birth_date", "phone", "email", "language"
        )
        self.office_helper = self._part(
            "clinician", "practice", "practice_phone", "practice_fax", "ordered_on"
        )

    def _about_exam(self, order: Order) -> list[Any]:
        """What a booked order says of its exam is the visit's by now."""
        is_booked = order.status == Order.Status.BOOKED
        family = [] if is_booked else family_at(order)
        if len(family) > 1:
            self.fields["exam"] = forms.TypedChoiceField(
                label=_("Contrast, as ordered"),
                choices=[(exam.pk, capfirst(exam.get_contrast_display())) for exam in family],
                coerce=lambda pk: next(exam for exam in family if str(exam.pk) == str(pk)),
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), _("Choose what the order says about contrast")
                ),
            )
        has_sides = any(exam.has_sides for exam in family)
        if not has_sides:
            del self.fields["laterality"]
        side = [Options("laterality", in_row=True)] if has_sides else []
        return [*side, *(["exam"] if len(family) > 1 else [])]

    def _part(self, *fields: Any) -> AllianceHelper:
        """The page says what it takes to book; “optional” beside each field would say nothing."""
        helper = AllianceHelper(self, *fields, tag=False, needed=tuple(self.fields))
        helper.disable_csrf = True
        return helper

    def clean_ordered_on(self) -> date | None:
        day: date | None = self.cleaned_data["ordered_on"]
        if day and day > self.today:
            raise forms.ValidationError(_("That day is still to come"))
        return day

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        reach = {"phone", "email"}
        if self.is_settled and not reach & self.errors.keys() and not (given["phone"] or given["email"]):
            self.add_error("phone", _REACH)
        return given

    def answers(self) -> dict[str, Any]:
        """As scheduling.actions.order_inbox.FIELDS."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        exam: Exam | None = given.get("exam")
        if exam and not exam.has_sides:
            given["laterality"] = ""
        typed = as_typed(self["phone"].value()) if given["phone"] else ""
        return {**given, "phone_as_typed": typed}


def initial_of(order: Order) -> dict[str, Any]:
    names = (
        "given_name",
        "family_name",
        "birth_date",
        "email",
        "language",
        "laterality",
        "indication",
        "clinician",
        "practice",
        "practice_phone",
        "practice_fax",
        "ordered_on",
        "urgency",
        "version",
    )
    known = {name: getattr(order, name) for name in names}
    return {**known, "phone": order.phone_as_typed or str(order.phone), "exam": order.exam_id}


class CloseForm(VersionForm):
    because = forms.TypedChoiceField(
        label=gettext_lazy("Why"),
        choices=CLOSABLE,
        coerce=Order.ClosedBecause,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose why it is closed")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(self, Options("because"), tag=False)
        self.helper.disable_csrf = True
