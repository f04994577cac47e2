"""Answering a questionnaire while booking: each page is kept as it is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from scheduling.actions import screening
from scheduling.actions.drafts import save_answers, settle_time
from scheduling.actions.holds import lock_draft
from scheduling.exceptions import AlreadyBooked, DraftIncomplete
from scheduling.models import AnswerSheet, Draft
from scheduling.queries.access import visit_of_draft
from scheduling.queries.questionnaires import LIMITS
from scheduling.queries.screening import (
    outcome_of,
    sheet_of,
    shown_with,
    still_to_answer,
    version_of,
)
from scheduling.rules.actors import Actor
from scheduling.rules.screening import Disposition, FormKind, Outcome, Stage, VersionSpec

AT_ONCE = (Disposition.CALLBACK, Disposition.EMERGENCY)  # recorded before the rest is answered, if it ever is


@transaction.atomic
def answer_screening(
    *,
    draft_id: UUID,
    kind: FormKind,
    answers: Mapping[str, Any],
    until: Stage = Stage.BOOKING,
    language: str,
    may_open_call: bool = True,
    now: datetime,
    by: Actor,
) -> Outcome:
    """One page of a form, asked up to a stage. Answers to questions that are hidden by now are forgotten.

    Each complete set is kept as a record, so that answers that are changed before booking leave a trace.
    A call for the desk follows from it where the answers ask for one and `may_open_call`.

    Raises DraftIncomplete where nothing is asked, AlreadyBooked.
    """
    draft, version = _lock(draft_id, kind, now)
    sheet = sheet_of(draft, kind)
    given = {**(sheet.answers if sheet else {}), **answers}
    shown = shown_with(version, draft, answers, now=now)
    _write_sheet(
        draft,
        version,
        answers={k: v for k, v in given.items() if k in shown},
        language=language,
        prefers_phone=until is Stage.BEFORE_TIME and sheet is not None and sheet.prefers_phone,
    )
    draft = save_answers(draft_id=draft_id, answers={}, now=now)
    if kind is FormKind.SAFETY:
        draft = settle_time(draft=draft, now=now, by=by)
    is_complete = not still_to_answer(version, draft, until=until, now=now)
    if is_complete:
        _mark_answered(draft, kind, now)
    outcome = outcome_of(draft, kind, now=now)
    assert outcome is not None
    if is_complete or outcome.disposition in AT_ONCE:
        screening.record_for_draft(
            draft=draft, kind=kind, outcome=outcome, until=until, may_open_call=may_open_call, now=now, by=by
        )
    return outcome


@transaction.atomic
def ask_by_phone(*, draft_id: UUID, kind: FormKind, language: str, now: datetime, by: Actor) -> Outcome:
    """“I would rather answer by phone”: what was answered before stays, and a person asks the rest.

    Raises DraftIncomplete where nothing is asked, AlreadyBooked.
    """
    draft, version = _lock(draft_id, kind, now)
    sheet = sheet_of(draft, kind)
    given = sheet.answers if sheet else {}
    _write_sheet(draft, version, answers=given, language=language, prefers_phone=True)
    draft = save_answers(draft_id=draft_id, answers={}, now=now)
    _mark_answered(draft, kind, now)
    outcome = outcome_of(draft, kind, now=now)
    assert outcome is not None
    screening.record_for_draft(draft=draft, kind=kind, outcome=outcome, now=now, by=by)
    return outcome


def _lock(draft_id: UUID, kind: FormKind, now: datetime) -> tuple[Draft, VersionSpec]:
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    version = version_of(draft, kind, now=now)
    if version is None:
        raise DraftIncomplete
    return draft, version


def _write_sheet(
    draft: Draft, version: VersionSpec, *, answers: Mapping[str, Any], language: str, prefers_phone: bool
) -> None:
    assert version.pk is not None
    AnswerSheet.objects.update_or_create(
        draft=draft,
        kind=version.kind,
        defaults={
            "version_id": version.pk,
            "answers": dict(answers),
            "limits": {name: version.parameters[name] for name in LIMITS if name in version.parameters},
            "language": language,
            "prefers_phone": prefers_phone,
            "answered_at": None,
        },
    )


def _mark_answered(draft: Draft, kind: FormKind, now: datetime) -> None:
    sheet = sheet_of(draft, kind)
    assert sheet is not None
    sheet.answered_at = now
    sheet.save(update_fields=["answered_at"])


@transaction.atomic
def answer_chest_question(
    *, draft_id: UUID, answer: str, may_open_call: bool = True, now: datetime, by: Actor
) -> Outcome | None:
    """Whether a chest scan is meant to find COVID-19; None while no questionnaire is in force."""
    draft = save_answers(draft_id=draft_id, answers={"why_chest": answer}, now=now)
    kind = FormKind.RESPIRATORY
    outcome = outcome_of(draft, kind, now=now)
    if outcome is not None and outcome.disposition in AT_ONCE:
        screening.record_for_draft(
            draft=draft, kind=kind, outcome=outcome, may_open_call=may_open_call, now=now, by=by
        )
    return outcome
