"""A questionnaire as plain data, in preset files and in the database, read into typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scheduling.rules.screening import (
    LANGUAGES,
    ActsWhen,
    ChoiceSpec,
    DeferSpec,
    Disposition,
    Effect,
    FormKind,
    QuestionKind,
    QuestionSpec,
    RuleSpec,
    Stage,
    Texts,
    VersionSpec,
)


def version_from_data(data: Mapping[str, Any]) -> VersionSpec:
    """The order of the data is the order of asking. Raises KeyError or ValueError for another shape."""
    return VersionSpec(
        questionnaire=data["questionnaire"],
        kind=FormKind(data["kind"]),
        number=data.get("number", 0),
        parameters=dict(data["parameters"]),
        texts={key: texts_from(texts) for key, texts in data["texts"].items()},
        reviewed_on=data.get("reviewed_on"),
        questions=tuple(
            question_from_data(question, position)
            for position, question in enumerate(data["questions"], start=1)
        ),
        rules=tuple(rule_from_data(rule, position) for position, rule in enumerate(data["rules"], start=1)),
    )


def question_from_data(data: Mapping[str, Any], position: int) -> QuestionSpec:
    return QuestionSpec(
        key=data["key"],
        position=position,
        kind=QuestionKind(data["kind"]),
        text=texts_from(data),
        hint=texts_from(data, prefix="hint_"),
        choices=choices_from(data.get("choices", ())),
        show_if=data.get("show_if", {}),
        stands_alone=data.get("stands_alone", False),
        stage=Stage(data.get("stage", Stage.BOOKING)),
        optional=data.get("optional", False),
    )


def rule_from_data(data: Mapping[str, Any], position: int) -> RuleSpec:
    return RuleSpec(
        key=data["key"],
        position=position,
        condition=data["condition"],
        disposition=Disposition(data["disposition"]),
        message=texts_from(data),
        defer=defer_from(data.get("defer", {})),
        effects=effects_from(data.get("effects", ())),
        acts_when=ActsWhen(data.get("acts_when", ActsWhen.NEAR)),
    )


def texts_from(data: Mapping[str, Any], prefix: str = "") -> Texts:
    return {
        language: data[f"{prefix}{language}"] for language in LANGUAGES if data.get(f"{prefix}{language}")
    }


def choices_from(data: Sequence[Mapping[str, str]]) -> tuple[ChoiceSpec, ...]:
    return tuple(ChoiceSpec(value=choice["value"], text=texts_from(choice)) for choice in data)


def defer_from(data: Mapping[str, Any]) -> DeferSpec | None:
    if not data:
        return None
    return DeferSpec(
        after=tuple(data.get("after", ())), days=data.get("days", 0), full_days=data.get("full_days")
    )


def effects_from(data: Sequence[str | Mapping[str, Any]]) -> tuple[Effect, ...]:
    """An effect is a name, or a name with a value: "mask", {"name": "extra_minutes", "value": 15}."""
    return tuple(
        Effect(name=effect) if isinstance(effect, str) else Effect(name=effect["name"], value=effect["value"])
        for effect in data
    )


def effects_to_data(effects: Sequence[Effect]) -> list[str | dict[str, str | int]]:
    return [
        effect.name if effect.value is None else {"name": effect.name, "value": effect.value}
        for effect in effects
    ]


def defer_to_data(defer: DeferSpec | None) -> dict[str, Any]:
    if defer is None:
        return {}
    amount = {"days": defer.days} if defer.full_days is None else {"full_days": defer.full_days}
    return {"after": list(defer.after), **amount}


def choices_to_data(choices: Sequence[ChoiceSpec]) -> list[dict[str, str]]:
    return [{"value": choice.value, **choice.text} for choice in choices]
