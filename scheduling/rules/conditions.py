"""The small language in which questionnaires say "if": data that an administrator edits, never code.

{}                                                  always
{"all": [...]}  {"any": [...]}  {"not": {...}}
{"q": "pos", "is": "yes"}                           the answer, or one of several ticked answers
{"q": "sympt", "in": ["fever", "cough"]}
{"q": "onset", "answered": true}
{"q": "weight", "over": 300}                        a number; here too a parameter's name may stand
{"q": "met_on", "within_days": "contact_days", "of": "visit_on"}    days: a number or a parameter's name
{"tag": "chest_respiratory"}                        the exam carries the tag
{"has_order": true}
{"proxy": true}                                     somebody else answers for the patient; a question that
                                                    asks for {"proxy": false} is private: never shown back
{"reason_mentions": "covid_words"}                  what the scan is for, as it was typed, has one of the
                                                    words of this text of the version (rules/mentions.py)
{"prefers_phone": true}                             who answers would rather be asked on the phone
{"age_between": ["from_age", 55]}                   in years on the day of the visit, both ages included
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from scheduling.rules.mentions import mentions, word_list

Condition = Mapping[str, Any]
Answer = str | int | tuple[str, ...] | date | None

ONLY_THE_PATIENT: Final = {"proxy": False}
REFERENCE_DATES: Final = ("answered_on", "visit_on")
_SHAPES: Final = (
    {"all"},
    {"any"},
    {"not"},
    {"q", "is"},
    {"q", "in"},
    {"q", "answered"},
    {"q", "over"},
    {"q", "within_days", "of"},
    {"tag"},
    {"has_order"},
    {"proxy"},
    {"prefers_phone"},
    {"reason_mentions"},
    {"age_between"},
)


class ConditionError(ValueError):
    """Not in the language. Publishing refuses a version that holds one, so patients never meet it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a condition may look at. Hidden questions have no answer here, whatever was once said to them."""

    answers: Mapping[str, Answer]
    answered_on: date
    visit_on: date
    tags: frozenset[str]
    has_order: bool
    parameters: Mapping[str, int]
    by_proxy: bool = False
    prefers_phone: bool = False
    age: int | None = None  # not known yet
    reason: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def holds(condition: Condition, facts: Facts) -> bool:
    if not condition:
        return True
    match condition:
        case {"all": parts}:
            return all(holds(part, facts) for part in parts)
        case {"any": parts}:
            return any(holds(part, facts) for part in parts)
        case {"not": part}:
            return not holds(part, facts)
        case {"q": key, **test}:
            return _answer_passes(facts.answers.get(key), test, facts)
    return _fact_passes(condition, facts)


def _fact_passes(condition: Condition, facts: Facts) -> bool:
    match condition:
        case {"tag": tag}:
            return tag in facts.tags
        case {"has_order": wanted}:
            return facts.has_order is bool(wanted)
        case {"proxy": wanted}:
            return facts.by_proxy is bool(wanted)
        case {"prefers_phone": wanted}:
            return facts.prefers_phone is bool(wanted)
        case {"reason_mentions": name}:
            return mentions(facts.reason, word_list(facts.texts[name]))
        case {"age_between": [youngest, oldest]}:
            if facts.age is None:
                return False
            parameters = facts.parameters
            return number_of(youngest, parameters) <= facts.age <= number_of(oldest, parameters)
    raise ConditionError(f"not a condition: {condition!r}")


def _answer_passes(answer: Answer, test: Mapping[str, Any], facts: Facts) -> bool:
    match test:
        case {"is": value}:
            return value in _values(answer)
        case {"in": values}:
            return not set(values).isdisjoint(_values(answer))
        case {"answered": wanted}:
            return (answer is not None) is bool(wanted)
        case {"over": limit}:
            return isinstance(answer, int) and answer > number_of(limit, facts.parameters)
        case {"within_days": days, "of": reference} if reference in REFERENCE_DATES:
            if not isinstance(answer, date):
                return False
            base = facts.visit_on if reference == "visit_on" else facts.answered_on
            return (base - answer).days <= number_of(days, facts.parameters)
    raise ConditionError(f"not a test of an answer: {test!r}")


def number_of(number: int | str, parameters: Mapping[str, int]) -> int:
    """A number, or the parameter that holds it."""
    return parameters[number] if isinstance(number, str) else number


def _values(answer: Answer) -> tuple[str, ...]:
    if isinstance(answer, tuple):
        return answer
    return (answer,) if isinstance(answer, str) else ()


def parts_of(condition: Condition) -> Iterator[Condition]:
    """Every single test in a condition, at any depth.

    Raises ConditionError at the first part that is not in the language.
    """
    if not isinstance(condition, Mapping) or (condition and set(condition) not in _SHAPES):
        raise ConditionError(f"not a condition: {condition!r}")
    for word in ("all", "any"):
        if word in condition:
            if not isinstance(condition[word], (list, tuple)) or not condition[word]:
                raise ConditionError(f"{word!r} needs a list")
            for part in condition[word]:
                yield from parts_of(part)
            return
    if "not" in condition:
        yield from parts_of(condition["not"])
        return
    if "in" in condition and not (isinstance(condition["in"], (list, tuple)) and condition["in"]):
        raise ConditionError("'in' needs a list of answers")
    if "age_between" in condition and not _is_range(condition["age_between"]):
        raise ConditionError("'age_between' needs two ages")
    if condition:
        yield condition


def _is_range(ages: object) -> bool:
    return (
        isinstance(ages, (list, tuple))
        and len(ages) == 2
        and all(isinstance(age, (int, str)) for age in ages)
    )
