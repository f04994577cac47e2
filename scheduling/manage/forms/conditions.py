"""The box in which a condition is typed, and the row of selects that adds a test to it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.words import Words
from scheduling.manage.condition_words import Sentences
from scheduling.manage.words import TAGS, fault_words
from scheduling.rules.condition_text import FIXED, ConditionTextError, read, write
from scheduling.rules.conditions import Condition, parts_of
from scheduling.rules.screening import QuestionKind, QuestionSpec, VersionSpec
from scheduling.rules.screening_check import Problem, ProblemKind, problems_of_condition
from scheduling.rules.version_diff import condition_line

LONGEST = 4000
NEAR = 0.5  # of the letters are the same
NUMBER = "#"  # stands in a test for the number that is typed beside it
_UNKNOWN = {
    ProblemKind.UNKNOWN_QUESTION: gettext_lazy("There is no question “%(name)s”"),
    ProblemKind.UNKNOWN_ANSWER: gettext_lazy("There is no such answer: %(name)s"),
    ProblemKind.UNKNOWN_PARAMETER: gettext_lazy("There is no number “%(name)s”"),
    ProblemKind.UNKNOWN_TEXT: gettext_lazy("There is no text “%(name)s”"),
    ProblemKind.NOT_A_DATE: gettext_lazy("“%(name)s” does not ask for a day"),
    ProblemKind.NOT_A_NUMBER: gettext_lazy("“%(name)s” does not ask for a number"),
}


class ConditionField(forms.CharField):
    """Cleans to a condition that names only what the version has, or what exams are like."""

    def __init__(self, *, spec: VersionSpec, tags: Iterable[str], **kwargs: Any) -> None:
        self.spec, self.tags = spec, frozenset(tags)
        attrs = {"rows": 3, "spellcheck": "false", "autocapitalize": "none", "class": "input-condition"}
        kwargs.setdefault("error_messages", {})
        kwargs["error_messages"] |= {
            "required": gettext_lazy("Write a condition, or “always”"),
            "max_length": gettext_lazy("That is too long. Use up to 4000 letters"),
        }
        super().__init__(max_length=LONGEST, widget=forms.Textarea(attrs=attrs), **kwargs)
        self.widget.attrs.pop("maxlength", None)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return condition_line(value, self.spec) if value or self.required else ""
        return value

    def clean(self, value: Any) -> Condition:
        text: str = super().clean(value)
        if not text:
            return {}
        try:
            condition = read(text)
        except ConditionTextError as error:
            raise ValidationError(fault_words(error, text)) from error
        faults = [*self._unknown(condition), *self._unknown_tags(condition)]
        if faults:
            raise ValidationError(list(dict.fromkeys(faults)))
        return condition

    def _unknown(self, condition: Condition) -> list[str]:
        found = problems_of_condition(condition, "", self.spec)
        return [self._said(problem) for problem in found if problem.kind in _UNKNOWN]

    def _said(self, problem: Problem) -> str:
        known: list[str] = []
        key, _colon, value = problem.detail.partition(": ")
        match problem.kind:
            case ProblemKind.UNKNOWN_QUESTION:
                known = [question.key for question in self.spec.questions]
            case ProblemKind.UNKNOWN_ANSWER:
                values = next(each.values for each in self.spec.questions if each.key == key)
                listed = _(" (the answers of “%(key)s” are: %(values)s)")
                more = listed % {"key": key, "values": ", ".join(values) or "–"}
                return str(_UNKNOWN[problem.kind]) % {"name": value} + more
            case ProblemKind.UNKNOWN_PARAMETER:
                known = list(self.spec.parameters)
            case ProblemKind.UNKNOWN_TEXT:
                known = list(self.spec.texts)
        return str(_UNKNOWN[problem.kind]) % {"name": problem.detail} + did_you_mean(problem.detail, known)

    def _unknown_tags(self, condition: Condition) -> list[str]:
        named = {part["tag"] for part in parts_of(condition) if "tag" in part}
        return [
            _("No exam is “%(tag)s”") % {"tag": tag} + did_you_mean(tag, sorted(self.tags))
            for tag in sorted(named - self.tags - TAGS.keys())
        ]


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    near = get_close_matches(typed, list(known), n=1, cutoff=NEAR)
    return _(". Did you mean “%(name)s”?") % {"name": near[0]} if near else ""


class AddTestForm(forms.Form):
    """One test, as it would be typed, and how it goes on from what is there."""

    JOINS = (
        ("and", gettext_lazy("and")),
        ("or", gettext_lazy("or")),
        ("and not", gettext_lazy("and not")),
        ("or not", gettext_lazy("or not")),
    )

    prefix = "test"
    join = forms.ChoiceField(label=gettext_lazy("Go on with"), choices=JOINS, required=False)
    number = forms.CharField(
        label=gettext_lazy("Number, or its name"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input-number"}),
    )

    def __init__(self, *args: Any, spec: VersionSpec, tags: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["test"] = forms.ChoiceField(
            label=_("Test"),
            choices=[("", _("Choose")), *tests_of(spec, tags)],
            error_messages={"required": _("Choose the test to add"), "invalid_choice": _("Choose a test")},
        )
        self.fields["number"].help_text = _("Only where # stands in the test: 10, or one of your numbers.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        test = given.get("test", "")
        if NUMBER in test:
            typed = (given.get("number") or "").strip()
            try:
                given["condition"] = read(test.replace(NUMBER, typed))
            except ConditionTextError:
                self.add_error("number", _("Enter the number for “%(test)s”") % {"test": test})
        elif test:
            given["condition"] = read(test)
        return given

    @property
    def in_order(self) -> list[Any]:
        return [self[name] for name in ("join", "test", "number")]

    def added_to(self, condition: Condition) -> Condition:
        join, _space, negated = (self.cleaned_data["join"] or "and").partition(" ")
        test = self.cleaned_data["condition"]
        test = {"not": test} if negated else test
        if not condition:
            return test
        word = "all" if join == "and" else "any"
        before = condition.get(word, [condition])
        return {word: [*before, test]}


def tests_of(spec: VersionSpec, tags: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every test that can be made, by what it is about."""
    sentences = Sentences(spec)
    groups = [
        (f"{question.key}: {sentences.name(question.key)}", tests_of_question(question, sentences))
        for question in spec.questions
    ]
    fixed = [(phrase, sentences(test)) for phrase, test in FIXED.items()]
    texts = [
        (f"reason mentions {key}", f"reason mentions {key}") for key in spec.texts if key.endswith("_words")
    ]
    about = [*fixed, *texts, (f"age from {NUMBER} to 150", _("the patient is # years old or older"))]
    exams = [(write({"tag": tag}), sentences({"tag": tag})) for tag in sorted({*TAGS, *tags})]
    return [*groups, (_("The visit and the patient"), about), (_("The exam"), exams)]


