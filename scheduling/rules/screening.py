"""What a set of screening answers leads to. Questions, rules, days and texts are data, applied here.

Sources of the shipped rule sets stand in scheduling/presets/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from scheduling.rules.conditions import ONLY_THE_PATIENT, Answer, Condition, Facts, holds, number_of, parts_of

Texts = Mapping[str, str]
LANGUAGES: Final = ("en", "es")
NONE_OF_THESE: Final = "none"
ALERT_DESK: Final = "alert_desk"
EXPLAIN_CHEST: Final = "explain_chest"
RADIOLOGIST: Final = "radiologist"  # a review that a technologist does not decide
_SENSIBLE_YEARS: Final = range(1900, 2200)  # days are added to dates, which end in 9999
WINDOW_DAYS: Final = 3  # 72 hours: answers given earlier are too old to act on; a version may name its own


class FormKind(StrEnum):
    """What a questionnaire is about. Of each kind a draft and a visit have one set of answers."""

    RESPIRATORY = "respiratory"
    SAFETY = "safety"

    @property
    def goes_stale(self) -> bool:
        """Answers about an illness say little of a day far ahead; a pacemaker stays."""
        return self is FormKind.RESPIRATORY


class Stage(StrEnum):
    """When a question is asked, in this order. The answers of all stages are judged together."""

    BEFORE_TIME = "before_time"  # decides whether, where and how long, so before a time is chosen
    BOOKING = "booking"
    VISIT = "visit"  # the full form, after booking

    def is_by(self, until: Stage) -> bool:
        return _STAGES.index(self) <= _STAGES.index(until)


_STAGES: Final = tuple(Stage)


class Disposition(StrEnum):
    OK = "ok"
    MASK = "mask"
    REVIEW = "review"
    DEFER = "defer"
    CALLBACK = "callback"
    EMERGENCY = "emergency"

    @property
    def seriousness(self) -> int:
        return _ORDER.index(self)


_ORDER: Final = tuple(Disposition)


class QuestionKind(StrEnum):
    YES_NO = "yes_no"
    CHOICE = "choice"
    MULTI = "multi"
    DATE = "date"  # a day in the past
    DATE_AHEAD = "date_ahead"  # a day to come
    NUMBER = "number"
    TEXT = "text"


class ActsWhen(StrEnum):
    NEAR = "near"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceSpec:
    value: str
    text: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSpec:
    key: str
    position: int
    kind: QuestionKind
    text: Texts
    hint: Texts = field(default_factory=dict)
    choices: tuple[ChoiceSpec, ...] = ()
    show_if: Condition = field(default_factory=dict)
    stands_alone: bool = False
    stage: Stage = Stage.BOOKING
    optional: bool = False

    @property
    def is_day(self) -> bool:
        return self.kind in (QuestionKind.DATE, QuestionKind.DATE_AHEAD)

    @property
    def values(self) -> tuple[str, ...]:
        if self.kind is QuestionKind.YES_NO:
            return ("yes", "no")
        return tuple(choice.value for choice in self.choices)

    @property
    def is_private(self) -> bool:
        """Asked of nobody but the patient, and so shown back to nobody: a link may be opened by another."""
        return ONLY_THE_PATIENT in parts_of(self.show_if)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferSpec:
    """Counts from day 0: the first of `after` that has a date; without any, the day of answering.

    `full_days` must have passed, so the first possible day is one more; `days` are simply added.
    """

    after: tuple[str, ...] = ()
    days: int | str = 0
    full_days: int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What follows beside the disposition: a note for the room, extra minutes, a scanner's capability.

    A number adds up over the rules that hold; a word may name the question whose number counts.
    """

    name: str
    value: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    key: str
    position: int
    condition: Condition
    disposition: Disposition
    message: Texts
    defer: DeferSpec | None = None
    effects: tuple[Effect, ...] = ()
    acts_when: ActsWhen = ActsWhen.NEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSpec:
    questionnaire: str
    kind: FormKind = FormKind.RESPIRATORY
    number: int
    questions: tuple[QuestionSpec, ...]
    rules: tuple[RuleSpec, ...]
    parameters: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, Texts] = field(default_factory=dict)
    reviewed_on: date | None = None
    pk: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What answers are judged by beside themselves. Dates are days in the location's zone."""

    answered_on: date
    visit_on: date
    tags: frozenset[str]
    has_order: bool
    by_proxy: bool = False  # somebody answers for the patient
    prefers_phone: bool = False  # who answers would rather be asked on the phone
    age: int | None = None  # in years on the day of the visit, as far as it is known
    reason: str = ""  # what the scan is for, as it was typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    rule: str
    disposition: Disposition
    message: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`defer_until` is the first possible day, and only there when the disposition is DEFER."""

    disposition: Disposition
    defer_until: date | None
    reasons: tuple[Reason, ...]
    effects: tuple[Effect, ...]

    @property
    def rule_keys(self) -> tuple[str, ...]:
        return tuple(reason.rule for reason in self.reasons)

    @property
    def explains_chest(self) -> bool:
        """Why a chest scan is no COVID-19 test."""
        return any(effect.name == EXPLAIN_CHEST for effect in self.effects)

    @property
    def asks_for_call(self) -> bool:
        """A person calls the patient. Who is put off to a later day is called only about a sign that
        can't wait for it: a rule that has the answers looked at, and alerts the desk."""
        if self.disposition is Disposition.DEFER:
            looked_at = any(reason.disposition is Disposition.REVIEW for reason in self.reasons)
            return looked_at and Effect(name=ALERT_DESK) in self.effects
        return self.disposition in (Disposition.REVIEW, Disposition.CALLBACK)


