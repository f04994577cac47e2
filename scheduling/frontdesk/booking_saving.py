"""What a POST of the booking page keeps, and the buttons that do one thing more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from locations.models import Scanner, User
from scheduling.actions.answers import answer_chest_question, answer_screening
from scheduling.actions.booking import confirm_booking
from scheduling.actions.drafts import change_exam, save_answers
from scheduling.actions.holds import place_hold
from scheduling.actions.phone import hold_on_scanner, speak
from scheduling.exceptions import BookingError, NotAnOpening
from scheduling.frontdesk.booking_forms import CallerForm
from scheduling.frontdesk.booking_questions import CHEST, KINDS, answers_in, question_forms
from scheduling.frontdesk.moments import moment_in, number_in
from scheduling.frontdesk.move_forms import OtherTimeForm
from scheduling.frontdesk.two_desks import Merged, merge, seen_after, shown_in
from scheduling.models import Draft
from scheduling.queries.access import may_book_at
from scheduling.queries.drafts import digest_of, is_minor, today_at, visit_day
from scheduling.queries.phone import ExamFound, desk_scanner, patient_with_phone, phone_draft, place_offering
from scheduling.queries.questionnaires import CHEST_QUESTION
from scheduling.rules.actors import Actor


@dataclass(frozen=True, slots=True)
class Saved:
    has_errors: bool  # something that was typed is wrong; what is only missing is no error yet
    override_reason: str
    posted: QueryDict  # with what a colleague typed where this page changed nothing
    seen: str  # for a page that stays open
    conflicts: dict[str, str]  # where a colleague typed something else: their words


@dataclass(frozen=True, slots=True)
class ChosenTime:
    scanner: Scanner
    starts_at: datetime


def caller_form(
    draft: Draft, *data: Mapping[str, Any], asks_reason: bool = False, now: datetime
) -> CallerForm:
    born = draft.birth_date
    return CallerForm(
        *data,
        draft=draft,
        today=today_at(draft, now),
        is_minor=born is not None and is_minor(born, visit_day(draft, now)),
        asks_reason=asks_reason or bool(data and data[0].get("override_reason")),
    )


def save(draft: Draft, sent: QueryDict, user: User, *, now: datetime, by: Actor) -> Saved:
    """All that is valid, and that a colleague did not change meanwhile. Raises AlreadyBooked."""
    merged = _merge(draft, sent, now)
    form = caller_form(draft, merged.kept, now=now)
    is_valid = form.is_valid()
    _save_caller(draft, form, now=now, by=by)
    posted = merged.kept
    if "fill" in posted and not merged.conflicts:
        phone = form.cleaned_data.get("phone", "")
        _fill_in(draft, str(phone), str(posted["fill"]), user, now=now, by=by)
    after = phone_draft(user, draft.pk)
    _save_questions(after, posted, now=now, by=by)
    return Saved(
        has_errors=not is_valid,
        override_reason=form.cleaned_data.get("override_reason", ""),
        posted=merged.typed,
        seen=seen_after(sent, caller_form(after, now=now), [*form.errors, *merged.conflicts]),
        conflicts=merged.conflicts,
    )


def _merge(draft: Draft, sent: QueryDict, now: datetime) -> Merged:
    kept = caller_form(draft, now=now)
    return merge(sent, kept, caller_form(draft, sent, now=now), caller_form(draft, shown_in(kept), now=now))


def _save_caller(draft: Draft, form: CallerForm, *, now: datetime, by: Actor) -> None:
    answers = form.answers()
    about_exam: dict[str, Any] = {
        name: answers.pop(name)
        for name in ("order_status", "paying", "interpreter_language")
        if name in answers
    }
    language = answers.pop("language", draft.language) or draft.language
    if language != draft.language:
        speak(draft_id=draft.pk, language=language, now=now)
    changed = {name: value for name, value in answers.items() if getattr(draft, name) != value}
    save_answers(draft_id=draft.pk, answers=changed, now=now)
    if about_exam:
        change_exam(draft_id=draft.pk, answers=about_exam, now=now, by=by)


def choose_exam(draft: Draft, chosen: ExamFound, *, now: datetime, by: Actor) -> Draft:
    """Instead of the one that was asked for first. What was said about contrast was said of that one."""
    answers: dict[str, Any] = {"exam": chosen.exam, "laterality": chosen.side}
    if chosen.exam != draft.exam:
        answers["contrast_answer"] = Draft().contrast_answer
    return change_exam(draft_id=draft.pk, answers=answers, now=now, by=by)


def act(draft: Draft, posted: Mapping[str, Any], user: User, *, now: datetime, by: Actor) -> None:
    """Hold a time from the list, at a place where the user books. Raises BookingError."""
    if posted.get("time"):
        location_id, at = _slot(str(posted["time"]))
        place = place_offering(draft, user, location_id)
        place_hold(draft_id=draft.pk, location_id=place.pk, starts_at=at, now=now, by=by)


def book(draft: Draft, user: User, *, override_reason: str, now: datetime, by: Actor) -> None:
    """A time that a colleague chose may be where this user does not book. Raises BookingError."""
    assert draft.location is not None
    if not may_book_at(user, draft.location):
        raise NotAnOpening
    confirm_booking(
        draft_id=draft.pk, digest=digest_of(draft), override_reason=override_reason, now=now, by=by
    )


def hold_other(draft: Draft, form: OtherTimeForm, *, now: datetime, by: Actor) -> None:
    """What was typed into a valid form. Raises Clashes and other BookingError."""
    hold_on_scanner(
        draft_id=draft.pk,
        scanner_id=form.cleaned_data["scanner"].pk,
        starts_at=form.starts_at,
        reason=form.cleaned_data["reason"],
        now=now,
        by=by,
    )


def hold_chosen(draft: Draft, chosen: ChosenTime, *, now: datetime, by: Actor) -> None:
    """The free time that was chosen on the board. Raises BookingError where something speaks against it."""
    hold_on_scanner(
        draft_id=draft.pk, scanner_id=chosen.scanner.pk, starts_at=chosen.starts_at, now=now, by=by
    )


def chosen_time(query: Mapping[str, Any], user: User) -> ChosenTime | None:
    at, scanner = moment_in(str(query.get("at", ""))), number_in(str(query.get("scanner", "")))
    if at is None or scanner is None:
        return None
    try:
        return ChosenTime(desk_scanner(user, scanner), at)
    except BookingError:
        return None


def _save_questions(draft: Draft, posted: Mapping[str, Any], *, now: datetime, by: Actor) -> None:
    for part, form in question_forms(draft, posted, now=now).items():
        answers = answers_in(form)
        if not answers:
            continue
        if part == CHEST:
            if answers[CHEST_QUESTION] != draft.why_chest:
                answer_chest_question(draft_id=draft.pk, answer=answers[CHEST_QUESTION], now=now, by=by)
            continue
        answer_screening(
            draft_id=draft.pk, kind=KINDS[part], answers=answers, language=draft.language, now=now, by=by
        )


def _fill_in(draft: Draft, phone: str, patient_id: str, user: User, *, now: datetime, by: Actor) -> None:
    """A known patient, chosen by name: only of those with the phone that was typed."""
    patient = patient_with_phone(user, phone, number_in(patient_id) or 0)
    known = {
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "one_name": not patient.family_name,
        "birth_date": patient.birth_date,
        "by_call": not patient.no_call,
    }
    if patient.email:
        known |= {"email": patient.email, "by_email": not patient.no_email}
    speak(draft_id=draft.pk, language=patient.language, now=now)
    interpreter = {"interpreter_language": patient.interpreter_language}
    change_exam(draft_id=draft.pk, answers=interpreter, now=now, by=by)
    save_answers(draft_id=draft.pk, answers=known, now=now)


def _slot(typed: str) -> tuple[int, datetime]:
    """“3|2026-12-01T15:40:00+00:00”: the location and the time of a button."""
    place, _bar, moment = typed.partition("|")
    at, location_id = moment_in(moment), number_in(place)
    if at is None or location_id is None:
        raise NotAnOpening
    return location_id, at
