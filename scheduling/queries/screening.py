"""What a draft or a visit is asked, what it answered, and what the answers lead to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from locations.models import Location
from scheduling.models import AnswerSheet, Appointment, Draft, Exam, Screening
from scheduling.queries.questionnaires import (
    CHEST_QUESTION,
    chest_version,
    is_asked,
    limits_of,
    published_spec,
    version_for,
    with_limits,
)
from scheduling.rules.ages import years_between
from scheduling.rules.screening import (
    Circumstances,
    Disposition,
    FormKind,
    Outcome,
    QuestionSpec,
    Stage,
    VersionSpec,
    asked_questions,
    assess,
    combine,
    unanswered,
    visible_questions,
)

DraftOrVisit = Draft | Appointment
TO_DO = (Disposition.OK, Disposition.MASK)  # their messages say what to do, and nobody has to call
# A day so far off that only rules that act at any distance do: for answers given before a time is chosen.
_FAR_AHEAD = timedelta(days=3650)


def sheet_of(booking: DraftOrVisit, kind: FormKind) -> AnswerSheet | None:
    return next((sheet for sheet in booking.sheets.all() if sheet.kind == kind), None)


def is_answered(booking: DraftOrVisit, kind: FormKind) -> bool:
    sheet = sheet_of(booking, kind)
    return sheet is not None and sheet.answered_at is not None


def asks_at_booking(draft: Draft, *, now: datetime) -> bool:
    """Whether the respiratory form is part of booking. A location may ask it only near the visit; for a
    walk-in that is now."""
    location = draft.location
    if location is None or not (location.asks_screening_at_booking or draft.is_walk_in):
        return False
    return is_asked(FormKind.RESPIRATORY, location, draft.exam.modality, now)


def version_of(booking: DraftOrVisit, kind: FormKind, *, now: datetime) -> VersionSpec | None:
    """The version the patient began to answer, even if another came into force since; with the limits that
    scanners have now."""
    version = _version_without_limits(booking, kind, now)
    return with_limits(version, limits_of(version, booking.exam.modality)) if version else None


def _version_without_limits(booking: DraftOrVisit, kind: FormKind, now: datetime) -> VersionSpec | None:
    sheet = sheet_of(booking, kind)
    if sheet is not None:
        return published_spec(sheet.version_id)
    if isinstance(booking, Draft) and _is_left_for_later(booking, kind, now):
        return None
    return version_for(kind, booking.location, booking.exam.modality, now)


def _is_left_for_later(draft: Draft, kind: FormKind, now: datetime) -> bool:
    return kind is FormKind.RESPIRATORY and bool(draft.location) and not asks_at_booking(draft, now=now)


def version_of_record(booking: DraftOrVisit, kind: FormKind, *, now: datetime) -> VersionSpec | None:
    """The version that judges the answers, with the limits it was asked with. The chest question is asked
    even where the form is off."""
    sheet = sheet_of(booking, kind)
    if sheet is not None:
        return _version_of_sheet(sheet)
    if kind is FormKind.RESPIRATORY and _why_chest(booking):
        return chest_version(booking.exam, now)
    return None


def outcome_of(booking: DraftOrVisit, kind: FormKind, *, now: datetime) -> Outcome | None:
    """What the answers of one kind lead to for the chosen day; None when nothing was asked."""
    version = version_of_record(booking, kind, now=now)
    if version is None:
        return None
    return assess(version, answers_of(booking, kind), circumstances_of(booking, kind, now=now))


def outcomes_of(booking: DraftOrVisit, *, now: datetime) -> dict[FormKind, Outcome]:
    found = {kind: outcome_of(booking, kind, now=now) for kind in FormKind}
    return {kind: outcome for kind, outcome in found.items() if outcome is not None}


def outcome_of_draft(draft: Draft, *, now: datetime) -> Outcome | None:
    """What all answers lead to together."""
    return combine(list(outcomes_of(draft, now=now).values()))


def not_before(booking: DraftOrVisit, *, now: datetime) -> date | None:
    """The first day that complete answers, and who reviewed them, allow. None: any day.

    Judged as for a visit at once: who is put off from tomorrow to next week can't come the day after
    tomorrow either, though the rules leave a day that far ahead to the next time of asking.
    """
    answered = [sheet for sheet in booking.sheets.all() if sheet.answered_at]
    outcomes = [_outcome_at_once(booking, sheet, now=now) for sheet in answered]
    days = [outcome.defer_until for outcome in outcomes if outcome.defer_until]
    if isinstance(booking, Appointment) and booking.not_before:
        days.append(booking.not_before)
    return max(days, default=None)


def _outcome_at_once(booking: DraftOrVisit, sheet: AnswerSheet, *, now: datetime) -> Outcome:
    kind = FormKind(sheet.kind)
    where = circumstances_of(booking, kind, now=now)
    at_once = replace(where, visit_on=where.answered_on)
    return assess(_version_of_sheet(sheet), answers_of(booking, kind), at_once)


def _version_of_sheet(sheet: AnswerSheet) -> VersionSpec:
    return with_limits(published_spec(sheet.version_id), sheet.limits)


def is_too_early(booking: DraftOrVisit, location: Location, starts_at: datetime, *, now: datetime) -> bool:
    first = not_before(booking, now=now)
    return first is not None and starts_at.astimezone(location.zone).date() < first


def answers_of(booking: DraftOrVisit, kind: FormKind) -> dict[str, object]:
    """All answers by question; the one about a chest scan is asked on its own, before a time is chosen."""
    sheet = sheet_of(booking, kind)
    answers = dict(sheet.answers) if sheet else {}
    why_chest = _why_chest(booking) if kind is FormKind.RESPIRATORY else ""
    return {**answers, CHEST_QUESTION: why_chest} if why_chest else answers


def _why_chest(booking: DraftOrVisit) -> str:
    """Kept with a draft only; a visit has it in its record."""
    return booking.why_chest if isinstance(booking, Draft) else ""


def days_of(booking: DraftOrVisit, kind: FormKind, *, now: datetime) -> tuple[date, date]:
    """The day of answering and the day of the visit, both in the location's zone. A walk-in's is today."""
    if booking.location is None:
        return now.date(), now.date() + _FAR_AHEAD
    zone, sheet = booking.location.zone, sheet_of(booking, kind)
    answered_at = (sheet.answered_at if sheet else None) or now
    answered_on = answered_at.astimezone(zone).date()
    visit_at = booking.starts_at or (now if booking.source == Appointment.Source.WALK_IN else None)
    visit_on = visit_at.astimezone(zone).date() if visit_at else answered_on + _FAR_AHEAD
    return answered_on, visit_on


def circumstances_of(booking: DraftOrVisit, kind: FormKind, *, now: datetime) -> Circumstances:
    answered_on, visit_on = days_of(booking, kind, now=now)
    return Circumstances(
        answered_on=answered_on,
        visit_on=visit_on,
        tags=tags_of(booking.exam),
        has_order=booking.has_order,
        by_proxy=is_by_proxy(booking),
        prefers_phone=prefers_phone(booking, kind),
        age=_age_at_visit(booking, now),
        reason=booking.reason,
    )


def is_by_proxy(booking: DraftOrVisit) -> bool:
    """Somebody booked for the patient, and so answers too; or it is asked at the counter, where others hear
    the answer. What is private is left to the technologist."""
    if booking.source == Appointment.Source.WALK_IN:
        return True
    if isinstance(booking, Draft):
        return booking.booking_for == Draft.BookingFor.OTHER
    return bool(booking.booker_name)


def prefers_phone(booking: DraftOrVisit, kind: FormKind) -> bool:
    sheet = sheet_of(booking, kind)
    return sheet is not None and sheet.prefers_phone


def _age_at_visit(booking: DraftOrVisit, now: datetime) -> int | None:
    """Today's, while no time is chosen."""
    patient = booking if isinstance(booking, Draft) else booking.patient
    if patient is None or patient.birth_date is None:
        return None
    moment = booking.starts_at or now
    day = moment.astimezone(booking.location.zone).date() if booking.location else moment.date()
    return years_between(patient.birth_date, day)


