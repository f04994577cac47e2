"""Which version is asked where, as plain values, and what a draft's answers lead to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import Q

from locations.models import Location
from scheduling.models import Appointment, Draft, Exam, Publication, Questionnaire, Screening, Version
from scheduling.rules.screening import (
    ActsWhen,
    Circumstances,
    Disposition,
    Outcome,
    QuestionKind,
    QuestionSpec,
    RuleSpec,
    VersionSpec,
    assess,
    unanswered,
    visible_questions,
)
from scheduling.rules.screening_data import choices_from, defer_from, effects_from

TO_DO = (Disposition.OK, Disposition.MASK)  # their messages say what to do, and nobody has to call
CHEST_QUESTION = "why_chest"  # answered on a page of its own, before a time is chosen
# A day so far off that only rules that act at any distance do: for answers given before a time is chosen.
_FAR_AHEAD = timedelta(days=3650)


def version_for(location: Location | None, modality: str, now: datetime) -> VersionSpec | None:
    """The respiratory form in force, None where it is switched off; the general one without a location."""
    if location is not None and not location.screening_on:
        return None
    publication = _publication_for(location, modality, now)
    if publication is None or publication.version_id is None:
        return None
    return published_spec(publication.version_id)


def day_of_scope(location: Location | None, now: datetime) -> date:
    """The day at the location; for all of them the earliest of their days, so that it has come everywhere."""
    if location is not None:
        return now.astimezone(location.zone).date()
    days = [now.astimezone(place.zone).date() for place in Location.objects.filter(is_active=True)]
    return min(days, default=now.date())


def asks_at_booking(draft: Draft, *, now: datetime) -> bool:
    location = draft.location
    if location is None or not (location.screening_on and location.asks_screening_at_booking):
        return False
    publication = _publication_for(location, draft.exam.modality, now)
    return publication is not None and publication.version_id is not None


def version_of_draft(draft: Draft, *, now: datetime) -> VersionSpec | None:
    """The version the patient began to answer, even if another came into force since."""
    if draft.screening_version_id is not None:
        return published_spec(draft.screening_version_id)
    if draft.location and not asks_at_booking(draft, now=now):
        return None
    return version_for(draft.location, draft.exam.modality, now)


def chest_version(exam: Exam, now: datetime) -> VersionSpec | None:
    """The general version, if it asks what a chest scan is for. None for other exams."""
    if not exam.chest_respiratory:
        return None
    version = version_for(None, exam.modality, now)
    asks = version is not None and any(question.key == CHEST_QUESTION for question in version.questions)
    return version if asks else None


def outcome_of_draft(draft: Draft, *, now: datetime) -> Outcome | None:
    """What the answers lead to for the chosen day; None when nothing was asked."""
    version = version_of_record(draft, now=now)
    if version is None:
        return None
    return assess(version, answers_of(draft), circumstances_of(draft, now=now))


def not_before(draft: Draft, *, now: datetime) -> date | None:
    """The first day that complete answers allow, for as long as they stand. None: any day.

    Judged as for a visit at once: who is put off from tomorrow to next week can't come the day after
    tomorrow either, though the rules leave a day that far ahead to the next time of asking.
    """
    version = version_of_record(draft, now=now)
    if version is None or draft.screened_at is None:
        return None
    where = circumstances_of(draft, now=now)
    return assess(version, answers_of(draft), replace(where, visit_on=where.answered_on)).defer_until


def is_too_early(draft: Draft, location: Location, starts_at: datetime, *, now: datetime) -> bool:
    first = not_before(draft, now=now)
    return first is not None and starts_at.astimezone(location.zone).date() < first


def version_of_record(draft: Draft, *, now: datetime) -> VersionSpec | None:
    """The version that judges the draft. The chest question is asked even where the form is off."""
    if draft.screening_version_id is not None:
        return version_of_draft(draft, now=now)
    return chest_version(draft.exam, now) if draft.why_chest else None


def answers_of(draft: Draft) -> dict[str, object]:
    """All answers by question; the one about a chest scan is asked on its own, before a time is chosen."""
    chest = {CHEST_QUESTION: draft.why_chest} if draft.why_chest else {}
    return {**draft.screening_answers, **chest}


def days_of_draft(draft: Draft, *, now: datetime) -> tuple[date, date]:
    """The day of answering and the day of the visit, both in the location's zone."""
    if draft.location is None:
        return now.date(), now.date() + _FAR_AHEAD
    zone = draft.location.zone
    answered_on = (draft.screened_at or now).astimezone(zone).date()
    visit_on = draft.starts_at.astimezone(zone).date() if draft.starts_at else answered_on + _FAR_AHEAD
    return answered_on, visit_on


