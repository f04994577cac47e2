"""Answering a questionnaire while booking: each page is kept as it is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from scheduling.actions import screening
from scheduling.actions.drafts import save_answers
from scheduling.actions.holds import lock_draft
from scheduling.exceptions import DraftIncomplete
from scheduling.models import Version
from scheduling.queries.screening import (
    outcome_of_draft,
    shown_to,
    still_to_answer,
    version_of_draft,
)
from scheduling.rules.actors import Actor
from scheduling.rules.screening import Disposition, Outcome

AT_ONCE = (Disposition.CALLBACK, Disposition.EMERGENCY)  # recorded before the rest is answered, if it ever is


@transaction.atomic
def answer_screening(
    *, draft_id: UUID, answers: Mapping[str, Any], language: str, now: datetime, by: Actor
) -> Outcome:
    """One page of the respiratory form. Answers to questions that are hidden by now are forgotten.

    Each complete set is kept as a record, so that answers that are changed before booking leave a trace.

    Raises DraftIncomplete where nothing is asked, AlreadyBooked.
    """
    draft = lock_draft(draft_id)
    version = version_of_draft(draft, now=now)
    if version is None or version.pk is None:
        raise DraftIncomplete
    draft.screening_answers = {**draft.screening_answers, **answers}
    shown = {question.key for question in shown_to(version, draft, now=now)}
    is_complete = not still_to_answer(version, draft, now=now)
    draft = save_answers(
        draft_id=draft.pk,
        answers={
            "screening_version": Version.objects.get(pk=version.pk),
            "screening_answers": {k: v for k, v in draft.screening_answers.items() if k in shown},
            "screening_language": language,
            "screened_at": now if is_complete else None,
        },
        now=now,
    )
    outcome = outcome_of_draft(draft, now=now)
    assert outcome is not None
    if is_complete or outcome.disposition in AT_ONCE:
        screening.record_for_draft(draft=draft, outcome=outcome, now=now, by=by)
    return outcome


@transaction.atomic
def answer_chest_question(*, draft_id: UUID, answer: str, now: datetime, by: Actor) -> Outcome | None:
    """Whether a chest scan is meant to find COVID-19; None while no questionnaire is in force."""
    draft = save_answers(draft_id=draft_id, answers={"why_chest": answer}, now=now)
    outcome = outcome_of_draft(draft, now=now)
    if outcome is not None and outcome.disposition in AT_ONCE:
        screening.record_for_draft(draft=draft, outcome=outcome, now=now, by=by)
    return outcome
