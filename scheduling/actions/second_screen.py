"""What a trained person asked aloud: kept as the visit's answers, and signed before an MRI."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from locations.models import User
from scheduling.actions import audit, screening
from scheduling.exceptions import DraftIncomplete, EditConflict, NotFound, TooLate
from scheduling.models import AnswerSheet, Appointment, AuditEvent, Screening, SecondScreen
from scheduling.queries.questionnaires import limits_of
from scheduling.queries.second_screen import COMPANION_QUESTION, EXPECTED, KIND, SpokenForm, spoken_form
from scheduling.rules.actors import Actor
from scheduling.rules.screening import assess, fill

Companion = SecondScreen.Companion


@transaction.atomic
def ask_aloud(
    *,
    visit_id: int,
    answers: Mapping[str, Any],
    seen_record: int | None,
    companion: str = Companion.NOBODY,
    companion_name: str = "",
    language: str,
    user: User,
    signed_as: str,
    now: datetime,
    by: Actor,
) -> Screening:
    """The answers replace the earlier ones, and what is new in them opens work for people. Within 24 hours
    of an MRI they are signed too (SecondScreen), whatever they say: an open review keeps the scan from
    beginning.

    `seen_record` is the visit's last record of answers when the questions were shown. Raises EditConflict
    when the patient answered since, DraftIncomplete when a question was left out, TooLate for a visit that
    is neither ahead nor here, NotFound where nothing is asked.
    """
    visit = _lock(visit_id)
    if visit.status not in EXPECTED:
        raise TooLate
    form = spoken_form(visit, now=now)
    if form is None:
        raise NotFound
    if (form.current.pk if form.current else None) != seen_record:
        raise EditConflict
    given = _with_companion(form, answers, companion)
    if form.lacks(given):
        raise DraftIncomplete
    record = _record(visit, form, given, language=language, now=now, by=by)
    if form.is_second_screen:
        _sign(
            SecondScreen(
                appointment=visit,
                screening=record,
                script=script_of(form, language),
                companion=companion,
                companion_name=companion_name,
                signed_by=user,
                signed_as=signed_as,
                signed_at=now,
            ),
            now=now,
            by=by,
        )
    return record


def script_of(form: SpokenForm, language: str) -> str:
    """What the center reads out; empty where its questionnaire has no words for it."""
    texts = (form.version.texts.get(key, {}) for key in ("second_screen", "second_screen_companion"))
    return "\n".join(fill(text[language], form.version.parameters) for text in texts if language in text)


def _with_companion(form: SpokenForm, answers: Mapping[str, Any], companion: str) -> dict[str, Any]:
    """Only what is visible with the answers; whether somebody stays follows from who does."""
    given = dict(answers)
    if form.is_second_screen:
        given[COMPANION_QUESTION] = "yes" if companion == Companion.NO_FLAGS else "no"
    shown = form.shown_with(given)
    return {key: answer for key, answer in given.items() if key in shown and answer}


def _record(
    visit: Appointment,
    form: SpokenForm,
    answers: Mapping[str, Any],
    *,
    language: str,
    now: datetime,
    by: Actor,
) -> Screening:
    assert form.version.pk is not None
    AnswerSheet.objects.update_or_create(
        appointment=visit,
        kind=KIND,
        defaults={
            "version_id": form.version.pk,
            "answers": dict(answers),
            "limits": limits_of(form.version, visit.exam.modality),
            "language": language,
            "prefers_phone": False,
            "answered_at": now,
        },
    )
    return screening.record_screening(
        version=form.version,
        shown=form.visible(answers),
        answers=answers,
        outcome=assess(form.version, answers, form.where),
        appointment=visit,
        language=language,
        answered_at=now,
        now=now,
        by=by,
    )


def _sign(screen: SecondScreen, *, now: datetime, by: Actor) -> None:
    screen.save()
    audit.record(
        event=AuditEvent.Event.SECOND_SCREEN,
        subject=screen,
        location_id=screen.appointment.scanner.location_id,
        now=now,
        by=by,
    )


def _lock(visit_id: int) -> Appointment:
    """Read after the lock: the patient may have answered, or the desk moved the visit, meanwhile."""
    Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    return Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit_id)
