"""What a draft still lacks, and a fingerprint of what it says."""

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum

from scheduling.models import Appointment, Draft, Offering
from scheduling.models.paying import PAYING_ANSWERS
from scheduling.queries.questionnaires import chest_version
from scheduling.queries.screening import (
    asks_at_booking,
    has_questions,
    is_answered,
    lacks_answers,
    outcome_of_draft,
)
from scheduling.rules.ages import ADULT_AGE, years_between
from scheduling.rules.screening import Disposition, FormKind, Stage


class Step(StrEnum):
    """The pages of the journey after the exam; values are the portal's URL names.

    In order, but for the number to call, which is asked only where something else says that we call.
    """

    COVID_TEST = "covid-test"
    FIT = "fit"
    WHERE = "where"
    TIME = "time"
    PATIENT = "patient"
    CONTACT = "contact"
    SAFETY = "safety"
    COVID = "covid"
    CHECK = "check"
    NUMBER = "number"


DIGESTED = (
    "exam_id",
    "laterality",
    "contrast_answer",
    "order_status",
    "reason",
    "interpreter_language",
    "location_id",
    "starts_at",
    "booking_for",
    "given_name",
    "family_name",
    "birth_date",
    "booker_name",
    "booker_relation",
    "guardian_name",
    "by_email",
    "by_text",
    "by_call",
    "email",
    "phone",
    "why_chest",
    *PAYING_ANSWERS,
)


def digest_of(draft: Draft) -> str:
    """Stands on the check page and comes back with the confirmation: the same draft with other
    content is not what the patient agreed to."""
    content = {name: getattr(draft, name) for name in DIGESTED}
    content["sheets"] = {
        sheet.kind: (sheet.version_id, sheet.answers, sheet.prefers_phone) for sheet in draft.sheets.all()
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def missing_steps(draft: Draft, *, now: datetime) -> list[Step]:
    """Steps with answers still to give, in the order of the journey; empty when ready to check."""
    missing = []
    if not draft.why_chest and chest_version(draft.exam, now):
        missing.append(Step.COVID_TEST)
    if lacks_answers(draft, FormKind.SAFETY, stage=Stage.BEFORE_TIME, now=now):
        missing.append(Step.FIT)
    if draft.location is None:
        missing.append(Step.WHERE)
    if draft.starts_at is None and not draft.is_walk_in:
        missing.append(Step.TIME)
    if not draft.given_name or draft.birth_date is None or _lacks_guardian(draft, now):
        missing.append(Step.PATIENT)
    if not (draft.by_email or draft.by_text or draft.by_call or draft.is_walk_in):
        missing.append(Step.CONTACT)
    if lacks_answers(draft, FormKind.SAFETY, stage=Stage.BOOKING, now=now):
        missing.append(Step.SAFETY)
    if not is_answered(draft, FormKind.RESPIRATORY) and asks_at_booking(draft, now=now):
        missing.append(Step.COVID)
    can_be_called = draft.phone or draft.calls_us or draft.is_walk_in
    if not missing and not can_be_called and _is_called_before_visit(draft, now):
        missing.append(Step.NUMBER)
    return missing


def is_asked(draft: Draft, step: Step, *, now: datetime) -> bool:
    """Whether a page of the journey is there for this exam and center."""
    match step:
        case Step.FIT:
            return has_questions(draft, FormKind.SAFETY, stage=Stage.BEFORE_TIME, now=now)
        case Step.SAFETY:
            return has_questions(draft, FormKind.SAFETY, stage=Stage.BOOKING, now=now)
        case Step.COVID:
            return asks_at_booking(draft, now=now)
    return True


def promises_call(draft: Draft, *, now: datetime) -> bool:
    """Whether a page says that a person calls: about the order, about the answers, or to set it up."""
    return _is_called_before_visit(draft, now) or _is_set_up_by_phone(draft, now)


def lacks_number(draft: Draft, *, now: datetime) -> bool:
    """Nobody can keep the promise to call without a number. Who would rather call us may say so."""
    return not draft.phone and not draft.calls_us and promises_call(draft, now=now)


def _is_called_before_visit(draft: Draft, now: datetime) -> bool:
    if draft.contrast_answer == Appointment.ContrastAnswer.NOT_SURE:
        return True
    outcome = outcome_of_draft(draft, now=now)
    return outcome is not None and outcome.asks_for_call and outcome.disposition != Disposition.CALLBACK


def _is_set_up_by_phone(draft: Draft, now: datetime) -> bool:
    """A center must be chosen, for its people to call."""
    if draft.location is None:
        return False
    outcome = outcome_of_draft(draft, now=now)
    return is_too_young(draft) or (outcome is not None and outcome.disposition == Disposition.CALLBACK)


def offering_of(draft: Draft) -> Offering | None:
    return Offering.objects.filter(exam=draft.exam, location=draft.location, is_active=True).first()


def is_old_enough(draft: Draft, offering: Offering) -> bool:
    """On the day of the visit. Age alone never rejects: younger patients are set up by phone."""
    assert draft.birth_date is not None
    assert draft.starts_at is not None
    day = draft.starts_at.astimezone(offering.location.zone).date()
    return years_between(draft.birth_date, day) >= offering.minimum_age


def is_too_young(draft: Draft) -> bool:
    """As far as the answers tell by now."""
    if draft.birth_date is None or draft.starts_at is None:
        return False
    offering = offering_of(draft)
    return offering is not None and not is_old_enough(draft, offering)


def today_at(draft: Draft, now: datetime) -> date:
    """The day at the draft's center; before one is chosen, the day in UTC."""
    return (now.astimezone(draft.location.zone) if draft.location else now).date()


def visit_day(draft: Draft, now: datetime) -> date:
    """The day on which the patient's age counts; today while no time is chosen."""
    if draft.starts_at is None or draft.location is None:
        return today_at(draft, now)
    return draft.starts_at.astimezone(draft.location.zone).date()


def is_minor(birth_date: date, day: date) -> bool:
    return years_between(birth_date, day) < ADULT_AGE


def _lacks_guardian(draft: Draft, now: datetime) -> bool:
    return (
        draft.birth_date is not None
        and not draft.guardian_name
        and is_minor(draft.birth_date, visit_day(draft, now))
    )