def chest_rules(version: VersionSpec) -> frozenset[str]:
    """Those that explain why a chest scan is no COVID-19 test."""
    return frozenset(
        rule.key for rule in version.rules if any(effect.name == EXPLAIN_CHEST for effect in rule.effects)
    )


def private_rules(version: VersionSpec) -> frozenset[str]:
    """Those that look at a private question: that one of them holds would tell its answer."""
    private = {question.key for question in version.questions if question.is_private}
    return frozenset(
        rule.key
        for rule in version.rules
        if any(part.get("q") in private for part in parts_of(rule.condition))
    )


def assess(version: VersionSpec, answers: Mapping[str, Any], where: Circumstances) -> Outcome:
    """The most serious rule wins; all that hold are listed.

    Far from the visit only rules that act always are used, where answers go stale: a positive test today
    says nothing of a visit in three weeks, and the questions are asked again.
    """
    facts = facts_of(version, answers, where)
    near = acts_near(version, where)
    acting: list[tuple[RuleSpec, date | None]] = []
    for rule in sorted(version.rules, key=lambda rule: rule.position):
        if (near or rule.acts_when is ActsWhen.ALWAYS) and holds(rule.condition, facts):
            day = first_day(rule.defer, facts) if rule.defer else None
            if day is None or day > where.visit_on:
                acting.append((rule, day))
    return _outcome(acting)


def acts_near(version: VersionSpec, where: Circumstances) -> bool:
    """Whether the visit is so near that the answers still say something of it."""
    days_ahead = (where.visit_on - where.answered_on).days
    return not version.kind.goes_stale or days_ahead <= version.parameters.get("window_days", WINDOW_DAYS)


def _outcome(acting: list[tuple[RuleSpec, date | None]]) -> Outcome:
    ranked = sorted(acting, key=lambda pair: pair[0].disposition.seriousness, reverse=True)
    worst = ranked[0][0].disposition if ranked else Disposition.OK
    days = [day for _, day in acting if day is not None]
    return Outcome(
        disposition=worst,
        defer_until=max(days) if worst is Disposition.DEFER else None,
        reasons=tuple(
            Reason(rule=rule.key, disposition=rule.disposition, message=rule.message) for rule, _ in ranked
        ),
        effects=_added_up(effect for rule, _ in acting for effect in rule.effects),
    )


