"""What keeps a draft of a questionnaire from being published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.rules.conditions import Condition, ConditionError, parts_of
from scheduling.rules.needs import EFFECTS, EXTRA_MINUTES, NUMBER_OF_QUESTION
from scheduling.rules.screening import (
    LANGUAGES,
    Disposition,
    Effect,
    FormKind,
    QuestionKind,
    QuestionSpec,
    RuleSpec,
    Stage,
    Texts,
    VersionSpec,
    placeholders,
)

# A device puts nobody off to a later day: a person finds out, before a time is chosen or after it.
OUTCOMES_OF_SAFETY = (Disposition.OK, Disposition.REVIEW, Disposition.CALLBACK)


class ProblemKind(StrEnum):
    NOTHING_TO_ASK = "nothing_to_ask"
    NO_RULES = "no_rules"
    DOUBLE_KEY = "double_key"
    BAD_CONDITION = "bad_condition"
    UNKNOWN_QUESTION = "unknown_question"
    UNKNOWN_ANSWER = "unknown_answer"
    UNKNOWN_PARAMETER = "unknown_parameter"
    UNKNOWN_TEXT = "unknown_text"
    NOT_A_DATE = "not_a_date"
    UNREACHABLE = "unreachable"
    NOT_USED = "not_used"
    NO_CHOICES = "no_choices"
    MISSING_TRANSLATION = "missing_translation"
    NO_FIRST_DAY = "no_first_day"
    NOT_A_NUMBER = "not_a_number"
    OTHER_MODALITY = "other_modality"
    UNKNOWN_EFFECT = "unknown_effect"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_OUTCOME = "wrong_outcome"
    WRONG_STAGE = "wrong_stage"
    REVIEWED_LATER = "reviewed_later"
    NOT_REVIEWED = "not_reviewed"
    NOT_APPROVED = "not_approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`where` is the key of the question, rule or text; `detail` the name that is wrong."""

    kind: ProblemKind
    where: str
    detail: str = ""


def validate_version(version: VersionSpec, *, today: date | None = None) -> list[Problem]:
    """Everything that is wrong, so that it can be mended in one go; an empty list may be published.

    `today` is the day where patients are told when the guidance was last reviewed.
    """
    return [
        *_problems_of_review(version, today),
        *_problems_of_the_whole(version),
        *(problem for question in version.questions for problem in _problems_of_question(question, version)),
        *(problem for rule in version.rules for problem in _problems_of_rule(rule, version)),
        *_problems_of_texts(version),
    ]


def _problems_of_review(version: VersionSpec, today: date | None) -> Iterator[Problem]:
    if today and version.reviewed_on and version.reviewed_on > today:
        yield Problem(
            kind=ProblemKind.REVIEWED_LATER, where="reviewed_on", detail=version.reviewed_on.isoformat()
        )


def _problems_of_the_whole(version: VersionSpec) -> Iterator[Problem]:
    if not version.questions:
        yield Problem(kind=ProblemKind.NOTHING_TO_ASK, where="")
    if not version.rules:
        yield Problem(kind=ProblemKind.NO_RULES, where="")
    for keyed in (version.questions, version.rules):
        for key, count in Counter(item.key for item in keyed).items():
            if count > 1:
                yield Problem(kind=ProblemKind.DOUBLE_KEY, where=key)
    used = _used_questions(version)
    for question in version.questions:
        # No more is stored than the rules need, or the person who looks at what they flag.
        if question.key not in used and question.kind is not QuestionKind.TEXT:
            yield Problem(kind=ProblemKind.NOT_USED, where=question.key)


def _used_questions(version: VersionSpec) -> frozenset[str]:
    conditions = [
        *(question.show_if for question in version.questions),
        *(rule.condition for rule in version.rules),
    ]
    named = {part["q"] for condition in conditions for part in _readable_parts(condition) if "q" in part}
    counted_from = {key for rule in version.rules if rule.defer for key in rule.defer.after}
    counting = {str(effect.value) for rule in version.rules for effect in rule.effects}
    return frozenset(named | counted_from | counting)


def _readable_parts(condition: Condition) -> list[Condition]:
    try:
        return list(parts_of(condition))
    except ConditionError:
        return []  # reported where the condition stands


def _problems_of_question(question: QuestionSpec, version: VersionSpec) -> Iterator[Problem]:
    yield from problems_of_condition(question.show_if, question.key, version)
    earlier = {other.key for other in version.questions if other.position < question.position}
    known = {other.key for other in version.questions}
    later = {other.key for other in version.questions if not other.stage.is_by(question.stage)}
    for part in _readable_parts(question.show_if):
        if part.get("q") in (known - earlier) | later:  # asked later, or hangs on itself: it is never shown
            yield Problem(kind=ProblemKind.UNREACHABLE, where=question.key, detail=part["q"])
    if version.kind is FormKind.RESPIRATORY and question.stage is not Stage.BOOKING:
        yield Problem(kind=ProblemKind.WRONG_STAGE, where=question.key, detail=question.stage)
    if question.kind in (QuestionKind.CHOICE, QuestionKind.MULTI) and not question.choices:
        yield Problem(kind=ProblemKind.NO_CHOICES, where=question.key)


