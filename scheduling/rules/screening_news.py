"""What is new in a set of answers to whoever has looked at an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scheduling.rules.conditions import Condition, parts_of
from scheduling.rules.screening import Outcome, Reason, VersionSpec


def new_reasons(
    version: VersionSpec,
    outcome: Outcome,
    answers: Mapping[str, Any],
    *,
    known_rules: Collection[str],
    known_answers: Mapping[str, Any],
) -> tuple[Reason, ...]:
    """Reasons of rules that did not hold before, and of those that held because of other answers: another
    device, another day of surgery, a maker's name where there was none."""
    conditions = {rule.key: rule.condition for rule in version.rules}

    def is_new(rule: str) -> bool:
        condition = conditions[rule]
        return rule not in known_rules or (
            _evidence(version, condition, answers) != _evidence(version, condition, known_answers)
        )

    return tuple(reason for reason in outcome.reasons if is_new(reason.rule))


def _evidence(version: VersionSpec, condition: Condition, answers: Mapping[str, Any]) -> dict[str, object]:
    """The answers that a rule looks at, and the details asked because of them. Of several ticked answers
    only those the rule is about."""
    seen: dict[str, object] = {}
    for part in parts_of(condition):
        if "q" in part:
            seen.setdefault(part["q"], set())
            seen[part["q"]] = _what_counts(part, answers.get(part["q"]), seen[part["q"]])
    followed = set(seen)
    for question in sorted(version.questions, key=lambda question: question.position):
        asked_because = {part["q"] for part in parts_of(question.show_if) if "q" in part}
        if question.key not in seen and asked_because & followed:
            followed.add(question.key)
            seen[question.key] = answers.get(question.key)
    return {key: answer for key, answer in seen.items() if answer}


def _what_counts(part: Condition, answer: object, so_far: object) -> object:
    wanted = [part["is"]] if "is" in part else part.get("in")
    if wanted is None:
        return answer
    given = set(answer) if isinstance(answer, (list, tuple)) else {answer}
    return given & set(wanted) | (so_far if isinstance(so_far, set) else set())
