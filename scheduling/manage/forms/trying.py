"""Trying a version out: the case, and the questions as patients get them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.layout import AllianceHelper
from scheduling.forms.screening import ScreeningForm, layout_of
from scheduling.models import Exam, Questionnaire
from scheduling.queries.screening import tags_of
from scheduling.queries.versions import exams_to_try
from scheduling.rules.screening import (
    NONE_OF_THESE,
    Circumstances,
    FormKind,
    QuestionKind,
    QuestionSpec,
)

YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
OLDEST = 120
_DAY = gettext_lazy("Enter a day, such as 2026-12-31")
_AGE = gettext_lazy("Enter an age in years, or nothing")


class CaseForm(forms.Form):
    """What answers are judged by beside themselves."""

    prefix = "case"

    def __init__(self, *args: Any, questionnaire: Questionnaire, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.questionnaire = questionnaire
        self.fields["exam"] = forms.ModelChoiceField(
            queryset=exams_to_try(questionnaire),
            to_field_name="slug",
            label=_("Exam"),
            empty_label=None,
            error_messages={"required": _("Choose an exam"), "invalid_choice": _("Choose an exam")},
        )
        for name, label, day in (
            ("visit_on", _("Day of the visit"), today + timedelta(days=1)),
            ("answered_on", _("Day of answering"), today),
        ):
            self.fields[name] = forms.DateField(
                label=label,
                initial=day,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages={"required": _DAY, "invalid": _DAY},
            )
        self.fields["order"] = _yes_or_no(_("Doctor’s order"), "yes")
        if questionnaire.kind == FormKind.SAFETY:
            self.fields["age"] = forms.IntegerField(
                label=_("Age"),
                required=False,
                min_value=0,
                max_value=OLDEST,
                initial=40,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number"}),
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _AGE),
            )
            self.fields["proxy"] = _yes_or_no(_("Someone else answers"), "no")
            self.fields["phone"] = _yes_or_no(_("Would rather be called"), "no")
        self.fields["reason"] = forms.CharField(
            label=_("What the scan is for, as typed"), required=False, max_length=200
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        visit_on, answered_on = given.get("visit_on"), given.get("answered_on")
        if visit_on and answered_on and visit_on < answered_on:
            self.add_error("visit_on", _("Enter a day of the visit that is not before the day of answering"))
        return given

    @property
    def exam(self) -> Exam:
        exam: Exam = self.cleaned_data["exam"]
        return exam

    @property
    def where(self) -> Circumstances:
        given = self.cleaned_data
        return Circumstances(
            answered_on=given["answered_on"],
            visit_on=given["visit_on"],
            tags=tags_of(self.exam),
            has_order=given["order"] == "yes",
            by_proxy=given.get("proxy") == "yes",
            prefers_phone=given.get("phone") == "yes",
            age=given.get("age"),
            reason=given["reason"],
        )


def _yes_or_no(label: str, initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=YES_NO,
        initial=initial,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose yes or no")),
    )


class TryForm(ScreeningForm):
    """The patients' own form, inside the form of the case. Nothing has to be told in words."""

    def __init__(self, *args: Any, questions: tuple[QuestionSpec, ...], **kwargs: Any) -> None:
        super().__init__(*args, questions=questions, **kwargs)
        for question in questions:
            if question.kind is QuestionKind.TEXT:
                self.fields[question.key].required = False
        self.helper = AllianceHelper(self, *layout_of(questions, is_one=False), tag=False)


def answers_in(query: QueryDict, questions: tuple[QuestionSpec, ...]) -> dict[str, Any]:
    """What stands in the address, as far as it is an answer to a question."""
    found: dict[str, Any] = {}
    for question in questions:
        if question.kind is QuestionKind.MULTI:
            found[question.key] = query.getlist(question.key)
        elif question.kind is QuestionKind.NUMBER:
            typed = query.get(question.key, "").strip()
            is_number = typed.isascii() and typed.isdigit() and len(typed) <= 4
            found[question.key] = int(typed) if is_number else None
        else:
            found[question.key] = query.get(question.key)
    return found


def nothing_to_report(questions: tuple[QuestionSpec, ...]) -> Mapping[str, Any]:
    """To begin with, so that only what matters to a test has to be chosen."""
    found: dict[str, Any] = {}
    for question in questions:
        harmless = NONE_OF_THESE if question.kind is QuestionKind.MULTI else "no"
        if harmless in question.values:
            found[question.key] = [harmless] if question.kind is QuestionKind.MULTI else harmless
    return found
