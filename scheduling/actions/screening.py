"""Keeping screenings: what was shown, what was answered, what it led to, and who must look at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from scheduling.actions import audit, tasks
from scheduling.actions.labs import REASON_LABS
from scheduling.models import Appointment, AuditEvent, Draft, Screening, Task
from scheduling.queries.questionnaires import published_spec
from scheduling.queries.screening import (
    DraftOrVisit,
    answers_of,
    circumstances_of,
    is_by_proxy,
    outcomes_of,
    sheet_of,
    shown_to,
    version_of_record,
)
from scheduling.rules.actors import Actor
from scheduling.rules.needs import LABS, MASK
from scheduling.rules.screening import (
    ALERT_DESK,
    RADIOLOGIST,
    Disposition,
    Effect,
    FormKind,
    Outcome,
    QuestionSpec,
    Stage,
    VersionSpec,
    assess,
    fill,
    private_rules,
)
from scheduling.rules.screening_data import effects_from, effects_to_data
from scheduling.rules.screening_news import new_reasons

# Stored in English, translated where staff read it. The front desk sees that there is something, not what.
REASON_REVIEW = gettext_noop("Talk through the screening with the patient before the visit")
REASON_PREPARE = gettext_noop("Prepare the room: the patient comes with a mask")
REASON_HELP = gettext_noop("Plan for a patient who needs help to get on the table")
REASON_URGENT = gettext_noop("Urgent: talk through the screening with the patient before the visit")
REASON_CALLBACK = gettext_noop("Call about the screening answers")
REASON_EMERGENCY = gettext_noop("Emergency signs were reported: 911 was advised")
URGENT = (REASON_URGENT, REASON_EMERGENCY)


def record_for_visit(*, appointment: Appointment, draft: Draft, now: datetime, by: Actor) -> list[Screening]:
    """The draft's answers become the visit's records, in the transaction that books it.

    Its sheets become the visit's too: what is asked after booking is added to them.
    """
    records = [
        _record_of_kind(draft, kind, outcome, appointment=appointment, now=now, by=by)
        for kind, outcome in outcomes_of(draft, now=now).items()
    ]
    draft.sheets.update(draft=None, appointment=appointment)
    return records


def _record_of_kind(
    draft: Draft, kind: FormKind, outcome: Outcome, *, appointment: Appointment, now: datetime, by: Actor
) -> Screening:
    version, sheet = version_of_record(draft, kind, now=now), sheet_of(draft, kind)
    assert version is not None
    return record_screening(
        version=version,
        shown=shown_to(version, draft, now=now),
        answers=answers_of(draft, kind),
        outcome=outcome,
        appointment=appointment,
        draft=draft,
        language=sheet.language if sheet else draft.language,
        answered_at=(sheet.answered_at if sheet else None) or now,
        now=now,
        by=by,
    )


@transaction.atomic
def record_for_draft(
    *,
    draft: Draft,
    kind: FormKind,
    outcome: Outcome,
    until: Stage = Stage.BOOKING,
    may_open_call: bool = True,
    now: datetime,
    by: Actor,
) -> Screening:
    """Answers given while booking."""
    version, sheet = version_of_record(draft, kind, now=now), sheet_of(draft, kind)
    assert version is not None
    earlier = _current(kind, draft=draft)
    screening = record_once(
        version=version,
        shown=shown_to(version, draft, until=until, now=now),
        answers=answers_of(draft, kind),
        outcome=outcome,
        draft=draft,
        language=sheet.language if sheet else draft.language,
        now=now,
        by=by,
    )
    if may_open_call and screening != earlier:
        _work_for_draft(outcome, draft, now=now, by=by)
    return screening


def judge_again(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """After a move, in its transaction: a fever says nothing of next month and much of tomorrow. The same
    answers are recorded anew where they now lead to something else, and the desk is told."""
    for kind in FormKind:
        version = version_of_record(appointment, kind, now=now)
        earlier = _current(kind, appointment=appointment)
        if version is None or earlier is None:
            continue
        if version.pk != earlier.version_id:  # answers to another version are being given meanwhile
            version = published_spec(earlier.version_id)
        answered_on = earlier.answered_at.astimezone(appointment.zone).date()
        where = replace(circumstances_of(appointment, kind, now=now), answered_on=answered_on)
        if any(question.get("private") for question in earlier.shown["questions"]):
            where = replace(where, by_proxy=False)  # asked of the patient, whoever booked
        outcome = assess(version, earlier.answers, where)
        was_shown = {question["key"] for question in earlier.shown["questions"]}
        shown = tuple(question for question in version.questions if question.key in was_shown)
        if (outcome.disposition, list(outcome.rule_keys)) != (earlier.disposition, earlier.rule_keys):
            record_screening(
                version=version,
                shown=shown,
                answers=earlier.answers,
                outcome=outcome,
                appointment=appointment,
                language=earlier.language,
                answered_at=earlier.answered_at,
                now=now,
                by=by,
            )


@transaction.atomic
def record_once(
    *,
    version: VersionSpec,
    shown: tuple[QuestionSpec, ...],
    answers: Mapping[str, Any],
    outcome: Outcome,
    draft: Draft | None = None,
    appointment: Appointment | None = None,
    language: str,
    now: datetime,
    by: Actor,
) -> Screening:
    """Answers given now. The same again, seen in the same words, are one record."""
    about: dict[str, Any] = {"appointment": appointment} if appointment else {"draft": draft}
    earlier = _current(version.kind, **about)
    if earlier and _says_the_same(earlier, version, shown, answers, outcome, language):
        return earlier
    return record_screening(
        version=version,
        shown=shown,
        answers=answers,
        outcome=outcome,
        **about,
        language=language,
        answered_at=now,
        now=now,
        by=by,
    )


@transaction.atomic
def record_screening(
    *,
    version: VersionSpec,
    shown: tuple[QuestionSpec, ...],
    answers: Mapping[str, Any],
    outcome: Outcome,
    draft: Draft | None = None,
    appointment: Appointment | None = None,
    language: str,
    answered_at: datetime,
    now: datetime,
    by: Actor,
) -> Screening:
    """Append-only: answers given later are a new record that replaces the earlier one."""
    assert version.pk is not None
    earlier = _current(version.kind, appointment=appointment) if appointment else None
    if earlier is None and draft is not None:
        earlier = _current(version.kind, draft=draft)
    screening = Screening.objects.create(
        version_id=version.pk,
        appointment=appointment,
        draft=None if appointment else draft,
        language=language,
        shown=_exact_text(version, shown, outcome, language),
        answers=_only_shown(answers, shown),
        disposition=outcome.disposition,
        defer_until=outcome.defer_until,
        rule_keys=list(outcome.rule_keys),
        effects=effects_to_data(outcome.effects),
        answered_by=_answered_by(draft or appointment, by),
        staff_id=int(by.name) if by.kind == "staff" else None,
        answered_at=answered_at,
        supersedes=earlier,
    )
    _audit(screening, appointment, draft, now=now, by=by)
    if appointment is not None:
        is_known = earlier is not None and earlier.appointment_id is not None and not version.kind.goes_stale
        news = _news(version, outcome, screening.answers, known=earlier if is_known else None)
        _work_for_visit(news, appointment, now=now, by=by)
    return screening


def _audit(
    screening: Screening, appointment: Appointment | None, draft: Draft | None, *, now: datetime, by: Actor
) -> None:
    is_emergency = screening.disposition == Disposition.EMERGENCY
    audit.record(
        event=AuditEvent.Event.EMERGENCY if is_emergency else AuditEvent.Event.SCREENED,
        subject=screening,
        location_id=appointment.scanner.location_id if appointment else draft.location_id if draft else None,
        after={"version": screening.version_id, "disposition": screening.disposition},
        now=now,
        by=by,
    )


def _work_for_draft(outcome: Outcome, draft: Draft, *, now: datetime, by: Actor) -> None:
    """Nothing is booked, so there is no visit to look at or to make ready: only calls are to be made."""
    match outcome.disposition:
        case Disposition.CALLBACK:
            kind, reason = Task.Kind.CALLBACK, REASON_CALLBACK
        case Disposition.DEFER if outcome.asks_for_call:
            kind, reason = Task.Kind.REVIEW, REASON_REVIEW
        case _:
            return
    if draft.location is None or not (draft.phone or draft.email):
        return  # nobody could call: a page asks for the center and the number first
    tasks.open_task(
        kind=kind,
        location=draft.location,
        draft=draft,
        reason=reason,
        contact_name=draft.booker_name or f"{draft.given_name} {draft.family_name}".strip(),
        contact_phone=draft.phone,
        now=now,
        by=by,
    )


@dataclass(frozen=True, slots=True)
class _News:
    """What a person has not looked at already."""

    worst: Disposition
    effects: frozenset[str]
    for_radiologist: bool


def _news(
    version: VersionSpec, outcome: Outcome, answers: Mapping[str, Any], *, known: Screening | None
) -> _News:
    reasons = new_reasons(
        version,
        outcome,
        answers,
        known_rules=known.rule_keys if known else (),
        known_answers=known.answers if known else {},
    )
    rules = {rule.key: rule for rule in version.rules}
    known_effects = {effect.name for effect in effects_from(known.effects)} if known else set()
    return _News(
        worst=max(
            (reason.disposition for reason in reasons),
            key=lambda found: found.seriousness,
            default=Disposition.OK,
        ),
        effects=frozenset(effect.name for effect in outcome.effects) - known_effects,
        for_radiologist=any(Effect(name=RADIOLOGIST) in rules[reason.rule].effects for reason in reasons),
    )


def needs_a_person(
    *, appointment: Appointment, version: VersionSpec, answers: Mapping[str, Any], outcome: Outcome
) -> bool:
    """Whether answers that are not on record yet say something that a person must look at."""
    news = _news(version, outcome, answers, known=_current(version.kind, appointment=appointment))
    return news.worst.seriousness >= Disposition.REVIEW.seriousness


def _work_for_visit(news: _News, visit: Appointment, *, now: datetime, by: Actor) -> None:
    """The time is kept whatever was answered."""
    for kind, reason in _work_of(news):
        tasks.open_task(
            kind=kind,
            location=visit.location,
            appointment=visit,
            reason=reason,
            is_urgent=reason in URGENT,
            for_radiologist=news.for_radiologist and kind == Task.Kind.REVIEW,
            now=now,
            by=by,
        )


def _work_of(news: _News) -> Iterator[tuple[Task.Kind, str]]:
    match news.worst:
        case Disposition.EMERGENCY:
            yield Task.Kind.REVIEW, REASON_EMERGENCY
        case Disposition.CALLBACK:
            yield Task.Kind.REVIEW, REASON_URGENT
        case Disposition.REVIEW | Disposition.DEFER:
            yield Task.Kind.REVIEW, REASON_REVIEW
        case _ if ALERT_DESK in news.effects:
            yield Task.Kind.ROOM, REASON_PREPARE if MASK in news.effects else REASON_HELP
    if LABS in news.effects:
        yield Task.Kind.LABS, REASON_LABS


def _says_the_same(
    record: Screening,
    version: VersionSpec,
    shown: tuple[QuestionSpec, ...],
    answers: Mapping[str, Any],
    outcome: Outcome,
    language: str,
) -> bool:
    """The text covers the version, the questions and the rules that hold."""
    return (
        record.answers == _only_shown(answers, shown)
        and record.shown == _exact_text(version, shown, outcome, language)
        and (record.disposition, record.defer_until) == (outcome.disposition, outcome.defer_until)
    )


def _current(kind: FormKind, **about: Draft | Appointment) -> Screening | None:
    """The last of the chain that a draft or a visit has of each kind."""
    return Screening.objects.filter(version__questionnaire__kind=kind, superseded_by=None, **about).first()


def _only_shown(answers: Mapping[str, Any], shown: tuple[QuestionSpec, ...]) -> dict[str, Any]:
    """What was once answered to a question that is hidden now is not kept."""
    return {question.key: answers[question.key] for question in shown if question.key in answers}


def _answered_by(booking: DraftOrVisit | None, by: Actor) -> str:
    if by.kind == "staff":
        return Screening.AnsweredBy.STAFF
    if booking is not None and is_by_proxy(booking):
        return Screening.AnsweredBy.PROXY
    return Screening.AnsweredBy.PATIENT


def _exact_text(
    version: VersionSpec, shown: tuple[QuestionSpec, ...], outcome: Outcome, language: str
) -> dict[str, Any]:
    def words(texts: Mapping[str, str]) -> str:
        return fill(texts.get(language, ""), version.parameters)

    private = private_rules(version)
    return {
        "questions": [
            {
                "key": question.key,
                "kind": question.kind,
                "private": question.is_private,
                "text": words(question.text),
                "hint": words(question.hint),
                "choices": [
                    {"value": choice.value, "text": words(choice.text)} for choice in question.choices
                ],
            }
            for question in shown
        ],
        "messages": [
            {
                "rule": reason.rule,
                "disposition": reason.disposition,
                "private": reason.rule in private,
                "text": words(reason.message),
            }
            for reason in outcome.reasons
        ],
    }
