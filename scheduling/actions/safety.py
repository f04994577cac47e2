"""The full safety form, answered by the link of a visit: kept page by page, then sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from scheduling.actions import audit, screening
from scheduling.exceptions import DraftIncomplete
from scheduling.models import AnswerSheet, Appointment, AuditEvent, Screening
from scheduling.queries.safety import (
    KIND,
    SafetyForm,
    answered_questions,
    current_screenings,
    open_form,
    recorded_questions,
)
from scheduling.queries.screening import outcome_of
from scheduling.rules.actors import Actor


@transaction.atomic
def answer_safety_page(
    *, visit_id: int, answers: Mapping[str, Any], language: str, now: datetime, by: Actor
) -> SafetyForm:
    """One page, beside what other windows answer meanwhile; the form as it is then. Answers to questions
    that are hidden by now are forgotten.

    What a person must hear of is recorded at once and opens their work: many a form is never sent.

    Raises TooLate from the start of the visit on, NotFound where nothing is asked.
    """
    form = open_form(_lock(visit_id), now=now)
    assert form.version.pk is not None
    shown = form.shown_with(answers)
    given = {key: answer for key, answer in {**form.answers, **answers}.items() if key in shown and answer}
    AnswerSheet.objects.update_or_create(
        appointment_id=visit_id,
        kind=KIND,
        defaults={"version_id": form.version.pk, "answers": given, "language": language, "answered_at": None},
    )
    visit = _read(visit_id)
    form = open_form(visit, now=now)
    _alert(visit, form, language=language, now=now, by=by)
    return form


def _alert(visit: Appointment, form: SafetyForm, *, language: str, now: datetime, by: Actor) -> None:
    outcome = outcome_of(visit, KIND, now=now)
    assert outcome is not None
    if screening.needs_a_person(
        appointment=visit, version=form.version, answers=form.answers, outcome=outcome
    ):
        screening.record_once(
            version=form.version,
            shown=answered_questions(form),
            answers=form.answers,
            outcome=outcome,
            appointment=visit,
            language=language,
            now=now,
            by=by,
        )


@transaction.atomic
def send_safety_form(*, visit_id: int, language: str, now: datetime, by: Actor) -> Screening:
    """All answers become the visit's record, in place of the one from booking. The visit stays as it is:
    what must be looked at opens work for people.

    Sending the same again, in the same words, is one record, but for the one inside the window of the visit.
    Raises DraftIncomplete, TooLate, NotFound.
    """
    form = open_form(_lock(visit_id), now=now)
    if not form.is_complete:
        raise DraftIncomplete
    AnswerSheet.objects.filter(appointment=visit_id, kind=KIND).update(
        language=language, prefers_phone=False, answered_at=now
    )
    visit = _read(visit_id)
    outcome = outcome_of(visit, KIND, now=now)
    assert outcome is not None
    sent: dict[str, Any] = {
        "version": form.version,
        "shown": recorded_questions(form),
        "answers": form.answers,
        "outcome": outcome,
        "appointment": visit,
        "language": language,
        "now": now,
        "by": by,
    }
    if form.is_again:  # that nothing changed is a record, too
        return screening.record_screening(answered_at=now, **sent)
    return screening.record_once(**sent)


@transaction.atomic
def read_own_answers(*, visit: Appointment, now: datetime, by: Actor) -> list[Screening]:
    """For the page that shows them. Each reading is part of the visit's history."""
    found = list(current_screenings(visit))
    for record in found:
        audit.record(
            event=AuditEvent.Event.VIEWED,
            subject=record,
            location_id=visit.scanner.location_id,
            now=now,
            by=by,
        )
    return found


def _lock(visit_id: int) -> Appointment:
    """Read after the lock: another window may have answered, or the desk moved the visit, meanwhile."""
    Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    return _read(visit_id)


def _read(visit_id: int) -> Appointment:
    return Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit_id)
