"""Why answers lead to what they lead to: for whoever tries a version out before patients meet it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from scheduling.rules.conditions import Condition, Facts, holds
from scheduling.rules.screening import (
    ActsWhen,
    Circumstances,
    RuleSpec,
    VersionSpec,
    acts_near,
    facts_of,
    first_day,
)


class Idle(StrEnum):
    """Why a rule that holds does nothing."""

    TOO_FAR = "too_far"  # the visit is so far ahead that the answers will be old
    DAY_HAS_COME = "day_has_come"  # the first possible day is the visit's, or earlier


@dataclass(frozen=True, slots=True)
class Decisive:
    """A single test that decided, and whether it holds."""

    test: Condition
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A rule whose condition holds. `idle` is empty when it acts."""

    rule: RuleSpec
    because: tuple[Decisive, ...]
    first_day: date | None
    idle: Idle | None


def trace(version: VersionSpec, answers: Mapping[str, Any], where: Circumstances) -> list[Fired]:
    """Every rule that holds, in order. Those without `idle` are the reasons that `assess` gives."""
    facts, near = facts_of(version, answers, where), acts_near(version, where)
    found: list[Fired] = []
    for rule in sorted(version.rules, key=lambda rule: rule.position):
        if holds(rule.condition, facts):
            day = first_day(rule.defer, facts) if rule.defer else None
            found.append(
                Fired(
                    rule=rule,
                    because=tuple(_each_once(decisive(rule.condition, facts))),
                    first_day=day,
                    idle=_idle(rule, day, near=near, visit_on=where.visit_on),
                )
            )
    return found


def _idle(rule: RuleSpec, day: date | None, *, near: bool, visit_on: date) -> Idle | None:
    if not near and rule.acts_when is not ActsWhen.ALWAYS:
        return Idle.TOO_FAR
    return Idle.DAY_HAS_COME if day is not None and day <= visit_on else None


def _each_once(found: Iterator[Decisive]) -> list[Decisive]:
    kept: list[Decisive] = []
    for each in found:
        if each not in kept:
            kept.append(each)
    return kept


def decisive(condition: Condition, facts: Facts) -> Iterator[Decisive]:
    """The tests that alone make the condition hold or fail: of several that would do, all."""
    result = holds(condition, facts)
    match condition:
        case {"all": parts} | {"any": parts}:
            needs_each = ("all" in condition) is result
            for part in parts:
                if needs_each or holds(part, facts) is result:
                    yield from decisive(part, facts)
        case {"not": part}:
            yield from decisive(part, facts)
        case _ if condition:
            yield Decisive(condition, result)