def _problems_of_rule(rule: RuleSpec, version: VersionSpec) -> Iterator[Problem]:
    yield from problems_of_condition(rule.condition, rule.key, version)
    if version.kind is FormKind.SAFETY and rule.disposition not in OUTCOMES_OF_SAFETY:
        yield Problem(kind=ProblemKind.WRONG_OUTCOME, where=rule.key, detail=rule.disposition)
    for effect in rule.effects:
        yield from _problems_of_effect(effect, rule.key, version)
    if (rule.defer is not None) != (rule.disposition == "defer"):
        yield Problem(kind=ProblemKind.NO_FIRST_DAY, where=rule.key)
    if rule.defer is None:
        return
    questions = {question.key: question for question in version.questions}
    for key in rule.defer.after:
        if key not in questions:
            yield Problem(kind=ProblemKind.UNKNOWN_QUESTION, where=rule.key, detail=key)
        elif not questions[key].is_day:
            yield Problem(kind=ProblemKind.NOT_A_DATE, where=rule.key, detail=key)
    yield from _unknown_parameters((rule.defer.days, rule.defer.full_days), rule.key, version)


def _problems_of_effect(effect: Effect, where: str, version: VersionSpec) -> Iterator[Problem]:
    """Code stands behind each name: one that is misspelt would do nothing, without a word."""
    if effect.name not in EFFECTS[version.kind]:
        yield Problem(kind=ProblemKind.UNKNOWN_EFFECT, where=where, detail=effect.name)
    elif effect.name in NUMBER_OF_QUESTION:
        questions = {question.key: question for question in version.questions}
        question = questions.get(str(effect.value))
        if question is None or question.kind is not QuestionKind.NUMBER:
            yield Problem(kind=ProblemKind.NOT_A_NUMBER, where=where, detail=str(effect.value))
    elif not (_is_some(effect.value) if effect.name == EXTRA_MINUTES else effect.value is None):
        yield Problem(kind=ProblemKind.WRONG_AMOUNT, where=where, detail=f"{effect.name}: {effect.value}")


def _is_some(amount: str | int | None) -> bool:
    return isinstance(amount, int) and amount > 0


def problems_of_condition(condition: Condition, where: str, version: VersionSpec) -> Iterator[Problem]:
    try:
        parts = list(parts_of(condition))
    except ConditionError as error:
        yield Problem(kind=ProblemKind.BAD_CONDITION, where=where, detail=str(error))
        return
    questions = {question.key: question for question in version.questions}
    for part in parts:
        yield from _unknown_parameters(part.get("age_between", ()), where, version)
        if "reason_mentions" in part and part["reason_mentions"] not in version.texts:
            yield Problem(kind=ProblemKind.UNKNOWN_TEXT, where=where, detail=str(part["reason_mentions"]))
        if "q" not in part:
            continue
        question = questions.get(part["q"])
        if question is None:
            yield Problem(kind=ProblemKind.UNKNOWN_QUESTION, where=where, detail=str(part["q"]))
        else:
            yield from _problems_of_test(part, question, where, version)


def _problems_of_test(
    part: Condition, question: QuestionSpec, where: str, version: VersionSpec
) -> Iterator[Problem]:
    wanted = [part["is"]] if "is" in part else part.get("in", ())
    for value in wanted:
        if value not in question.values:
            yield Problem(kind=ProblemKind.UNKNOWN_ANSWER, where=where, detail=f"{question.key}: {value}")
    if "within_days" in part:
        if not question.is_day:
            yield Problem(kind=ProblemKind.NOT_A_DATE, where=where, detail=question.key)
        yield from _unknown_parameters((part["within_days"],), where, version)
    if "over" in part:
        if question.kind is not QuestionKind.NUMBER:
            yield Problem(kind=ProblemKind.NOT_A_NUMBER, where=where, detail=question.key)
        yield from _unknown_parameters((part["over"],), where, version)


def _unknown_parameters(
    names: Iterable[int | str | None], where: str, version: VersionSpec
) -> Iterator[Problem]:
    for name in names:
        if isinstance(name, str) and name not in version.parameters:
            yield Problem(kind=ProblemKind.UNKNOWN_PARAMETER, where=where, detail=name)


def _problems_of_texts(version: VersionSpec) -> Iterator[Problem]:
    for where, texts, optional in _all_texts(version):
        if optional and not texts:
            continue
        for language in LANGUAGES:
            if not texts.get(language, "").strip():
                yield Problem(kind=ProblemKind.MISSING_TRANSLATION, where=where, detail=language)
        for text in texts.values():
            yield from _unknown_parameters(sorted(placeholders(text)), where, version)


def _all_texts(version: VersionSpec) -> Iterator[tuple[str, Texts, bool]]:
    for key, texts in version.texts.items():
        yield key, texts, False
    for question in version.questions:
        yield question.key, question.text, False
        yield question.key, question.hint, True
        for choice in question.choices:
            yield f"{question.key}: {choice.value}", choice.text, False
    for rule in version.rules:
        yield rule.key, rule.message, False
