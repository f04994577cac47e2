"""What is different between two versions: thing by thing, line by line, word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from scheduling.rules.condition_text import write
from scheduling.rules.conditions import Condition, ConditionError
from scheduling.rules.screening import (
    LANGUAGES,
    DeferSpec,
    Effect,
    QuestionKind,
    QuestionSpec,
    RuleSpec,
    Texts,
    VersionSpec,
)

Lines = Mapping[str, str]


class Section(StrEnum):
    ABOUT = "about"
    PARAMETER = "parameter"
    QUESTION = "question"
    RULE = "rule"
    TEXT = "text"


class Mark(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # nothing else is different


@dataclass(frozen=True, slots=True)
class LineChange:
    """`name` of the line, such as `text_es`; an empty side has no such line."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    section: Section
    key: str
    mark: Mark
    lines: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A run of a line; `is_own`: the other side does not have it."""

    text: str
    is_own: bool


def differences(
    before: VersionSpec, after: VersionSpec, *, about: tuple[Lines, Lines] = ({}, {})
) -> list[Difference]:
    """In the order of the newer version, what is gone last of its section. `about`: lines on the versions."""
    found: list[Difference] = []
    for section in Section:
        old, new = _things(section, before, about[0]), _things(section, after, about[1])
        moved = _moved(list(old), list(new)) if section in (Section.QUESTION, Section.RULE) else frozenset()
        for key in [*new, *(key for key in old if key not in new)]:
            mark = _mark(old.get(key), new.get(key), has_moved=key in moved)
            if mark:
                found.append(Difference(section, key, mark, _changed(old.get(key, {}), new.get(key, {}))))
    return found


def _mark(old: Lines | None, new: Lines | None, *, has_moved: bool) -> Mark | None:
    if old is None:
        return Mark.ADDED
    if new is None:
        return Mark.REMOVED
    if old != new:
        return Mark.CHANGED
    return Mark.MOVED if has_moved else None


def _changed(old: Lines, new: Lines) -> tuple[LineChange, ...]:
    names = dict.fromkeys([*new, *old])
    lines = (LineChange(name, old.get(name, ""), new.get(name, "")) for name in names)
    return tuple(line for line in lines if line.before != line.after)


def _moved(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """The keys that are no longer where they were among the others."""
    there = [key for key in old if key in set(new)]
    here = [key for key in new if key in set(old)]
    blocks = SequenceMatcher(None, there, here, autojunk=False).get_matching_blocks()
    in_place = {here[block.b + step] for block in blocks for step in range(block.size)}
    return frozenset(here) - in_place


def _things(section: Section, version: VersionSpec, about: Lines) -> dict[str, Lines]:
    match section:
        case Section.ABOUT:
            return {"": about} if about else {}
        case Section.PARAMETER:
            return {key: {"value": str(value)} for key, value in sorted(version.parameters.items())}
        case Section.TEXT:
            return {key: _texts("text", texts) for key, texts in sorted(version.texts.items())}
        case Section.QUESTION:
            return {question.key: _question(question, version) for question in version.questions}
        case Section.RULE:
            return {rule.key: _rule(rule, version) for rule in version.rules}


def _question(question: QuestionSpec, version: VersionSpec) -> Lines:
    lines = {
        **_texts("text", question.text),
        **_texts("hint", question.hint),
        "kind": question.kind.value,
        "show_if": condition_line(question.show_if, version),
        "stage": question.stage.value,
        "stands_alone": "yes" if question.stands_alone else "no",
        "optional": "yes" if question.optional else "no",
    }
    for choice in question.choices:
        lines |= _texts(f"answer {choice.value}", choice.text)
    return lines


def _rule(rule: RuleSpec, version: VersionSpec) -> Lines:
    return {
        "disposition": rule.disposition.value,
        "condition": condition_line(rule.condition, version),
        "defer": defer_line(rule.defer),
        "effects": ", ".join(map(effect_line, rule.effects)),
        "acts_when": rule.acts_when.value,
        **_texts("message", rule.message),
    }


def _texts(name: str, texts: Texts) -> dict[str, str]:
    return {f"{name} {language}": texts[language] for language in LANGUAGES if texts.get(language)}


def condition_line(condition: Condition, version: VersionSpec) -> str:
    multi = {question.key for question in version.questions if question.kind is QuestionKind.MULTI}
    try:
        return write(condition, multi=multi)
    except ConditionError:
        return str(condition)


def defer_line(defer: DeferSpec | None) -> str:
    """sympt_date, pos_date: 10 full days"""
    if defer is None:
        return ""
    amount = f"{defer.days} days" if defer.full_days is None else f"{defer.full_days} full days"
    return f"{', '.join(defer.after)}: {amount}" if defer.after else amount


def effect_line(effect: Effect) -> str:
    return effect.name if effect.value is None else f"{effect.name} {effect.value}"


def word_by_word(before: str, after: str) -> tuple[list[Words], list[Words]]:
    """Both texts, in runs that both have and runs of their own."""
    old, new = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (before, after))
    left: list[Words] = []
    right: list[Words] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, run in ((left, "".join(old[a:b])), (right, "".join(new[c:d]))):
            if run:
                side.append(Words(run, is_own=tag != "equal"))
    return left, right
