"""Answering the questions about illness again, by the visit's link or at the door. Whatever is answered, the
visit stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from scheduling.actions import screening
from scheduling.models import AnswerSheet, Appointment
from scheduling.queries.asking_again import KIND, Asking, asking_of, open_asking
from scheduling.rules.actors import Actor
from scheduling.rules.screening import Disposition, Outcome, assess


@transaction.atomic
def answer_again(
    *,
    visit_id: int,
    answers: Mapping[str, Any],
    language: str,
    at_the_door: bool = False,
    now: datetime,
    by: Actor,
) -> tuple[Asking, Outcome]:
    """One page; how the form stands then, and what the answers lead to so far.

    Recorded, and opened as work for people, when all is answered; emergency signs at once. A mild answer
    takes back no call. Raises TooLate from the start of the visit on, NotFound where nothing is asked now.
    """
    asking = open_asking(_lock(visit_id), at_the_door=at_the_door, now=now)
    shown = asking.shown_with(answers)
    given = {key: answer for key, answer in {**asking.answers, **answers}.items() if key in shown}
    _write(visit_id, asking, given, language=language, answered_at=None)
    visit = _read(visit_id)
    asking = open_asking(visit, at_the_door=at_the_door, now=now)
    outcome = assess(asking.version, asking.answers, asking.where)
    if asking.next_step is None:
        _write(visit_id, asking, given, language=language, answered_at=now)
    if asking.next_step is None or outcome.disposition is Disposition.EMERGENCY:
        screening.record_once(
            version=asking.version,
            shown=tuple(question for question in asking.shown if question.key in asking.answers),
            answers=asking.answers,
            outcome=outcome,
            appointment=visit,
            language=language,
            now=now,
            by=by,
        )
    again = asking_of(_read(visit_id), at_the_door=at_the_door, now=now)
    assert again is not None
    return again, outcome


def _write(
    visit_id: int,
    asking: Asking,
    answers: Mapping[str, Any],
    *,
    language: str,
    answered_at: datetime | None,
) -> None:
    assert asking.version.pk is not None
    AnswerSheet.objects.update_or_create(
        appointment_id=visit_id,
        kind=KIND,
        defaults={
            "version_id": asking.version.pk,
            "answers": dict(answers),
            "limits": {},
            "language": language,
            "answered_at": answered_at,
        },
    )


def _lock(visit_id: int) -> Appointment:
    """Read after the lock: another window may have answered, or the desk moved the visit, meanwhile."""
    Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    return _read(visit_id)


def _read(visit_id: int) -> Appointment:
    return Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit_id)
