"""Beginning, filling in and clearing a draft. Every answer is kept as it is given."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from scheduling.actions import waitlist_upkeep
from scheduling.actions.documents import forget_drafts
from scheduling.actions.holds import lock_draft, place_hold, release_hold, renew_hold
from scheduling.exceptions import AlreadyBooked, BookingNotOffered, NotAnOpening, OrderDecides, SlotTaken
from scheduling.models import AnswerSheet, Appointment, Draft, Order, Task
from scheduling.models.paying import PAYING_ANSWERS
from scheduling.queries.access import hold_of_draft, visit_of_draft
from scheduling.queries.by_phone import has_no_time
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.machines import machines_for
from scheduling.queries.openings import openings_at
from scheduling.queries.orders import LOCKED, exam_of_order
from scheduling.queries.retention import FORGOTTEN, not_needed, old_drafts
from scheduling.queries.screening import outcome_of, shown_with, version_of_record
from scheduling.queries.wishes import wish_of, wish_of_visit
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind

EXAM_ANSWERS = frozenset(
    {"exam", "laterality", "contrast_answer", "order_status", "reason", "interpreter_language", "paying"},
)
PURGE, PURGE_BATCH = Actor.process("draft-purge"), 500
_WHO_IS_ASKED = frozenset({"booking_for", "birth_date"})
_KEPT_OF_A_VISIT = (
    "booker_name",
    "booker_relation",
    "guardian_name",
    "by_email",
    "by_text",
    "by_call",
    "email",
    *PAYING_ANSWERS,
)
_ORDER_IS_STILL_GOOD = (Appointment.Status.CANCELED, Appointment.Status.NO_SHOW)
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
    "calls_us",
    "why_chest",
    *PAYING_ANSWERS,
}


@transaction.atomic
def start_draft(
    *, visitor: str, language: str, answers: Mapping[str, Any], referral: str = "", now: datetime
) -> Draft:
    """`answers` are those of the exam's page (EXAM_ANSWERS)."""
    unknown = answers.keys() - EXAM_ANSWERS
    if unknown:
        raise ValueError(f"not an answer of the exam's page: {sorted(unknown)}")
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
def start_draft_again(*, visit: Appointment, visitor: str, language: str, now: datetime) -> Draft:
    """A booking like an earlier visit, so that nothing is typed twice: its exam, center, person and contact.
    What may have changed is asked anew: health questions, and after a visit that took place the order."""
    assert visit.patient is not None
    patient, still_valid = visit.patient, visit.status in _ORDER_IS_STILL_GOOD
    order = visit.order if still_valid and visit.order and visit.order.is_open else None
    has_center = locations_offering(visit.exam).filter(pk=visit.scanner.location_id).exists()
    return Draft.objects.create(
        visitor=visitor,
        language=language,
        source=Appointment.Source.ONLINE,
        order=order,
        exam=visit.exam,
        laterality=visit.laterality,
        contrast_answer=visit.contrast_answer,
        order_status=_order_of(visit, order) if still_valid else Appointment.OrderStatus.NONE,
        reason=visit.reason,
        interpreter_language=visit.interpreter_language,
        location=visit.scanner.location if has_center else None,
        booking_for=Draft.BookingFor.OTHER if visit.booker_name else Draft.BookingFor.SELF,
        given_name=patient.given_name,
        family_name=patient.family_name,
        one_name=not patient.family_name,
        birth_date=patient.birth_date,
        phone=str(visit.phone),
        phone_as_typed=visit.phone_as_typed or (visit.phone.as_national if visit.phone else ""),
        **{name: getattr(visit, name) for name in _KEPT_OF_A_VISIT},
        created_at=now,
        updated_at=now,
    )


def _order_of(visit: Appointment, order: Order | None) -> str:
    """What was received lies with the earlier visit, unless it was here before."""
    if order:
        return Appointment.OrderStatus.RECEIVED
    received = visit.order_status == Appointment.OrderStatus.RECEIVED
    return Appointment.OrderStatus.HAVE_IT if received else visit.order_status


