"""A form made from a questionnaire's version. Follow-ups open below the answer that asks for them."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton, Question
from scheduling.rules.screening import (
    NONE_OF_THESE,
    FormKind,
    QuestionKind,
    QuestionSpec,
    Texts,
    VersionSpec,
    fill,
)
from scheduling.rules.screening_pages import follow_ups
from scheduling.wall_clock import day_words

DAYS_BACK, DAYS_AHEAD = 28, 60
SURE_OR_NOT = ("yes", "no", "not_sure")
MOST_LETTERS = 500
HIGHEST = 9999  # of a number that is typed: more is a slip

Visible = Callable[[Mapping[str, Any]], frozenset[str]]


class ScreeningForm(forms.Form):
    """`visible` tells which questions a set of answers shows: only those must be answered.

    With `is_one` the page is about its first question, which is the h1; what follows from it stands below.
    `is_spoken`: staff ask it aloud, so why we ask is not explained.
    """

    def __init__(
        self,
        *args: Any,
        version: VersionSpec,
        questions: tuple[QuestionSpec, ...],
        visible: Visible,
        language: str,
        today: date,
        is_one: bool = False,
        is_spoken: bool = False,
        others: tuple[PrimaryButton, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions, self.visible = questions, visible
        words = Words(version, language)
        self.short_names = {
            question.key: words.short(question) for question in questions if not _is_sure_or_not(question)
        }
        for question in questions:
            field = self.fields[question.key] = field_of(question, words, today)
            field.required = not question.optional
            if version.kind is FormKind.SAFETY and question.values:
                _explain(field, "" if is_spoken else words.short(question))
        layout = layout_of(questions, is_one=is_one or len(questions) == 1)
        self.helper = AllianceHelper(self, *layout, others=others)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        # Without a valid answer here there is none: follow-ups of an earlier answer are not asked.
        shown = self.visible({question.key: given.get(question.key) for question in self.questions})
        for question in self.questions:
            if question.key not in shown:
                self.errors.pop(question.key, None)
                given.pop(question.key, None)
            elif question.kind is QuestionKind.MULTI:
                self._refuse_none_with_others(question, given.get(question.key, []))
        return given

    def _refuse_none_with_others(self, question: QuestionSpec, values: list[str]) -> None:
        if NONE_OF_THESE in values and len(values) > 1:
            self.add_error(question.key, _("Choose what applies, or “None of these”, not both"))


class AnyOfField(forms.MultipleChoiceField):
    """`excluding` is the answer that goes with no other."""

    excluding = NONE_OF_THESE


class Words:
    """A version's texts in one language, with its numbers filled in."""

    def __init__(self, version: VersionSpec, language: str) -> None:
        self.version, self.language = version, language

    def __call__(self, texts: Texts) -> str:
        return fill(texts.get(self.language, ""), self.version.parameters)

    def page(self, key: str) -> str:
        return self(self.version.texts.get(key, {}))

    def short(self, question: QuestionSpec) -> str:
        """For the list of errors above the page: “Positive test”. The whole question without a name."""
        return self.page(f"name_{question.key}") or self(question.text)


def field_of(question: QuestionSpec, words: Words, today: date) -> forms.Field:
    label, hint = words(question.text), words(question.hint)
    choices: list[tuple[str, str]] = [(choice.value, words(choice.text)) for choice in question.choices]
    match question.kind:
        case QuestionKind.YES_NO:
            return _radios(label, hint, [("yes", _("Yes")), ("no", _("No"))], _("Choose yes or no"))
        case QuestionKind.CHOICE if _is_sure_or_not(question):
            error = _("Answer Yes, No or Not sure: %(name)s") % {"name": words.short(question)}
            return _radios(label, hint, choices, error)
        case QuestionKind.CHOICE:
            return _radios(label, hint, choices, _("Choose one answer"))
        case QuestionKind.MULTI:
            return AnyOfField(
                label=label,
                help_text=hint,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                error_messages=_same(_("Choose at least one answer")),
            )
        case QuestionKind.DATE | QuestionKind.DATE_AHEAD:
            return forms.ChoiceField(
                label=label,
                help_text=hint,
                choices=[("", _("Choose a day")), *days_of(question, today)],
                error_messages=_same(_("Choose a day")),
            )
        case QuestionKind.NUMBER:
            wrong = _("Enter a whole number, without letters")
            return forms.IntegerField(
                label=label,
                help_text=hint,
                min_value=1,
                max_value=HIGHEST,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number"}),
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
            )
        case _:
            return _in_words(question, label, hint)


def _in_words(question: QuestionSpec, label: str, hint: str) -> forms.Field:
    """Details that may be left out are short; what must be told has room."""
    too_long = _("That is too long. Use up to %(count)s letters") % {"count": MOST_LETTERS}
    missing = _("Answer this question. If you do not know, write “not sure”")
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=MOST_LETTERS,
        widget=forms.TextInput() if question.optional else forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing, "max_length": too_long},
    )


def _is_sure_or_not(question: QuestionSpec) -> bool:
    return question.kind is QuestionKind.CHOICE and question.values[: len(SURE_OR_NOT)] == SURE_OR_NOT


def _explain(field: forms.Field, about: str) -> None:
    """The hint says why we ask, and is closed at first: hint_and_error.html. Without `about` it goes."""
    if about:
        field.why, field.why_about = field.help_text, about  # type: ignore[attr-defined]
    field.help_text = ""


def days_of(question: QuestionSpec, today: date) -> list[tuple[str, str]]:
    """Days to choose from, nearest first: nothing to type, and no day that cannot be.

    The last one stands for all beyond it: that far away, one day more changes nothing.
    """
    ahead = question.kind is QuestionKind.DATE_AHEAD
    step, count = (1, DAYS_AHEAD) if ahead else (-1, DAYS_BACK)
    days = [today + timedelta(days=step * number) for number in range(count + 1)]
    labels = [day_words(day) for day in days]
    labels[0] = _("Today, %(day)s") % {"day": labels[0]}
    if not ahead:
        labels[1] = _("Yesterday, %(day)s") % {"day": labels[1]}
    beyond = _("%(day)s or later") if ahead else _("%(day)s or earlier")
    labels[-1] = beyond % {"day": labels[-1]}
    return [(day.isoformat(), label) for day, label in zip(days, labels, strict=True)]


def layout_of(page: tuple[QuestionSpec, ...], *, is_one: bool) -> list[str | Options | Question]:
    """Questions in their order, with simple follow-ups inside the answer that shows them."""
    inside = {
        child.key for question in page for group in follow_ups(question, page).values() for child in group
    }
    head = page[0].key if is_one else ""
    return [
        _item(question, page, is_head=question.key == head) for question in page if question.key not in inside
    ]


def _item(
    question: QuestionSpec, page: tuple[QuestionSpec, ...], *, is_head: bool = False
) -> str | Options | Question:
    if not question.values:
        return Question(question.key) if is_head else question.key
    reveals: dict[str | tuple[str, ...], list[str | Options | Question]] = {
        values: [_item(child, page) for child in children]
        for values, children in follow_ups(question, page).items()
    }
    is_short = question.kind is QuestionKind.YES_NO or question.values == SURE_OR_NOT
    return Options(
        question.key, reveals=reveals, in_row=is_short and not reveals and not is_head, question=is_head
    )


def _radios(label: str, hint: str, choices: list[tuple[str, str]], error: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages=_same(error),
    )


def _same(error: str) -> dict[str, str]:
    """Nothing chosen and something unknown need the same words."""
    return {"required": error, "invalid_choice": error, "invalid_list": error}
