"""What a test leads to: the page that patients see, in each language, and the rules behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from scheduling.forms.outcome_words import messages_of, title_of
from scheduling.forms.screening import Words
from scheduling.manage.condition_words import Sentences
from scheduling.manage.version_page import TONES, effect_words
from scheduling.models.screening import Disposition as Outcomes
from scheduling.rules.screening import (
    LANGUAGES,
    Circumstances,
    Outcome,
    VersionSpec,
    acts_near,
    assess,
)
from scheduling.rules.screening_trace import Fired, Idle, trace
from scheduling.wall_clock import day_words


@dataclass(frozen=True, slots=True)
class Told:
    """The page of the outcome in one language."""

    language: str
    title: str
    messages: list[str]
    first_day: str
    again: str


@dataclass(frozen=True, slots=True)
class FiredRow:
    key: str
    outcome: str
    tone: str
    because: list[str]
    idle: str
    first_day: str


@dataclass(frozen=True, slots=True)
class Tried:
    outcome: str
    tone: str
    first_day: str
    told: list[Told]
    acting: list[FiredRow]
    idle: list[FiredRow]
    effects: list[str]


def tried(version: VersionSpec, answers: Mapping[str, Any], where: Circumstances) -> Tried:
    outcome, sentences = assess(version, answers, where), Sentences(version)
    rows = [_row(fired, sentences) for fired in trace(version, answers, where)]
    return Tried(
        outcome=str(Outcomes(outcome.disposition).label),
        tone=TONES[outcome.disposition],
        first_day=day_words(outcome.defer_until, year=True) if outcome.defer_until else "",
        told=[_told(version, outcome, where, language) for language in LANGUAGES],
        acting=[row for row in rows if not row.idle],
        idle=[row for row in rows if row.idle],
        effects=[effect_words(effect, sentences) for effect in outcome.effects],
    )


def _told(version: VersionSpec, outcome: Outcome, where: Circumstances, language: str) -> Told:
    words = Words(version, language)
    with translation.override(language):
        return Told(
            language=language,
            title=title_of(outcome, words, explains_chest=outcome.explains_chest),
            messages=messages_of(outcome, words),
            first_day=day_words(outcome.defer_until) if outcome.defer_until else "",
            again="" if acts_near(version, where) else words.page("again"),
        )


def _row(fired: Fired, sentences: Sentences) -> FiredRow:
    idle = {
        Idle.TOO_FAR: _("Does nothing: the visit is too far ahead, so it is asked again."),
        Idle.DAY_HAS_COME: _("Does nothing: that day has come by the visit."),
    }
    return FiredRow(
        key=fired.rule.key,
        outcome=str(Outcomes(fired.rule.disposition).label),
        tone=TONES[fired.rule.disposition],
        because=[sentences.test(each.test, holds=each.is_held) for each in fired.because],
        idle=idle[fired.idle] if fired.idle else "",
        first_day=day_words(fired.first_day, year=True) if fired.first_day else "",
    )
