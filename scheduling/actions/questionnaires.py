"""Writing versions of questionnaires and putting them in force."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from locations.models import Location
from scheduling.actions import audit
from scheduling.exceptions import NotPublishable
from scheduling.models import AuditEvent, Publication, Question, Questionnaire, Rule, Version
from scheduling.queries.questionnaires import day_of_scope, spec_of
from scheduling.rules.actors import Actor
from scheduling.rules.screening import VersionSpec
from scheduling.rules.screening_check import Problem, ProblemKind, validate_version
from scheduling.rules.screening_data import choices_to_data, defer_to_data, effects_to_data


@transaction.atomic
def save_version(*, questionnaire: Questionnaire, spec: VersionSpec, about: Mapping[str, Any]) -> Version:
    """A new draft with the next number. `about`: preset, source_url, source_date, reviewed_on, approved_by,
    change_note."""
    _lock(questionnaire)
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
        Question(
            version=version,
            key=question.key,
            position=question.position,
            kind=question.kind,
            text_en=question.text.get("en", ""),
            text_es=question.text.get("es", ""),
            hint_en=question.hint.get("en", ""),
            hint_es=question.hint.get("es", ""),
            choices=choices_to_data(question.choices),
            show_if=question.show_if,
            stands_alone=question.stands_alone,
            stage=question.stage,
            optional=question.optional,
        )
        for question in spec.questions
    )


def _write_rules(version: Version, spec: VersionSpec) -> None:
    Rule.objects.bulk_create(
        Rule(
            version=version,
            key=rule.key,
            position=rule.position,
            condition=rule.condition,
            disposition=rule.disposition,
            defer=defer_to_data(rule.defer),
            effects=effects_to_data(rule.effects),
            message_en=rule.message.get("en", ""),
            message_es=rule.message.get("es", ""),
            acts_when=rule.acts_when,
        )
        for rule in spec.rules
    )


@transaction.atomic
def publish(
    *,
    version: Version,
    location: Location | None = None,
    modality: str = "",
    starts: datetime,
    now: datetime,
    by: Actor,
) -> Publication:
    """Freeze the version and put it in force for a scope from `starts` on, until the next one planned there.

    Raises NotPublishable for a version with faults, such as one reviewed on a day that has yet to come, and
    for a kind of scan that the questionnaire is not about.
    """
    _lock(version.questionnaire)
    version = Version.objects.select_for_update().select_related("questionnaire").get(pk=version.pk)
    if not version.is_published:
        problems = validate_version(spec_of(version), today=day_of_scope(location, now))
        if problems:
            raise NotPublishable(problems)
        version.published_at = now
        version.save(update_fields=["published_at"])
    return _put_in_force(version.questionnaire, version, location, modality, starts=starts, now=now, by=by)


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
    _lock(questionnaire)
    return _put_in_force(questionnaire, None, location, modality, starts=starts, now=now, by=by)


def _put_in_force(
    questionnaire: Questionnaire,
    version: Version | None,
    location: Location | None,
    modality: str,
    *,
    starts: datetime,
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


def _lock(questionnaire: Questionnaire) -> None:
    """Numbers and publications of one questionnaire are given one after the other."""
    Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