def circumstances_of(draft: Draft, *, now: datetime) -> Circumstances:
    answered_on, visit_on = days_of_draft(draft, now=now)
    return Circumstances(
        answered_on=answered_on,
        visit_on=visit_on,
        tags=tags_of(draft.exam),
        has_order=draft.has_order,
    )


def shown_to(version: VersionSpec, draft: Draft, *, now: datetime) -> tuple[QuestionSpec, ...]:
    """The questions that are visible with the draft's answers so far."""
    return visible_questions(version, answers_of(draft), circumstances_of(draft, now=now))


def shown_with(
    version: VersionSpec, draft: Draft, answers: Mapping[str, object], *, now: datetime
) -> frozenset[str]:
    """The keys of the questions that would be visible with these answers in place of the earlier ones.
    None takes an answer away."""
    shown = visible_questions(version, {**answers_of(draft), **answers}, circumstances_of(draft, now=now))
    return frozenset(question.key for question in shown)


def still_to_answer(version: VersionSpec, draft: Draft, *, now: datetime) -> tuple[QuestionSpec, ...]:
    """Without the one about a chest scan, which the journey asks on its own page."""
    shown = shown_to(version, draft, now=now)
    return tuple(
        question for question in unanswered(shown, answers_of(draft)) if question.key != CHEST_QUESTION
    )


def notes_for_visit(visit: Appointment) -> list[str]:
    """What the patient was told to do, such as wearing a mask, as it was worded then."""
    screening = Screening.objects.filter(appointment=visit, superseded_by=None).first()
    told = screening.shown["messages"] if screening else []
    return [message["text"] for message in told if message["disposition"] in TO_DO]


def tags_of(exam: Exam) -> frozenset[str]:
    """Rules may name what an exam is like, or its whole family."""
    return exam.tags() | {exam.family}


@lru_cache(maxsize=64)
def published_spec(version_id: int) -> VersionSpec:
    """Read once per process: the database refuses every change to a published version."""
    return spec_of(Version.objects.select_related("questionnaire").get(pk=version_id))


def spec_of(version: Version) -> VersionSpec:
    return VersionSpec(
        questionnaire=version.questionnaire.key,
        number=version.number,
        parameters=version.parameters,
        texts=version.texts,
        reviewed_on=version.reviewed_on,
        questions=tuple(
            QuestionSpec(
                key=question.key,
                position=question.position,
                kind=QuestionKind(question.kind),
                text={"en": question.text_en, "es": question.text_es},
                hint={"en": question.hint_en, "es": question.hint_es} if question.hint_en else {},
                choices=choices_from(question.choices),
                show_if=question.show_if,
                stands_alone=question.stands_alone,
            )
            for question in version.questions.all()
        ),
        rules=tuple(
            RuleSpec(
                key=rule.key,
                position=rule.position,
                condition=rule.condition,
                disposition=Disposition(rule.disposition),
                message={"en": rule.message_en, "es": rule.message_es},
                defer=defer_from(rule.defer),
                effects=effects_from(rule.effects),
                acts_when=ActsWhen(rule.acts_when),
            )
            for rule in version.rules.all()
        ),
        pk=version.pk,
    )


def _publication_for(location: Location | None, modality: str, now: datetime) -> Publication | None:
    """The narrowest scope wins: a location's own before a modality's before the general one."""
    in_force = Publication.objects.filter(
        Q(location=None) | Q(location=location),
        questionnaire__kind=Questionnaire.Kind.RESPIRATORY,
        modality__in=["", modality],
        active_during__contains=now,
    )
    return max(
        in_force,
        key=lambda publication: (publication.location_id is not None, publication.modality != ""),
        default=None,
    )
