"""Forms of the patient's pages. They check shape; actions check truth."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.forms.fields import (
    BirthDateField,
    EmailField,
    NameField,
    PhoneField,
    as_typed,
    did_you_mean,
)
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton, Question, Reveal, SecondButton
from scheduling.models import Draft
from scheduling.queries.drafts import is_minor

CHECK_GUARDIAN = _("Check that this is the parent or guardian who comes to the visit")
CONTACT_WAYS = ("by_email", "by_call")  # texts join when there is a way to send them


class PatientForm(forms.Form):
    """Who the scan is for. `today` is the day at the location; `visit_day` that of the visit, on which the
    patient may be grown up."""

    booking_for = forms.ChoiceField(
        label=_("Who is the scan for?"),
        choices=Draft.BookingFor.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who the scan is for")},
    )
    booker_name = NameField(label=_("Your name"), empty=_("Enter your name"), autocomplete="name")
    booker_relation = forms.CharField(
        label=_("How are you related?"),
        help_text=_("For example: parent, daughter, partner, caregiver"),
        max_length=40,
        error_messages={
            "required": _("Enter how you are related to the patient"),
            "max_length": _("Use up to 40 letters to say how you are related"),
            "null_characters_not_allowed": _("Enter how you are related to the patient"),
        },
    )
    given_name = NameField(
        label=_("Patient’s first name"), empty=_("Enter the first name"), autocomplete="given-name"
    )
    family_name = NameField(
        label=_("Patient’s last name"),
        empty=_("Enter the last name, or check “one name only”"),
        autocomplete="family-name",
    )
    one_name = forms.BooleanField(label=_("I have one name only"), required=False)
    birth_date = BirthDateField()
    guardian_name = NameField(
        label=_("Parent or guardian’s name"),
        empty=_("Enter the name of the parent or guardian who comes to the visit"),
        help_text=_("The patient is under 18, so a parent or guardian comes along."),
    )

    def __init__(self, *args: Any, today: date, visit_day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit_day = visit_day
        self.is_first_asked = False
        self.fields["booker_relation"].widget.attrs.pop("maxlength", None)
        birth_date = self.fields["birth_date"]
        assert isinstance(birth_date, BirthDateField)
        birth_date.today = today
        self.helper = AllianceHelper(
            self,
            Options("booking_for", reveals={"other": ["booker_name", "booker_relation"]}),
            "given_name",
            "family_name",
            "one_name",
            "birth_date",
            *self._guardian_if_minor(),
            needed=("booker_name", "booker_relation", "family_name"),
        )

    def _guardian_if_minor(self) -> list[str]:
        """The guardian is asked once the date of birth calls for it; who books is proposed."""
        born = self._birth_date()
        if born is None or not is_minor(born, self.visit_day):
            del self.fields["guardian_name"]
            return []
        if self.is_bound and "guardian_name" not in self.data:
            self.is_first_asked = True
            self.data = dict(self.data.items()) | {"guardian_name": self.data.get("booker_name", "")}
        return ["guardian_name"]

    def _birth_date(self) -> date | None:
        if not self.is_bound:
            born: date | None = self.initial.get("birth_date")
            return born
        field = self.fields["birth_date"]
        try:
            typed = field.widget.value_from_datadict(self.data, self.files, "birth_date")
            cleaned: date | None = field.clean(typed)
        except forms.ValidationError:
            return None
        return cleaned

    def clean(self) -> dict[str, Any]:
        """Of the fields that depend on another answer, those that are not needed are let go."""
        answers = super().clean() or {}
        if answers.get("booking_for") != Draft.BookingFor.OTHER:
            self._let_go("booker_name", "booker_relation")
        if answers.get("one_name"):
            self._let_go("family_name")
        if "guardian_name" not in self.fields:
            self._let_go("guardian_name")
        elif self.is_first_asked and "guardian_name" not in self.errors:
            self.add_error("guardian_name", CHECK_GUARDIAN)
        return answers

    def _let_go(self, *names: str) -> None:
        for name in names:
            self.errors.pop(name, None)
            self.cleaned_data[name] = ""


class ContactForm(forms.Form):
    """At least one way to reach the patient."""

    by_email = forms.BooleanField(label=_("Email"), required=False)
    email = EmailField(label=_("Email address"), required=False)
    by_call = forms.BooleanField(label=_("Phone call"), required=False)
    phone = PhoneField(label=_("Phone number"), help_text=_("Any way of writing it is fine."), required=False)
    asked_about = forms.CharField(required=False, widget=forms.HiddenInput)  # the email asked about

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(
            self,
            Reveal("by_email", "email"),
            Reveal("by_call", "phone"),
            needed=("email", "phone"),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not any(answers.get(way) for way in CONTACT_WAYS):
            self.add_error("by_email", _("Choose at least one way to reach you"))
        if answers.get("by_email"):
            self._require("email", answers)
        if answers.get("by_call"):
            self._require("phone", answers)
        answers["phone_as_typed"] = as_typed(self["phone"].value()) if answers.get("phone") else ""
        return answers

    def suggestion(self) -> str | None:
        """A likely typo in the email, to ask about once; never an error."""
        email = self.cleaned_data["email"]
        return did_you_mean(email) if email and email != self.cleaned_data["asked_about"] else None

    def asking(self) -> "ContactForm":
        """The same answers, with a note that this email was asked about."""
        return ContactForm(dict(self.data.items()) | {"asked_about": self.cleaned_data["email"]})

    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "asked_about"}

    def _require(self, name: str, answers: dict[str, Any]) -> None:
        if not answers.get(name) and name not in self.errors:
            self.add_error(name, self.fields[name].error_messages["required"])


class NumberForm(forms.Form):
    """Where a page says that we call, and no number was given yet."""

    WE, THEY = "we", "they"

    who_calls = forms.ChoiceField(
        label=_("What number can we call?"),
        choices=[(WE, _("This number")), (THEY, _("I will call you"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose “This number”, or “I will call you”")},
    )
    phone = PhoneField(label=_("Phone number"), help_text=_("Any way of writing it is fine."), required=False)

    def __init__(
        self, *args: Any, about: str = "", is_question: bool = False, action: str = "", **kwargs: Any
    ) -> None:
        """`about`: the patient's first name, where someone else answers."""
        super().__init__(*args, **kwargs)
        if about:
            words = _("What number can we call about %(name)s’s visit?") % {"name": about}
            self.fields["who_calls"].label = words
        self.helper = AllianceHelper(
            self,
            Options("who_calls", reveals={self.WE: ["phone"]}, question=is_question),
            needed=("phone",),
            action=action,
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("who_calls") == self.THEY:
            self.errors.pop("phone", None)
            answers["phone"] = ""
        elif answers.get("who_calls") and not answers.get("phone") and "phone" not in self.errors:
            self.add_error("phone", self.fields["phone"].error_messages["required"])
        return answers

    def answers(self) -> dict[str, Any]:
        """As scheduling.actions.numbers.give_number takes them."""
        phone = self.cleaned_data["phone"]
        return {
            "phone": phone,
            "phone_as_typed": as_typed(self["phone"].value()) if phone else "",
            "calls_us": self.cleaned_data["who_calls"] == self.THEY,
        }


class BirthDateForm(forms.Form):
    """Asked once before a visit's details are shown to whoever opened a link."""

    birth_date = BirthDateField(label=_("What is the patient’s date of birth?"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        birth_date = self.fields["birth_date"]
        assert isinstance(birth_date, BirthDateField)
        birth_date.today = today
        self.helper = AllianceHelper(self, Question("birth_date"))


class FindVisitForm(BirthDateForm):
    code = forms.CharField(
        label=_("Visit code"),
        help_text=_("8 letters and numbers, in your confirmation. Spaces are fine."),
        max_length=40,
        error_messages={
            "required": _("Enter the visit code"),
            "max_length": _("Enter the visit code: 8 letters and numbers"),
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )
    field_order = ("code", "birth_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].label = _("Date of birth")
        self.helper = AllianceHelper(self, button=PrimaryButton(_("Find my visit")))


class LostLinkForm(BirthDateForm):
    """One field for either: people know which they gave, not what we call it."""

    contact = forms.CharField(
        label=_("Email address or phone number"),
        help_text=_("The one you gave when you booked."),
        max_length=254,
        error_messages=dict.fromkeys(
            ("required", "max_length", "null_characters_not_allowed"),
            _("Enter the email address or phone number"),
        ),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )
    field_order = ("contact", "birth_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].label = _("The patient’s date of birth")
        self.helper = AllianceHelper(self, button=PrimaryButton(_("Send my link")), for_strangers=True)

    def clean_contact(self) -> str:
        typed: str = self.cleaned_data["contact"]
        field = EmailField() if "@" in typed else PhoneField()
        cleaned: str = field.clean(typed)
        return cleaned

    @property
    def way(self) -> str:
        """Spelled one way, to count by."""
        contact: str = self.cleaned_data["contact"]
        return contact.lower()

    def answers(self) -> dict[str, Any]:
        """As scheduling.actions.links.ask_for_links takes them."""
        contact: str = self.cleaned_data["contact"]
        name = "email" if "@" in contact else "phone"
        return {name: contact, "birth_date": self.cleaned_data["birth_date"]}


class ComeForm(forms.Form):
    """A button; the time it agrees to is known by the visit's calendar sequence."""

    sequence = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class MoveForm(forms.Form):
    """A button; what is moved is the visit as it was shown."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why are you canceling?"),
        help_text=_("You do not have to say."),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(self, button=SecondButton(_("Cancel this visit"), busy=_("Canceling…")))
