"""The questions of a booking by phone: asked aloud, all on one page, with the answers so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduling.forms.outcome_words import ENDS_BOOKING, messages_of, title_of
from scheduling.forms.screening import ScreeningForm, Words
from scheduling.models import Draft
from scheduling.queries.questionnaires import CHEST_QUESTION, chest_version
from scheduling.queries.screening import (
    answers_of,
    asks_at_booking,
    days_of,
    outcome_of,
    shown_to,
    shown_with,
    version_of,
    version_of_record,
)
from scheduling.rules.screening import Disposition, FormKind, Outcome, QuestionSpec, VersionSpec
from scheduling.rules.screening_pages import opened

CHEST = "chest"
SAFETY = FormKind.SAFETY.value
ILLNESS = FormKind.RESPIRATORY.value
KINDS = {CHEST: FormKind.RESPIRATORY, SAFETY: FormKind.SAFETY, ILLNESS: FormKind.RESPIRATORY}


@dataclass(frozen=True, slots=True)
class Advice:
    """What the answers lead to, to be said to the caller."""

    title: str
    messages: list[str]
    is_emergency: bool
    ends_booking: bool


def question_forms(
    draft: Draft, data: Mapping[str, Any] | None = None, *, now: datetime
) -> dict[str, ScreeningForm]:
    """By part. `data` is what was posted; without it the answers that are kept."""
    found = {}
    for part in (CHEST, SAFETY, ILLNESS):
        version = _version(draft, part, now)
        questions = _questions(draft, part, version, now) if version else ()
        if version and questions:
            found[part] = _form(draft, part, version, questions, data, now)
    return found


def questions_as_typed(
    draft: Draft, posted: Mapping[str, Any] | None, *, now: datetime
) -> list[ScreeningForm]:
    """What is not answered yet is no error: it can be asked later."""
    forms = list(question_forms(draft, posted, now=now).values())
    for form in forms if posted is not None else ():
        for name, faults in form.errors.as_data().items():
            if all(fault.code == "required" for fault in faults):
                del form.errors[name]
    return forms


def answers_in(form: ScreeningForm) -> dict[str, Any]:
    """The valid ones: what is still to be asked is left out."""
    form.is_valid()
    keys = [question.key for question in form.questions]
    return {key: form.cleaned_data[key] for key in keys if form.cleaned_data.get(key) not in (None, "", [])}


def advice_for(draft: Draft, *, now: datetime) -> list[Advice]:
    found = []
    for kind in FormKind:
        outcome, version = outcome_of(draft, kind, now=now), version_of_record(draft, kind, now=now)
        if outcome and version and outcome.reasons and outcome.disposition is not Disposition.OK:
            found.append(_advice(outcome, Words(version, draft.language)))
    return found


def _advice(outcome: Outcome, words: Words) -> Advice:
    return Advice(
        title=title_of(outcome, words, explains_chest=outcome.explains_chest),
        messages=messages_of(outcome, words),
        is_emergency=outcome.disposition is Disposition.EMERGENCY,
        ends_booking=outcome.disposition in ENDS_BOOKING,
    )


def _version(draft: Draft, part: str, now: datetime) -> VersionSpec | None:
    if part == CHEST:
        return chest_version(draft.exam, now)
    if part == ILLNESS and not asks_at_booking(draft, now=now):
        return None
    return version_of(draft, KINDS[part], now=now)


def _questions(draft: Draft, part: str, version: VersionSpec, now: datetime) -> tuple[QuestionSpec, ...]:
    if part == CHEST:
        return tuple(question for question in version.questions if question.key == CHEST_QUESTION)
    asked = opened(version, shown_to(version, draft, now=now))
    return tuple(question for question in asked if question.key != CHEST_QUESTION)


def _form(
    draft: Draft,
    part: str,
    version: VersionSpec,
    questions: tuple[QuestionSpec, ...],
    data: Mapping[str, Any] | None,
    now: datetime,
) -> ScreeningForm:
    today: date = days_of(draft, KINDS[part], now=now)[0]
    form = ScreeningForm(
        data,
        version=version,
        questions=questions,
        visible=lambda answers: shown_with(version, draft, answers, now=now) | _chest(part),
        language=draft.language,
        today=today,
        prefix=part,
        initial=answers_of(draft, KINDS[part]),
        is_spoken=True,
    )
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.layout.pop()  # the page has one button for all
    return form


def _chest(part: str) -> frozenset[str]:
    return frozenset({CHEST_QUESTION}) if part == CHEST else frozenset()
