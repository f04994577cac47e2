"""Writing versions of questionnaires and putting them in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from locations.models import Location
from scheduling.actions import audit
from scheduling.exceptions import CannotEnd, EditConflict, NotFound, NotPublishable
from scheduling.models import AuditEvent, Publication, Question, Questionnaire, Rule, Version
from scheduling.queries.questionnaires import day_of_scope, problems_of
from scheduling.rules.actors import Actor
from scheduling.rules.screening import QuestionSpec, RuleSpec, VersionSpec
from scheduling.rules.screening_check import Problem, ProblemKind
from scheduling.rules.screening_data import choices_to_data, defer_to_data, effects_to_data


@transaction.atomic
def save_version(*, questionnaire: Questionnaire, spec: VersionSpec, about: Mapping[str, Any]) -> Version:
    """A new draft with the next number. `about`: preset, source_url, source_date, reviewed_on, approved_by,
    change_note."""
    lock_questionnaire(questionnaire)
    newest = questionnaire.versions.order_by("-number").first()
    version = Version.objects.create(
        questionnaire=questionnaire,
        number=newest.number + 1 if newest else 1,
        parameters=dict(spec.parameters),
        texts={key: dict(texts) for key, texts in spec.texts.items()},
        **about,
    )
    _write_questions(version, spec)
    _write_rules(version, spec)
    return version


def _write_questions(version: Version, spec: VersionSpec) -> None:
    Question.objects.bulk_create(
        Question(version=version, position=question.position, **question_values(question))
        for question in spec.questions
    )


def _write_rules(version: Version, spec: VersionSpec) -> None:
    Rule.objects.bulk_create(
        Rule(version=version, position=rule.position, **rule_values(rule)) for rule in spec.rules
    )


def question_values(question: QuestionSpec) -> dict[str, Any]:
    """The columns of a question but for its place."""
    return {
        "key": question.key,
        "kind": question.kind,
        "text_en": question.text.get("en", ""),
        "text_es": question.text.get("es", ""),
        "hint_en": question.hint.get("en", ""),
        "hint_es": question.hint.get("es", ""),
        "choices": choices_to_data(question.choices),
        "show_if": question.show_if,
        "stands_alone": question.stands_alone,
        "stage": question.stage,
        "optional": question.optional,
    }


def rule_values(rule: RuleSpec) -> dict[str, Any]:
    """The columns of a rule but for its place."""
    return {
        "key": rule.key,
        "condition": rule.condition,
        "disposition": rule.disposition,
        "defer": defer_to_data(rule.defer),
        "effects": effects_to_data(rule.effects),
        "message_en": rule.message.get("en", ""),
        "message_es": rule.message.get("es", ""),
        "acts_when": rule.acts_when,
    }


@transaction.atomic
def publish(
    *,
    version: Version,
    location: Location | None = None,
    modality: str = "",
    starts: datetime,
    asks_again_from: date | None = None,
    revision: int | None = None,
    now: datetime,
    by: Actor,
) -> Publication:
    """Freeze the version and put it in force for a scope from `starts` on, until the next one planned there.

    Raises NotPublishable for a version with faults, such as one reviewed on a day that has yet to come, and
    for a kind of scan that the questionnaire is not about. `revision` is that of the draft as it was looked
    at: EditConflict when it has changed since. `asks_again_from`: who answered before `starts` and comes on
    that day or later, a day at their location, is asked again (actions/asking_everyone.py).
    """
    lock_questionnaire(version.questionnaire)
    version = Version.objects.select_for_update().select_related("questionnaire").get(pk=version.pk)
    if revision is not None and (version.is_published or version.revision != revision):
        raise EditConflict
    if not version.is_published:
        problems = problems_of(version, day_of_scope(location, now))
        if problems:
            raise NotPublishable(problems)
        version.published_at = now
        version.save(update_fields=["published_at"])
    return _put_in_force(
        version.questionnaire,
        version,
        location,
        modality,
        starts=starts,
        asks_again_from=asks_again_from,
        now=now,
        by=by,
    )


@transaction.atomic
def switch_off(
    *,
    questionnaire: Questionnaire,
    location: Location | None = None,
    modality: str = "",
    starts: datetime,
    now: datetime,
    by: Actor,
) -> Publication:
    """No form for a scope from `starts` on. Raises NotPublishable as `publish` does for the kind of scan."""
    lock_questionnaire(questionnaire)
    return _put_in_force(questionnaire, None, location, modality, starts=starts, now=now, by=by)


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """For a location, or for all: a version, or none at all. `ends`: the location's own publication, after
    which it has what all have."""

    questionnaire: Questionnaire
    location: Location | None
    version: Version | None = None
    ends: int | None = None


@transaction.atomic
def choose_policy(*, choices: Sequence[PolicyChoice], now: datetime, by: Actor) -> None:
    """All of them or none, from now on. Raises NotPublishable."""
    for choice in choices:
        scope: dict[str, Any] = {"location": choice.location, "starts": now, "now": now, "by": by}
        if choice.ends is not None:
            end_publication(publication_id=choice.ends, now=now, by=by)
        elif choice.version is not None:
            publish(version=choice.version, **scope)
        else:
            switch_off(questionnaire=choice.questionnaire, **scope)


@transaction.atomic
def end_publication(*, publication_id: int, now: datetime, by: Actor) -> None:
    """What is only planned is withdrawn, and what is in force before it stays. What has begun ends now, and
    the next wider scope counts there. Raises NotFound, and CannotEnd where there is no wider one."""
    publication = _locked_publication(publication_id)
    span = publication.active_during
    is_over = span.upper is not None and span.upper <= now
    if span.lower <= now and (publication.is_widest or is_over):
        raise CannotEnd
    if span.lower >= now:
        publication.delete()
        before = _same_scope(publication).filter(active_during__endswith=span.lower).first()
        if before:
            before.active_during = DateTimeTZRange(before.active_during.lower, span.upper)
            before.save(update_fields=["active_during"])
    else:
        publication.active_during = DateTimeTZRange(span.lower, now)
        publication.save(update_fields=["active_during"])
    audit.record(
        event=AuditEvent.Event.PUBLICATION_ENDED,
        subject=publication.questionnaire,
        location_id=publication.location_id,
        before={
            "publication": publication_id,
            "version": publication.version.number if publication.version else None,
            "modality": publication.modality,
            "starts": span.lower.isoformat(),
        },
        now=now,
        by=by,
    )


def _locked_publication(publication_id: int) -> Publication:
    found = Publication.objects.select_related("questionnaire", "version").filter(pk=publication_id)
    publication = found.first()
    if publication is None:
        raise NotFound
    lock_questionnaire(publication.questionnaire)
    publication = found.first()  # as it is now that nobody else writes
    if publication is None:
        raise NotFound
    return publication


def _same_scope(publication: Publication) -> QuerySet[Publication]:
    return Publication.objects.filter(
        questionnaire=publication.questionnaire_id,
        location=publication.location_id,
        modality=publication.modality,
    )


def _put_in_force(
    questionnaire: Questionnaire,
    version: Version | None,
    location: Location | None,
    modality: str,
    *,
    starts: datetime,
    asks_again_from: date | None = None,
    now: datetime,
    by: Actor,
) -> Publication:
    modality = _modality_of(questionnaire, modality)
    scope = Publication.objects.filter(questionnaire=questionnaire, location=location, modality=modality)
    for current in scope.filter(active_during__contains=starts):
        if current.active_during.lower == starts:
            current.delete()
        else:
            current.active_during = DateTimeTZRange(current.active_during.lower, starts)
            current.save(update_fields=["active_during"])
    planned = scope.filter(active_during__startswith__gt=starts).order_by("active_during").first()
    publication = Publication.objects.create(
        questionnaire=questionnaire,
        version=version,
        location=location,
        modality=modality,
        active_during=DateTimeTZRange(starts, planned.active_during.lower if planned else None),
        asks_again_from=asks_again_from,
    )
    audit.record(
        event=AuditEvent.Event.PUBLISHED,
        subject=publication,
        location_id=location.pk if location else None,
        after={
            "questionnaire": questionnaire.key,
            "version": version.number if version else None,
            "modality": modality,
            "starts": starts.isoformat(),
            **({"asks_again_from": asks_again_from.isoformat()} if asks_again_from else {}),
        },
        now=now,
        by=by,
    )
    return publication


def _modality_of(questionnaire: Questionnaire, asked: str) -> str:
    """One that is about one kind of scan is in force for that kind, and for no other."""
    own = questionnaire.modality
    if own and asked not in ("", own):
        raise NotPublishable([Problem(kind=ProblemKind.OTHER_MODALITY, where="modality", detail=asked)])
    return own or asked


def lock_questionnaire(questionnaire: Questionnaire) -> None:
    """Numbers and publications of one questionnaire are given one after the other."""
    Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
