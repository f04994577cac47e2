"""What answers ask of the scanner and of its time, and the other effects that rules may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scheduling.rules.screening import ALERT_DESK, EXPLAIN_CHEST, RADIOLOGIST, FormKind, Outcome

WIDE_BORE: Final = "wide_bore"
EXTRA_MINUTES: Final = "extra_minutes"
WEIGHT: Final = "weight_lb"
GIRTH: Final = "girth_in"
LABS: Final = "labs"  # a blood test has to be looked up or asked for
ASK_IN_PRIVATE: Final = "ask_in_private"  # for the technologist: a question that nobody else may answer
NUMBER_OF_QUESTION: Final = (WEIGHT, GIRTH)  # effects whose value is the key of a question
MASK: Final = "mask"
_FOR_THE_ROOM: Final = frozenset({ALERT_DESK, MASK, "room_note", "companion_note"})
# Names that code stands behind, by kind. Answers about an illness change from day to day, and so decide
# nothing about the scanner.
EFFECTS: Final = {
    FormKind.RESPIRATORY: _FOR_THE_ROOM | {EXPLAIN_CHEST},
    FormKind.SAFETY: _FOR_THE_ROOM
    | {WIDE_BORE, EXTRA_MINUTES, LABS, ASK_IN_PRIVATE, RADIOLOGIST, *NUMBER_OF_QUESTION},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a time is chosen for. None, False or 0: nothing to look out for."""

    weight_lb: int | None = None
    girth_in: int | None = None
    wide_bore: bool = False
    extra_minutes: int = 0


def needs_of(outcome: Outcome, answers: Mapping[str, Any]) -> Needs:
    values = {effect.name: effect.value for effect in outcome.effects}
    extra = values.get(EXTRA_MINUTES)
    return Needs(
        weight_lb=_number(answers, values.get(WEIGHT)),
        girth_in=_number(answers, values.get(GIRTH)),
        wide_bore=WIDE_BORE in values,
        extra_minutes=extra if isinstance(extra, int) else 0,
    )


def _number(answers: Mapping[str, Any], question: str | int | None) -> int | None:
    answer = answers.get(question) if isinstance(question, str) else None
    return answer if isinstance(answer, int) else None
