"""A version as people read it: questions in order, rules with what they lead to, numbers and texts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.words import Words
from scheduling.manage.condition_words import Sentences
from scheduling.manage.words import EFFECTS, TEXTS, parameter_words
from scheduling.models import Question
from scheduling.models.screening import Disposition
from scheduling.rules.conditions import ConditionError, parts_of
from scheduling.rules.screening import (
    ActsWhen,
    ChoiceSpec,
    DeferSpec,
    Effect,
    FormKind,
    QuestionSpec,
    RuleSpec,
    Texts,
    VersionSpec,
    placeholders,
)
from scheduling.rules.version_diff import condition_line

NAME = "name_"  # texts that name a question in lists
TONES: Mapping[str, str] = {
    "ok": "moss",
    "mask": "slate",
    "review": "amber",
    "defer": "amber",
    "callback": "brick",
    "emergency": "brick",
}
_STAGES: Mapping[str, Words] = dict(Question.Stage.choices)
_KINDS: Mapping[str, Words] = dict(Question.Kind.choices)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    number: int
    key: str
    name: str
    kind: Words
    stage: Words
    text: Texts
    hint: Texts
    choices: tuple[ChoiceSpec, ...]
    shown: str  # empty: always
    shown_text: str
    stands_alone: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    number: int
    key: str
    outcome: Words
    tone: str
    sentence: str
    condition: str
    first_day: str
    effects: tuple[str, ...]
    message: Texts
    acts_always: bool


@dataclass(frozen=True, slots=True)
class ParameterRow:
    key: str
    words: str
    value: int
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextRow:
    key: str
    words: str
    text: Texts
    is_name: bool


@dataclass(frozen=True, slots=True)
class VersionSections:
    questions: list[QuestionRow]
    rules: list[RuleRow]
    parameters: list[ParameterRow]
    texts: list[TextRow]
    names: list[TextRow]


def sections_of(spec: VersionSpec) -> VersionSections:
    sentences = Sentences(spec)
    texts = [text_row(key, text, sentences) for key, text in spec.texts.items()]
    return VersionSections(
        questions=[
            question_row(number, question, sentences)
            for number, question in enumerate(spec.questions, start=1)
        ],
        rules=[rule_row(number, rule, sentences) for number, rule in enumerate(spec.rules, start=1)],
        parameters=parameter_rows(spec),
        texts=[row for row in texts if not row.is_name],
        names=[row for row in texts if row.is_name],
    )


def question_row(number: int, question: QuestionSpec, sentences: Sentences) -> QuestionRow:
    always = not question.show_if
    staged = sentences.version.kind is FormKind.SAFETY
    return QuestionRow(
        number=number,
        key=question.key,
        name=sentences.name(question.key),
        kind=_KINDS[question.kind],
        stage=_STAGES[question.stage] if staged else "",
        text=question.text,
        hint=question.hint,
        choices=question.choices,
        shown="" if always else sentences(question.show_if),
        shown_text="" if always else condition_line(question.show_if, sentences.version),
        stands_alone=question.stands_alone,
        optional=question.optional,
    )


def rule_row(number: int, rule: RuleSpec, sentences: Sentences) -> RuleRow:
    return RuleRow(
        number=number,
        key=rule.key,
        outcome=Disposition(rule.disposition).label,
        tone=TONES[rule.disposition],
        sentence=sentences(rule.condition),
        condition=condition_line(rule.condition, sentences.version),
        first_day=first_day_words(rule.defer, sentences),
        effects=tuple(effect_words(effect, sentences) for effect in rule.effects),
        message=rule.message,
        acts_always=rule.acts_when is ActsWhen.ALWAYS,
    )


def first_day_words(defer: DeferSpec | None, sentences: Sentences) -> str:
    if defer is None:
        return ""
    names = _(", else ").join(f"“{sentences.name(key)}”" for key in defer.after)
    number = sentences.number(defer.days if defer.full_days is None else defer.full_days)
    said = {"days": number, "names": names or _("the day of answering")}
    if defer.full_days is None:
        return _("First possible day: %(days)s days after %(names)s.") % said
    return _("First possible day: the day after %(days)s full days from %(names)s.") % said


def effect_words(effect: Effect, sentences: Sentences) -> str:
    words = str(EFFECTS[effect.name][0]) if effect.name in EFFECTS else effect.name
    if effect.value is None:
        return words
    return f"{words}: {effect.value if isinstance(effect.value, int) else sentences.name(effect.value)}"


def parameter_rows(spec: VersionSpec) -> list[ParameterRow]:
    uses = uses_of_parameters(spec)
    return [
        ParameterRow(key, parameter_words(key), value, tuple(uses.get(key, ())))
        for key, value in spec.parameters.items()
    ]


def text_row(key: str, text: Texts, sentences: Sentences) -> TextRow:
    is_name = key.startswith(NAME)
    if is_name:
        return TextRow(key, key.removeprefix(NAME), text, is_name)
    return TextRow(key, str(TEXTS.get(key) or key.replace("_", " ").capitalize()), text, is_name)


_KNOWN_TO_CODE: Mapping[str, Words] = {
    "window_days": gettext_lazy("all rules that act only near the visit"),
}


def uses_of_parameters(spec: VersionSpec) -> dict[str, list[str]]:
    """By name: the keys of the questions, rules and texts that take the number."""
    uses: dict[str, list[str]] = {name: [str(words)] for name, words in _KNOWN_TO_CODE.items()}

    def note(names: object, where: str) -> None:
        for name in names if isinstance(names, (set, frozenset, list, tuple)) else ():
            if isinstance(name, str) and where not in uses.setdefault(name, []):
                uses[name].append(where)

    for question in spec.questions:
        note(_named_in(question.show_if), question.key)
        for texts in (question.text, question.hint, *(choice.text for choice in question.choices)):
            note(_placeholders(texts), question.key)
    for rule in spec.rules:
        note(_named_in(rule.condition), rule.key)
        note(_placeholders(rule.message), rule.key)
        if rule.defer:
            note([rule.defer.days, rule.defer.full_days], rule.key)
    for key, texts in spec.texts.items():
        note(_placeholders(texts), key)
    return uses


def _placeholders(texts: Texts) -> frozenset[str]:
    return frozenset[str]().union(*(placeholders(text) for text in texts.values()))


def _named_in(condition: Mapping[str, object]) -> list[object]:
    try:
        parts = list(parts_of(condition))
    except ConditionError:
        return []
    found: list[object] = []
    for part in parts:
        found += [part.get("over"), part.get("within_days"), *part.get("age_between", ())]
    return found