def shown_to(
    version: VersionSpec, booking: DraftOrVisit, *, until: Stage = Stage.BOOKING, now: datetime
) -> tuple[QuestionSpec, ...]:
    """The questions asked by a stage, as they are visible with the answers so far."""
    where = circumstances_of(booking, version.kind, now=now)
    return asked_questions(version, answers_of(booking, version.kind), where, until=until)


def shown_with(
    version: VersionSpec, booking: DraftOrVisit, answers: Mapping[str, object], *, now: datetime
) -> frozenset[str]:
    """The keys of the questions that would be visible with these answers in place of the earlier ones.
    None takes an answer away."""
    where = circumstances_of(booking, version.kind, now=now)
    shown = visible_questions(version, {**answers_of(booking, version.kind), **answers}, where)
    return frozenset(question.key for question in shown)


def still_to_answer(
    version: VersionSpec, booking: DraftOrVisit, *, until: Stage = Stage.BOOKING, now: datetime
) -> tuple[QuestionSpec, ...]:
    """Without the one about a chest scan, which has a page of its own, and what is asked on the phone."""
    shown = shown_to(version, booking, until=until, now=now)
    missing = unanswered(shown, answers_of(booking, version.kind))
    on_the_phone = (Stage.BOOKING,) if prefers_phone(booking, version.kind) else ()
    return tuple(
        question
        for question in missing
        if question.key != CHEST_QUESTION and question.stage not in on_the_phone
    )


def lacks_answers(booking: DraftOrVisit, kind: FormKind, *, stage: Stage, now: datetime) -> bool:
    """Whether a question of a stage is still to be answered; never where nothing is asked."""
    version = _version_without_limits(booking, kind, now)
    missing = still_to_answer(version, booking, until=stage, now=now) if version else ()
    return any(question.stage is stage for question in missing)


def has_questions(booking: DraftOrVisit, kind: FormKind, *, stage: Stage, now: datetime) -> bool:
    """Whether there is anything to ask at a stage, answered or not."""
    version = _version_without_limits(booking, kind, now)
    shown = shown_to(version, booking, until=stage, now=now) if version else ()
    return any(question.stage is stage for question in shown)


def safety_list(draft: Draft, *, now: datetime) -> tuple[QuestionSpec, ...]:
    """The short list about the safety of the scan, as it is visible with the answers so far."""
    version = version_of(draft, FormKind.SAFETY, now=now)
    shown = shown_to(version, draft, now=now) if version else ()
    return tuple(question for question in shown if question.stage is Stage.BOOKING)


def messages_shown_back(screening: Screening) -> list[dict[str, str]]:
    """What whoever opens the link may read again: nothing that tells the answer to a private question."""
    return [message for message in screening.shown["messages"] if not message.get("private")]


def notes_for_visit(visit: Appointment) -> list[str]:
    """What the patient was told to do, such as wearing a mask, as it was worded then."""
    current = Screening.objects.filter(appointment=visit, superseded_by=None).order_by("pk")
    told = [message for screening in current for message in messages_shown_back(screening)]
    return list(dict.fromkeys(message["text"] for message in told if message["disposition"] in TO_DO))


def tags_of(exam: Exam) -> frozenset[str]:
    """Rules may name what an exam is like, or its whole family."""
    return exam.tags() | {exam.family}
