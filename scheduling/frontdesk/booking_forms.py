"""What the desk types while somebody is on the phone. Nothing is required until it is booked: a call goes in
any order."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.fields import EmailField, NameField, PhoneField, as_typed
from scheduling.forms.layout import AllianceHelper, Reveal
from scheduling.models import Appointment, Draft
from scheduling.models.paying import HowPaid
from scheduling.rules.birth_dates import read_birth_date

ORDER_CHOICES = [
    (Appointment.OrderStatus.HAVE_IT, gettext_lazy("Has it")),
    (Appointment.OrderStatus.OFFICE_SENDS, gettext_lazy("Office sends it")),
    (Appointment.OrderStatus.RECEIVED, gettext_lazy("It is here")),
    (Appointment.OrderStatus.NONE, gettext_lazy("None yet")),
]
# Of somebody who stands at the desk: what is in their hand is here.
WALK_IN_ORDER_CHOICES = [
    (Appointment.OrderStatus.RECEIVED, gettext_lazy("It is here")),
    (Appointment.OrderStatus.OFFICE_SENDS, gettext_lazy("Office sends it")),
    (Appointment.OrderStatus.NONE, gettext_lazy("None yet")),
]
REACH_CHOICES = [
    ("", gettext_lazy("All they gave")),
    ("email", gettext_lazy("By email only")),
    ("call", gettext_lazy("By phone only")),
]
_UNKNOWN = gettext_lazy("Not asked yet")


class ShorthandForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Exam"),
        help_text=gettext_lazy("Beginnings of words and the side: “k mri l” is a knee MRI, left."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
        error_messages={
            "required": gettext_lazy("Type the exam, such as “k mri l”"),
            "max_length": gettext_lazy("Type the exam in a few words"),
            "null_characters_not_allowed": gettext_lazy("Type the exam, such as “k mri l”"),
        },
    )


class WalkInExamForm(ShorthandForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].help_text = _("Beginnings of words and the side: “knee r” is a knee X-ray, right.")
        for fault in ("required", "null_characters_not_allowed"):
            self.fields["q"].error_messages[fault] = _("Type the exam, such as “knee r”")


class SetUpForm(forms.Form):
    set_up_reason = forms.CharField(
        label=gettext_lazy("Who agreed that it can be booked, and why"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write who agreed, and why"),
            "max_length": gettext_lazy("Use at most 200 letters"),
        },
    )


class BirthTextField(forms.CharField):
    """A date typed in one go; the form sets `today`."""

    today: date | None = None

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        assert self.today is not None
        born = read_birth_date(typed, today=self.today)
        if born is None:
            raise forms.ValidationError(_("Enter the date of birth with the month first, such as 3/14/1952"))
        return born

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%m/%d/%Y}" if isinstance(value, date) else value


class CallerForm(forms.Form):
    """Who the scan is for and how to reach them."""

    phone = PhoneField(label=gettext_lazy("Phone"), required=False)
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
        error_messages={"max_length": gettext_lazy("Enter the date of birth, such as 3/14/1952")},
    )
    email = EmailField(label=gettext_lazy("Email"), required=False)
    for_other = forms.BooleanField(label=gettext_lazy("Somebody else is on the phone"), required=False)
    booker_name = NameField(
        label=gettext_lazy("Their name"), empty=gettext_lazy("Enter their name"), required=False
    )
    booker_relation = forms.CharField(label=gettext_lazy("Relation"), max_length=40, required=False)
    guardian_name = NameField(
        label=gettext_lazy("Parent or guardian who comes along"),
        empty=gettext_lazy("Enter the name of the parent or guardian"),
        required=False,
    )
    order_status = forms.ChoiceField(
        label=gettext_lazy("Doctor’s order"), choices=ORDER_CHOICES, required=False
    )
    paying = forms.ChoiceField(
        label=gettext_lazy("Paying"), choices=[("", _UNKNOWN), *HowPaid.Paying.choices], required=False
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES, required=False)
    interpreter_language = forms.CharField(
        label=gettext_lazy("Interpreter for"), max_length=40, required=False
    )
    reach = forms.ChoiceField(label=gettext_lazy("Ways to reach them"), choices=REACH_CHOICES, required=False)
    override_reason = forms.CharField(
        label=gettext_lazy("Reason to book all the same"), max_length=200, required=False
    )

    def __init__(
        self, *args: Any, draft: Draft, today: date, is_minor: bool, asks_reason: bool, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", initial_of(draft))
        super().__init__(*args, **kwargs)
        birth_date = self.fields["birth_date"]
        assert isinstance(birth_date, BirthTextField)
        birth_date.today = today
        if (draft.starts_at or draft.is_walk_in) and not draft.phone:
            self.fields["phone"].widget.attrs["autofocus"] = True
        guardian = ["guardian_name"] if is_minor else []
        reason = ["override_reason"] if asks_reason else []
        order = [] if draft.order_id else ["order_status"]
        other = [] if draft.is_walk_in else [Reveal("for_other", "booker_name", "booker_relation")]
        for name in {"guardian_name", "override_reason", "order_status"} - {*guardian, *reason, *order}:
            del self.fields[name]
        if draft.is_walk_in:
            self._stands_here()
        self.helper = AllianceHelper(
            self,
            "phone",
            "given_name",
            "family_name",
            "birth_date",
            *guardian,
            "email",
            *order,
            "paying",
            *other,
            "language",
            "interpreter_language",
            "reach",
            *reason,
            tag=False,
            needed=(
                *([] if draft.is_walk_in else ["phone"]),
                *("given_name", "birth_date", *order, "language", *guardian, *reason),
            ),
        )
        self.helper.disable_csrf = True

    def _stands_here(self) -> None:
        """The patient is asked, not somebody on the phone."""
        for name in ("for_other", "booker_name", "booker_relation"):
            del self.fields[name]
        order = self.fields["order_status"]
        assert isinstance(order, forms.ChoiceField)
        order.choices = WALK_IN_ORDER_CHOICES

    def answers(self) -> dict[str, Any]:
        """What is valid, as scheduling.actions.drafts.ANSWERS. Nothing that is wrong is kept."""
        given = {name: value for name, value in self.cleaned_data.items() if name in self.fields}
        reason = given.pop("override_reason", "")
        del reason
        reach = given.pop("reach", "")
        for_other = given.pop("for_other", False)
        if not for_other:
            given["booker_name"] = given["booker_relation"] = ""
        if "phone" in given:
            given["phone_as_typed"] = as_typed(self["phone"].value()) if given["phone"] else ""
            given["by_call"] = bool(given["phone"]) and reach != "email"
        if "email" in given:
            given["by_email"] = bool(given["email"]) and reach != "call"
        if "family_name" in given:
            given["one_name"] = not given["family_name"]
        given["booking_for"] = Draft.BookingFor.OTHER if for_other else Draft.BookingFor.SELF
        return {name: value for name, value in given.items() if name != "order_status" or value}


def initial_of(draft: Draft) -> dict[str, Any]:
    return {
        "phone": draft.phone_as_typed or draft.phone,
        "given_name": draft.given_name,
        "family_name": draft.family_name,
        "birth_date": draft.birth_date,
        "email": draft.email,
        "for_other": draft.booking_for == Draft.BookingFor.OTHER,
        "booker_name": draft.booker_name,
        "booker_relation": draft.booker_relation,
        "guardian_name": draft.guardian_name,
        "order_status": draft.order_status,
        "paying": draft.paying,
        "language": draft.language,
        "interpreter_language": draft.interpreter_language,
        "reach": _reach_of(draft),
    }


def _reach_of(draft: Draft) -> str:
    if draft.email and draft.phone and draft.by_email != draft.by_call:
        return "email" if draft.by_email else "call"
    return ""
