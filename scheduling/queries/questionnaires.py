"""Which version of a questionnaire is in force where, as plain values."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Aggregate, Max, Min, Q

from locations.models import Location, Scanner
from scheduling.models import Exam, Publication, Version
from scheduling.rules.screening import (
    ActsWhen,
    Disposition,
    FormKind,
    QuestionKind,
    QuestionSpec,
    RuleSpec,
    Stage,
    VersionSpec,
)
from scheduling.rules.screening_check import Problem, ProblemKind, validate_version
from scheduling.rules.screening_data import choices_from, defer_from, effects_from

# Parameters that stand for limits of the scanners in use: the smallest, below which nobody need be asked how
# much, and the largest, above which a person looks for a place. The version's own number is for where no
# scanner has a limit.
LIMITS: Mapping[str, Aggregate] = {
    "ask_weight_over_lb": Min("weight_limit_lb"),
    "ask_girth_over_in": Min("girth_limit_in"),
    "most_weight_lb": Max("weight_limit_lb"),
    "most_girth_in": Max("girth_limit_in"),
}
CHEST_QUESTION = "why_chest"  # answered on a page of its own, before a time is chosen


def version_for(
    kind: FormKind, location: Location | None, modality: str, now: datetime
) -> VersionSpec | None:
    """The form in force, None where it is switched off; the general one without a location."""
    version_id = _version_in_force(kind, location, modality, now)
    return published_spec(version_id) if version_id else None


def is_asked(kind: FormKind, location: Location | None, modality: str, now: datetime) -> bool:
    return _version_in_force(kind, location, modality, now) is not None


def is_form_of(version_id: int, modality: str) -> bool:
    """Whether exams of this modality are or were asked it."""
    return Publication.objects.filter(version=version_id, modality__in=["", modality]).exists()


def limits_of(version: VersionSpec, modality: str) -> dict[str, int]:
    """The limits of the scanners in use that the version names as parameters."""
    asked = {name: limit for name, limit in LIMITS.items() if name in version.parameters}
    if not asked:
        return {}
    in_use = Scanner.objects.filter(modality=modality, is_active=True, location__is_active=True)
    return {name: limit for name, limit in in_use.aggregate(**asked).items() if limit is not None}


def with_limits(version: VersionSpec, limits: Mapping[str, int]) -> VersionSpec:
    return replace(version, parameters={**version.parameters, **limits}) if limits else version


def chest_version(exam: Exam, now: datetime) -> VersionSpec | None:
    """The general version, if it asks what a chest scan is for. None for other exams."""
    if not exam.chest_respiratory:
        return None
    version = version_for(FormKind.RESPIRATORY, None, exam.modality, now)
    asks = version is not None and any(question.key == CHEST_QUESTION for question in version.questions)
    return version if asks else None


def day_of_scope(location: Location | None, now: datetime) -> date:
    """The day at the location; for all of them the earliest of their days, so that it has come everywhere."""
    if location is not None:
        return now.astimezone(location.zone).date()
    days = [now.astimezone(place.zone).date() for place in Location.objects.filter(is_active=True)]
    return min(days, default=now.date())


def problems_of(version: Version, today: date) -> list[Problem]:
    """All that keeps a draft from being published, where today is this day."""
    signed = {
        ProblemKind.NOT_APPROVED: version.approved_by.strip(),
        ProblemKind.NOT_REVIEWED: version.reviewed_on,
    }
    missing = [Problem(kind=kind, where="") for kind, given in signed.items() if not given]
    return [*missing, *validate_version(spec_of(version), today=today)]


@lru_cache(maxsize=64)
def published_spec(version_id: int) -> VersionSpec:
    """Read once per process: the database refuses every change to a published version."""
    return spec_of(Version.objects.select_related("questionnaire").get(pk=version_id))


def spec_of(version: Version) -> VersionSpec:
    return VersionSpec(
        questionnaire=version.questionnaire.key,
        kind=FormKind(version.questionnaire.kind),
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
                stage=Stage(question.stage),
                optional=question.optional,
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


def _version_in_force(kind: FormKind, location: Location | None, modality: str, now: datetime) -> int | None:
    publication = publication_for(kind, location, modality, now)
    return publication.version_id if publication else None


def publication_for(
    kind: FormKind, location: Location | None, modality: str, now: datetime
) -> Publication | None:
    """The narrowest scope wins: a location's own before a modality's before the general one."""
    if kind is FormKind.RESPIRATORY and location is not None and not location.screening_on:
        return None
    in_force = Publication.objects.filter(
        Q(location=None) | Q(location=location),
        questionnaire__kind=kind,
        modality__in=["", modality],
        active_during__contains=now,
    )
    return max(
        in_force,
        key=lambda publication: (publication.location_id is not None, publication.modality != ""),
        default=None,
    )
