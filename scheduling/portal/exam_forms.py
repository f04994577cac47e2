"""What a patient tells about the exam: the search, and what the doctor's order says."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from scheduling.forms.layout import AllianceHelper, Options, Question
from scheduling.models import Appointment, Draft, Exam
from scheduling.portal.paying_forms import PAYING_CHOICES, PAYING_HINTS
from scheduling.rules.search import LONGEST_TEXT

NOT_SURE = "not_sure"
_TYPED = ("reason", "interpreter_language")
_EMPTY_SEARCH = _("Type the scan you need, like “knee MRI”")


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("What scan do you need?"),
        help_text=_("For example: knee MRI, chest CT, hand X-ray"),
        error_messages={"required": _EMPTY_SEARCH, "null_characters_not_allowed": _EMPTY_SEARCH},
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "maxlength": LONGEST_TEXT, "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(self, Question("q"), method="get", tag=False)


class ExamForm(forms.Form):
    """Of the exams of one family the answer about contrast picks one; nobody chooses it as they like."""

    laterality = forms.ChoiceField(
        label=_("Which side?"),
        help_text=_("As the doctor’s order says."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose left, right or both")},
    )
    contrast = forms.ChoiceField(
        label=_("What does the order say about contrast?"),
        help_text=_("Contrast is a liquid that makes some parts show up better."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the order says about contrast")},
    )
    order_status = forms.ChoiceField(
        label=_("Do you have a doctor’s order for this scan?"),
        help_text=_("An order is also called a referral or a prescription."),
        choices=[
            (Appointment.OrderStatus.HAVE_IT, _("Yes, I have it")),
            (Appointment.OrderStatus.OFFICE_SENDS, _("My doctor’s office is sending it to you")),
            (Appointment.OrderStatus.NONE, _("No, not yet")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose if you have a doctor’s order")},
    )
    reason = forms.CharField(
        label=_("What is the scan for?"),
        help_text=_("As on the order, if it says. You can leave this empty."),
        max_length=200,
        required=False,
        error_messages={"max_length": _("Say what the scan is for in 200 letters or less")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    interpreter_language = forms.CharField(
        label=_("Do you need an interpreter? Tell us the language"),
        help_text=_("Free of charge. For example: Spanish, Vietnamese, sign language (ASL)."),
        max_length=40,
        required=False,
        error_messages={"max_length": _("Enter only the language, in 40 letters or less")},
    )

    paying = forms.ChoiceField(
        label=_("How will you pay?"),
        choices=PAYING_CHOICES,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose how you will pay")},
    )

    def __init__(
        self, *args: Any, family: Sequence[Exam], names: str = "", is_ordered: bool = False, **kwargs: Any
    ) -> None:
        """`names`: the slug to send along, where the address does not say what the form is about.
        `is_ordered`: an order that is here decides all that an order says."""
        super().__init__(*args, **kwargs)
        self.family, self.is_ordered = family, is_ordered
        self._keep("laterality", [] if is_ordered else _side_choices(family))
        self._keep("contrast", [] if is_ordered else _contrast_choices(family))
        if is_ordered or all(exam.order_required == Exam.OrderRequired.NO for exam in family):
            del self.fields["order_status"]
        self.helper = AllianceHelper(
            self,
            *(self._laid_out(name) for name in self.fields),
            for_strangers=not names,
        )
        if names and not is_ordered:
            self.fields["exam"] = forms.CharField(widget=forms.HiddenInput, initial=names)

    def _laid_out(self, name: str) -> str | Options:
        if name in _TYPED:
            return name
        return Options(name, hints=PAYING_HINTS if name == "paying" else None)

    @property
    def exam(self) -> Exam:
        """The exam that the valid answers pick. “Not sure” books the longest of the family."""
        contrast = self.cleaned_data.get("contrast")
        fitting = [exam for exam in self.family if exam.contrast == contrast]
        return (
            fitting[0] if fitting else max(self.family, key=lambda exam: (exam.minutes, exam.needs_contrast))
        )

    @property
    def lacks_order(self) -> bool:
        return not self.is_ordered and (
            self.exam.order_required == Exam.OrderRequired.YES
            and self.cleaned_data["order_status"] == Appointment.OrderStatus.NONE
        )

    def answers(self) -> dict[str, Any]:
        """As scheduling.actions.drafts.EXAM_ANSWERS."""
        given = self.cleaned_data
        if self.is_ordered:
            return {name: given[name] for name in ("reason", "interpreter_language", "paying")}
        answer = Appointment.ContrastAnswer
        return {
            "exam": self.exam,
            "laterality": given.get("laterality", ""),
            "contrast_answer": answer.NOT_SURE if given.get("contrast") == NOT_SURE else answer.AS_ORDERED,
            "order_status": given.get("order_status", Appointment.OrderStatus.NONE),
            "reason": given["reason"],
            "interpreter_language": given["interpreter_language"],
            "paying": given["paying"],
        }

    def _keep(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """A question that the family does not raise is not asked."""
        field = self.fields[name]
        if choices:
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        else:
            del self.fields[name]


def answers_of_draft(draft: Draft) -> dict[str, str]:
    """What the form shows of a draft that is being changed."""
    unsure = draft.contrast_answer == Appointment.ContrastAnswer.NOT_SURE
    return {
        "laterality": draft.laterality,
        "contrast": NOT_SURE if unsure else draft.exam.contrast,
        "order_status": draft.order_status,
        "reason": draft.reason,
        "interpreter_language": draft.interpreter_language,
        "paying": draft.paying,
    }


def _side_choices(family: Sequence[Exam]) -> list[tuple[str, Any]]:
    side = Appointment.Laterality
    if not any(exam.has_sides for exam in family):
        return []
    return [(side.LEFT, _("Left")), (side.RIGHT, _("Right")), (side.BOTH, _("Both"))]


def _contrast_choices(family: Sequence[Exam]) -> list[tuple[str, Any]]:
    if len(family) == 1:
        return []
    return [(exam.contrast, capfirst(exam.get_contrast_display())) for exam in family] + [
        (NOT_SURE, _("I’m not sure"))
    ]