@transaction.atomic
def save_answers(*, draft_id: UUID, answers: Mapping[str, Any], now: datetime) -> Draft:
    """Write one page's answers and start the hold's minutes again. Raises AlreadyBooked."""
    draft = _write(draft_id, answers, ANSWERS, now)
    if answers.keys() & _WHO_IS_ASKED:
        _forget_hidden(draft, now)
    renew_hold(draft_id=draft.pk, now=now)
    return draft


@transaction.atomic
def change_exam(*, draft_id: UUID, answers: Mapping[str, Any], now: datetime, by: Actor) -> Draft:
    """Write other answers of the exam's page (EXAM_ANSWERS). Raises AlreadyBooked, and OrderDecides where an
    order that came before says what the exam is.

    Another exam, side or contrast needs another length or scanner: the same time is taken again for it,
    and where that can't be, a time has to be chosen anew. A center without a scanner for it is let go.
    """
    draft = lock_draft(draft_id)
    if draft.order_id and any(
        answers.get(name, getattr(draft, name)) != getattr(draft, name) for name in LOCKED
    ):
        raise OrderDecides
    return _set_exam(draft, answers, now=now, by=by)


@transaction.atomic
def follow_order(*, draft_id: UUID, now: datetime, by: Actor) -> Draft:
    """The exam of its order was corrected: the draft is about that one from now on. Raises AlreadyBooked."""
    draft = lock_draft(draft_id)
    if draft.order is None:
        return draft
    return _set_exam(draft, exam_of_order(draft.order), now=now, by=by)


def _set_exam(draft: Draft, answers: Mapping[str, Any], *, now: datetime, by: Actor) -> Draft:
    was_explained = _explains_chest(draft, now)
    draft = _without_answers_about_another_scan(_write(draft.pk, answers, EXAM_ANSWERS, now))
    # A reason that speaks of COVID-19 only now leads to the question and its explanation once more.
    is_new = not was_explained and _explains_chest(draft, now)
    if is_new or not draft.exam.chest_respiratory:
        draft.why_chest = ""
        draft.save(update_fields=["why_chest"])
    _forget_hidden(draft, now)
    return settle_time(draft=draft, now=now, by=by)


def _explains_chest(draft: Draft, now: datetime) -> bool:
    outcome = outcome_of(draft, FormKind.RESPIRATORY, now=now)
    return outcome is not None and outcome.explains_chest


def settle_time(*, draft: Draft, now: datetime, by: Actor) -> Draft:
    """After answers that may ask for another length or scanner, in the caller's transaction, draft locked."""
    waitlist_upkeep.follow_answers(draft=draft, now=now, by=by)
    hold = hold_of_draft(draft, now=now)
    if has_no_time(draft, now=now):
        release_hold(draft_id=draft.pk, now=now, by=by)
        draft.starts_at = None
    elif draft.location_id and not machines_for(wish_of(draft), [draft.location_id]):
        release_hold(draft_id=draft.pk, now=now, by=by)
        draft.location, draft.starts_at = None, None
    elif hold is None:
        _let_go_if_gone(draft, now=now)
    elif wish_of_visit(hold) != wish_of(draft):
        _take_again(draft, now=now, by=by)
    else:
        renew_hold(draft_id=draft.pk, now=now)
    draft.save(update_fields=["location", "starts_at"])
    return draft


def _write(draft_id: UUID, answers: Mapping[str, Any], allowed: frozenset[str], now: datetime) -> Draft:
    unknown = answers.keys() - allowed
    if unknown:
        raise ValueError(f"not an answer of a draft: {sorted(unknown)}")
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    for name, value in answers.items():
        setattr(draft, name, value)
    draft.updated_at = now
    draft.save(update_fields=[*answers, "updated_at"])
    return draft


def _without_answers_about_another_scan(draft: Draft) -> Draft:
    """What is asked before an MRI says nothing of a CT."""
    of_another = draft.sheets.filter(kind=FormKind.SAFETY).exclude(
        version__questionnaire__modality=draft.exam.modality
    )
    return lock_draft(draft.pk) if of_another.delete()[0] else draft


