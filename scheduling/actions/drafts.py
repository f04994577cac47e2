"""Beginning, filling in and clearing a draft. Every answer is kept as it is given."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from scheduling.actions.holds import lock_draft, release_hold, renew_hold
from scheduling.exceptions import AlreadyBooked
from scheduling.models import Appointment, Draft
from scheduling.queries.access import hold_of_draft, visit_of_draft
from scheduling.queries.catalogue import locations_offering
from scheduling.rules.actors import Actor

EXAM_ANSWERS = frozenset(
    {"exam", "laterality", "contrast_answer", "order_status", "interpreter_language"},
)
_DECIDES_THE_TIME = ("exam", "laterality", "contrast_answer")
# What a step's page may write. Time and location are written by placing a hold, nothing else.
ANSWERS = EXAM_ANSWERS | {
    "place",
    "booking_for",
    "given_name",
    "family_name",
    "one_name",
    "birth_date",
    "booker_name",
    "booker_relation",
    "guardian_name",
    "by_email",
    "by_text",
    "by_call",
    "email",
    "phone",
    "phone_as_typed",
    "zip_code",
    "text_consent",
    "why_chest",
    "screening_version",
    "screening_answers",
    "screening_language",
    "screened_at",
}


@transaction.atomic
def start_draft(
    *, visitor: str, language: str, answers: Mapping[str, Any], referral: str = "", now: datetime
) -> Draft:
    """`answers` are those of the exam's page (EXAM_ANSWERS)."""
    _refuse_unknown(answers, EXAM_ANSWERS)
    return Draft.objects.create(
        visitor=visitor,
        language=language,
        source=Appointment.Source.ONLINE,
        booking_referral=referral,
        created_at=now,
        updated_at=now,
        **answers,
    )


@transaction.atomic
def save_answers(*, draft_id: UUID, answers: Mapping[str, Any], now: datetime) -> Draft:
    """Write one page's answers and start the hold's minutes again. Raises AlreadyBooked."""
    _refuse_unknown(answers, ANSWERS)
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    for name, value in answers.items():
        setattr(draft, name, value)
    draft.updated_at = now
    draft.save(update_fields=[*answers, "updated_at"])
    renew_hold(draft_id=draft.pk, now=now)
    return draft


@transaction.atomic
def change_exam(*, draft_id: UUID, answers: Mapping[str, Any], now: datetime, by: Actor) -> Draft:
    """Write other answers of the exam's page (EXAM_ANSWERS). Raises AlreadyBooked.

    A time held for another exam, side or contrast would be too short or on the wrong scanner: it is
    freed. The chosen start stays, so that it can be taken again; a center without the exam does not.
    """
    _refuse_unknown(answers, EXAM_ANSWERS)
    draft = save_answers(draft_id=draft_id, answers=answers, now=now)
    hold = hold_of_draft(draft, now=now)
    if hold and any(getattr(hold, name) != getattr(draft, name) for name in _DECIDES_THE_TIME):
        release_hold(draft_id=draft.pk, now=now, by=by)
    if not draft.exam.chest_respiratory:
        draft.why_chest = ""
    if draft.location_id and not locations_offering(draft.exam).filter(pk=draft.location_id).exists():
        draft.location, draft.starts_at = None, None
    draft.save(update_fields=["why_chest", "location", "starts_at"])
    return draft


@transaction.atomic
def clear_draft(*, draft_id: UUID, now: datetime, by: Actor) -> None:
    """“Clear my answers”, for shared computers: the time is freed and what was typed is gone.

    A draft that a task or a record stands on is kept for the desk, but no longer opens here.
    """
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    release_hold(draft_id=draft.pk, now=now, by=by)
    if draft.tasks.exists() or draft.screenings.exists():
        Draft.objects.filter(pk=draft.pk).update(visitor="", updated_at=now)
        return
    draft.appointments.all().delete()
    draft.delete()


def purge_old_drafts(*, days: int, now: datetime) -> int:
    """Deletes drafts untouched for `days` days with the ended holds that belonged to them."""
    with transaction.atomic():
        old = list(Draft.objects.abandoned(now, days).values_list("pk", flat=True))
        Appointment.objects.filter(draft__in=old, status=Appointment.Status.EXPIRED).delete()
        return Draft.objects.filter(pk__in=old, appointments__isnull=True).delete()[0]


def _refuse_unknown(answers: Mapping[str, Any], allowed: frozenset[str]) -> None:
    unknown = answers.keys() - allowed
    if unknown:
        raise ValueError(f"not an answer of a draft: {sorted(unknown)}")