def combine(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Of several questionnaires: the most serious wins, reasons and effects add up. None of none."""
    if not outcomes:
        return None
    worst = max((outcome.disposition for outcome in outcomes), key=lambda found: found.seriousness)
    days = [outcome.defer_until for outcome in outcomes if outcome.defer_until]
    reasons = chain.from_iterable(outcome.reasons for outcome in outcomes)
    return Outcome(
        disposition=worst,
        defer_until=max(days) if worst is Disposition.DEFER else None,
        reasons=tuple(sorted(reasons, key=lambda reason: reason.disposition.seriousness, reverse=True)),
        effects=_added_up(chain.from_iterable(outcome.effects for outcome in outcomes)),
    )


def _added_up(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Numbers of one name become their sum; all else is there once."""
    found: dict[Effect, int] = {}
    for effect in effects:
        amount = effect.value if isinstance(effect.value, int) else 0
        key = replace(effect, value=None) if amount else effect
        found[key] = found.get(key, 0) + amount
    return tuple(replace(effect, value=amount) if amount else effect for effect, amount in found.items())


def first_day(defer: DeferSpec, facts: Facts) -> date:
    """Day 0 is the onset or the test; after 10 full days the first possible day is day 11."""
    dates = (facts.answers.get(key) for key in defer.after)
    day_0 = next((day for day in dates if isinstance(day, date)), facts.answered_on)
    if defer.full_days is None:
        return day_0 + timedelta(days=number_of(defer.days, facts.parameters))
    return day_0 + timedelta(days=number_of(defer.full_days, facts.parameters) + 1)


def visible_questions(
    version: VersionSpec, answers: Mapping[str, Any], where: Circumstances
) -> tuple[QuestionSpec, ...]:
    """In order of position. A follow-up of a hidden question is hidden, whatever it was answered before."""
    facts = facts_of(version, answers, where)
    in_order = sorted(version.questions, key=lambda question: question.position)
    return tuple(question for question in in_order if holds(question.show_if, facts))


def asked_questions(
    version: VersionSpec, answers: Mapping[str, Any], where: Circumstances, *, until: Stage
) -> tuple[QuestionSpec, ...]:
    """Those visible ones whose stage has come, and the later ones that were answered already."""
    return tuple(
        question
        for question in visible_questions(version, answers, where)
        if question.stage.is_by(until) or clean_answer(question, answers.get(question.key)) is not None
    )


def unanswered(shown: tuple[QuestionSpec, ...], answers: Mapping[str, Any]) -> tuple[QuestionSpec, ...]:
    return tuple(
        question
        for question in shown
        if not question.optional and clean_answer(question, answers.get(question.key)) is None
    )


def facts_of(version: VersionSpec, answers: Mapping[str, Any], where: Circumstances) -> Facts:
    facts = Facts(
        answers={},
        answered_on=where.answered_on,
        visit_on=where.visit_on,
        tags=where.tags,
        has_order=where.has_order,
        by_proxy=where.by_proxy,
        prefers_phone=where.prefers_phone,
        age=where.age,
        reason=where.reason,
        parameters=version.parameters,
        texts=version.texts,
    )
    for _ in version.questions:  # each pass settles one more level of follow-ups, in any order of questions
        visible = {
            question.key: clean_answer(question, answers.get(question.key))
            for question in version.questions
            if holds(question.show_if, facts)
        }
        if visible == facts.answers:
            break
        facts = replace(facts, answers=visible)
    return facts


def clean_answer(question: QuestionSpec, raw: object) -> Answer:
    """The stored answer as a value of the question's kind; None for nothing or nonsense."""
    match question.kind:
        case QuestionKind.YES_NO | QuestionKind.CHOICE:
            return raw if isinstance(raw, str) and raw in question.values else None
        case QuestionKind.MULTI:
            given = raw if isinstance(raw, (list, tuple)) else ()
            return tuple(value for value in question.values if value in given) or None
        case QuestionKind.DATE | QuestionKind.DATE_AHEAD:
            return _as_date(raw)
        case QuestionKind.NUMBER:
            return _as_number(raw)
        case _:
            return raw.strip() or None if isinstance(raw, str) else None


def _as_number(raw: object) -> int | None:
    """Whole and not below zero."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0 else None


def _as_date(raw: object) -> date | None:
    try:
        day = date.fromisoformat(raw) if isinstance(raw, str) else raw
    except ValueError:
        return None
    return day if isinstance(day, date) and day.year in _SENSIBLE_YEARS else None


_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def fill(text: str, parameters: Mapping[str, int]) -> str:
    """Numbers in texts come from the version's parameters: "in the last {deferral_days} days"."""
    return _PLACEHOLDER.sub(lambda match: str(parameters.get(match[1], match[0])), text)


def placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))