def _forget_hidden(draft: Draft, now: datetime) -> None:
    """What was answered to questions that are no longer asked: who books for her mother instead of herself
    leaves no pregnancy behind."""
    for sheet in draft.sheets.all():
        version = version_of_record(draft, FormKind(sheet.kind), now=now)
        assert version is not None
        shown = shown_with(version, draft, {}, now=now)
        kept = {key: answer for key, answer in sheet.answers.items() if key in shown}
        if kept != sheet.answers:
            sheet.answers = kept
            sheet.save(update_fields=["answers"])


def _let_go_if_gone(draft: Draft, *, now: datetime) -> None:
    """A time whose hold has run out is held anew by who counts holds, not here."""
    if draft.location_id is None or draft.starts_at is None:
        return
    if not openings_at(
        wish=wish_of(draft),
        location_id=draft.location_id,
        starts_at=draft.starts_at,
        now=now,
        however_soon=draft.is_by_phone,
    ):
        draft.starts_at = None


def _take_again(draft: Draft, *, now: datetime, by: Actor) -> None:
    """In place of the time that is held."""
    if draft.location_id is None or draft.starts_at is None:
        return
    try:
        place_hold(
            draft_id=draft.pk, location_id=draft.location_id, starts_at=draft.starts_at, now=now, by=by
        )
    except (SlotTaken, NotAnOpening, BookingNotOffered):
        release_hold(draft_id=draft.pk, now=now, by=by)
        draft.starts_at = None


@transaction.atomic
def clear_draft(*, draft_id: UUID, now: datetime, by: Actor) -> None:
    """“Clear my answers”, for shared computers: the time is freed and what was typed is gone.

    A draft that a task or a record stands on is kept, but no longer opens here. What was typed goes
    too, unless the desk has yet to call about it or somebody waits.
    """
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    release_hold(draft_id=draft.pk, now=now, by=by)
    kept = Draft.objects.filter(pk=draft.pk)
    if draft.tasks.open().exists() or draft.waitlist_entries.active().exists():
        kept.update(visitor="", updated_at=now)
    elif draft.tasks.exists() or draft.screenings.exists():
        _forget([draft.pk], now=now, by=by)
        kept.update(visitor="", updated_at=now)
    else:
        _delete([draft.pk], now=now, by=by)


def purge_old_drafts(*, days: int, now: datetime) -> int:
    """Forgets what was typed into drafts that nothing happened to for `days` days. Counts them.

    Drafts that became neither a visit nor a record go, with their ended holds and closed tasks.
    """
    before, done, count = now - timedelta(days=days), UUID(int=0), 0
    while batch := _purge_batch(before, after=done, now=now):
        done, count = batch[-1], count + len(batch)
    return count


@transaction.atomic
def _purge_batch(before: datetime, *, after: UUID, now: datetime) -> list[UUID]:
    """The next drafts in the order of their keys; one that is in use waits for the next purge."""
    old = old_drafts(before).filter(pk__gt=after).order_by("pk")
    locked = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:PURGE_BATCH])
    # Looked at again, now that nobody can open a task or book: someone may have, just before the lock.
    still_old = old_drafts(before).filter(pk__in=locked)
    gone = list(not_needed(still_old).values_list("pk", flat=True))
    kept = list(still_old.exclude(pk__in=gone).values_list("pk", flat=True))
    _forget(kept, now=now, by=PURGE)
    _delete(gone, now=now, by=PURGE)
    return locked


def _forget(drafts: list[UUID], *, now: datetime, by: Actor) -> None:
    """For good. Call with the drafts locked and without open tasks."""
    forget_drafts(drafts, now=now, by=by)
    Appointment.objects.filter(draft__in=drafts, status=Appointment.Status.EXPIRED).delete()
    AnswerSheet.objects.filter(draft__in=drafts).delete()
    who = dict.fromkeys(("contact_name", "contact_phone", "phone_as_typed", "note"), "")
    Task.objects.filter(draft__in=drafts).update(**who)
    Draft.objects.filter(pk__in=drafts).update(**FORGOTTEN)


def _delete(drafts: list[UUID], *, now: datetime, by: Actor) -> None:
    forget_drafts(drafts, now=now, by=by)
    waitlist_upkeep.delete_of_drafts(drafts)
    Appointment.objects.filter(draft__in=drafts).delete()
    Task.objects.filter(draft__in=drafts).delete()
    Draft.objects.filter(pk__in=drafts).delete()
