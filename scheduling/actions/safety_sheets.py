"""The form about safety that a visit's answers belong to, when the visit gets another exam."""

from datetime import datetime

from django.utils.translation import gettext_noop

from scheduling.actions import tasks
from scheduling.models import Appointment, Screening, Task
from scheduling.queries.questionnaires import is_form_of, limits_of, published_spec
from scheduling.queries.screening import still_to_answer, version_of
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind

# Stored in English, translated where staff read it.
REASON_ASK = gettext_noop("The exam was corrected to the order: ask the safety questions that it needs")


def follow_exam(*, appointment: Appointment, reason: str = REASON_ASK, now: datetime, by: Actor) -> None:
    """In the transaction that gave the visit another exam. Where that is asked another form, answers to the
    first give way to it; they stay on record. What a booking of this exam would have asked and nobody has
    answered, a person asks."""
    _change_form(appointment, now)
    version = version_of(appointment, FormKind.SAFETY, now=now)
    if version and still_to_answer(version, appointment, now=now):
        tasks.open_task(
            kind=Task.Kind.REVIEW,
            location=appointment.location,
            appointment=appointment,
            reason=reason,
            now=now,
            by=by,
        )


def _change_form(visit: Appointment, now: datetime) -> None:
    """Answers to a form of this modality that are on record are gone on with: a correction was undone."""
    sheet = visit.sheets.filter(kind=FormKind.SAFETY).first()
    if sheet and is_form_of(sheet.version_id, visit.exam.modality):
        return
    if sheet:
        sheet.delete()
    records = Screening.objects.filter(appointment=visit, version__questionnaire__kind=FormKind.SAFETY)
    for record in records.order_by("-pk"):
        if is_form_of(record.version_id, visit.exam.modality):
            visit.sheets.create(
                kind=FormKind.SAFETY,
                version_id=record.version_id,
                answers=record.answers,
                limits=limits_of(published_spec(record.version_id), visit.exam.modality),
                language=record.language,
                answered_at=record.answered_at,
            )
            return
