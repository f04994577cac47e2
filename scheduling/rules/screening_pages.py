"""How the questions of a version spread over pages: those that stand alone, one short page, and the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from scheduling.rules.conditions import Condition
from scheduling.rules.screening import QuestionSpec, VersionSpec, unanswered

FollowUps = Mapping[tuple[str, ...], tuple[QuestionSpec, ...]]


def first_page(shown: tuple[QuestionSpec, ...]) -> tuple[QuestionSpec, ...]:
    """Questions that stand alone whatever was answered, such as the one about emergency signs."""
    return tuple(question for question in shown if question.stands_alone and not question.show_if)


def short_page(version: VersionSpec, shown: tuple[QuestionSpec, ...]) -> tuple[QuestionSpec, ...]:
    """All else that is shown, with the follow-ups that can open below an answer on the same page."""
    return opened(version, tuple(question for question in shown if not question.stands_alone))


def opened(version: VersionSpec, shown: tuple[QuestionSpec, ...]) -> tuple[QuestionSpec, ...]:
    """These, and the follow-ups that an answer to one of them can open."""
    page = {question.key: question for question in shown}
    in_order = sorted(version.questions, key=lambda question: question.position)
    for question in in_order:
        parents = [page[key] for key in (question.show_if.get("q"),) if key in page]
        if parents and not question.stands_alone and values_that_show(question.show_if, parents[0]):
            page[question.key] = question
    return tuple(question for question in in_order if question.key in page)


def follow_ups(question: QuestionSpec, page: tuple[QuestionSpec, ...]) -> FollowUps:
    """The questions that open below neighboring answers to this one, by those answers."""
    groups: dict[tuple[str, ...], tuple[QuestionSpec, ...]] = {}
    for child in page:
        values = values_that_show(child.show_if, question)
        taken = {value for other in groups if other != values for value in other}
        if values and taken.isdisjoint(values):
            groups[values] = (*groups.get(values, ()), child)
    return groups


def values_that_show(show_if: Condition, question: QuestionSpec) -> tuple[str, ...]:
    """Empty when the condition is not simply that this question has one of some neighboring answers."""
    if show_if.get("q") != question.key:
        return ()
    wanted = show_if.get("in", [show_if["is"]] if "is" in show_if else [])
    places = [place for place, value in enumerate(question.values) if value in wanted]
    if not places or places[-1] - places[0] != len(places) - 1:
        return ()
    return question.values[places[0] : places[-1] + 1]


@dataclass(frozen=True, slots=True)
class FormPage:
    """A question with all that follows from it. `number` stands in its address: the same as long as the
    version is, and no hint to what is asked."""

    number: int
    questions: tuple[QuestionSpec, ...]

    def is_answered(self, shown: Collection[str], answers: Mapping[str, Any]) -> bool:
        asked = tuple(question for question in self.questions if question.key in shown)
        return not unanswered(asked, answers)


def form_pages(
    version: VersionSpec, shown: tuple[QuestionSpec, ...], left_out: Collection[str]
) -> tuple[FormPage, ...]:
    """One question a page, in order, with the follow-ups that can open below it.

    `left_out` are the keys of questions answered elsewhere. The follow-ups of one of these share a page.
    """
    on_form = tuple(question for question in shown if question.key not in left_out)
    families: dict[str, list[QuestionSpec]] = {}
    for question in opened(version, on_form):
        families.setdefault(_first_ancestor(question, version), []).append(question)
    pages = [FormPage(family[0].position, tuple(family)) for family in families.values()]
    return tuple(sorted(pages, key=lambda page: page.number))


def _first_ancestor(question: QuestionSpec, version: VersionSpec) -> str:
    by_key = {other.key: other for other in version.questions}
    while (parent := by_key.get(question.show_if.get("q", ""))) is not None:
        question = parent
    return question.key