def tests_of_question(question: QuestionSpec, sentences: Sentences) -> list[tuple[str, str]]:
    has = "in" if question.kind is QuestionKind.MULTI else "is"
    tests: list[dict[str, Any]] = [
        {"q": question.key, has: [value] if has == "in" else value} for value in question.values
    ]
    tests.append({"q": question.key, "answered": True})
    found = [(write(test), sentences(test)) for test in tests]
    typed = write({"q": question.key, "answered": True}).removesuffix(" is answered")
    if question.kind is QuestionKind.NUMBER:
        found.insert(0, (f"{typed} over {NUMBER}", _("more than #")))
    if question.is_day:
        found.insert(0, (f"{typed} within {NUMBER} days of the visit", _("at most # days before the visit")))
        found.insert(1, (f"{typed} within {NUMBER} days of answering", _("at most # days before answering")))
    return found


def vocabulary(spec: VersionSpec, tags: Iterable[str]) -> dict[str, Any]:
    """What may be named, for the list beside the box."""
    sentences = Sentences(spec)
    return {
        "questions": [
            (question.key, sentences.name(question.key), question.values, _asks_for(question))
            for question in spec.questions
        ],
        "parameters": list(spec.parameters.items()),
        "tags": sorted({*TAGS, *tags}),
        "phrases": [*FIXED, *(f"reason mentions {key}" for key in spec.texts if key.endswith("_words"))],
    }


def _asks_for(question: QuestionSpec) -> Words:
    if question.is_day:
        return _("a day")
    if question.kind is QuestionKind.NUMBER:
        return _("a number")
    return _("words") if question.kind is QuestionKind.TEXT else ""
