"""Versions of questionnaires for those who write and publish them: what is in force where, and what a change
would touch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from locations.models import Location, User
from scheduling.exceptions import NotFound
from scheduling.models import AuditEvent, Exam, Publication, Questionnaire, Version
from scheduling.queries.impact import coming_visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a version is in force. None and "": everywhere."""

    location: Location | None = None
    modality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Of one questionnaire: versions newest first, publications by scope."""

    questionnaire: Questionnaire
    in_force: list[Publication]
    planned: list[Publication]
    drafts: list[Version]
    published: list[Version]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Of a draft, out of the history. `what` is a kind and a key: “question pos”."""

    at: datetime
    who: str
    what: str
    revision: int


def may_write_questionnaires(user: User) -> bool:
    """The administrators of all locations; a role at one does not decide what the others ask."""
    return user.has_perm("scheduling.change_version")


def version_to_write(version_id: int) -> Version:
    """A draft or a published one. Raises NotFound."""
    version = Version.objects.select_related("questionnaire").filter(pk=version_id).first()
    if version is None:
        raise NotFound
    return version


def questionnaire_of_key(key: str) -> Questionnaire:
    questionnaire = Questionnaire.objects.filter(key=key).first()
    if questionnaire is None:
        raise NotFound
    return questionnaire


def publication_to_end(publication_id: int) -> Publication:
    publication = _publications().filter(pk=publication_id).first()
    if publication is None:
        raise NotFound
    return publication


def siblings_of(version: Version) -> QuerySet[Version]:
    """The other versions of its questionnaire."""
    others = Version.objects.filter(questionnaire=version.questionnaire_id).exclude(pk=version.pk)
    return others.select_related("questionnaire").order_by("-number")


def overviews(*, now: datetime) -> list[Overview]:
    open_ended = Q(active_during__endswith=None) | Q(active_during__endswith__gt=now)
    publications = list(_publications().filter(open_ended))
    versions = list(Version.objects.select_related("questionnaire").order_by("-number"))
    return [
        Overview(
            questionnaire=questionnaire,
            in_force=[each for each in of_this if each.active_during.lower <= now],
            planned=[each for each in of_this if each.active_during.lower > now],
            drafts=[each for each in own if not each.is_published],
            published=[each for each in own if each.is_published],
        )
        for questionnaire in Questionnaire.objects.order_by("kind", "key")
        for of_this in ([each for each in publications if each.questionnaire_id == questionnaire.pk],)
        for own in ([each for each in versions if each.questionnaire_id == questionnaire.pk],)
    ]


def publications_of(version: Version, *, now: datetime) -> list[Publication]:
    """Where the version is in force, or will be."""
    ends_later = Q(active_during__endswith=None) | Q(active_during__endswith__gt=now)
    return list(_publications().filter(ends_later, version=version))


def _publications() -> QuerySet[Publication]:
    rows = Publication.objects.select_related("questionnaire", "version__questionnaire", "location")
    return rows.order_by("location__name", "modality", "active_during")


def version_in_scope(questionnaire: Questionnaire, scope: Scope, *, at: datetime) -> Version | None:
    """The one in force for the scope at a moment, of this or of a wider scope; None where the form is off."""
    location_id = scope.location.pk if scope.location else None
    found = _narrowest(_in_force(questionnaire, at), location_id, scope.modality or questionnaire.modality)
    return found.version if found else None


def visits_ahead(questionnaire: Questionnaire, scope: Scope, *, starts: datetime, now: datetime) -> int:
    """Coming visits that would be asked what is published for a scope from a moment on: those in it, but
    for the places and scans that have something of their own."""
    in_force = [each for each in _in_force(questionnaire, starts) if not _is_of(each, scope)]
    modality = scope.modality or questionnaire.modality
    planned = Publication(
        questionnaire=questionnaire, location=scope.location, modality=modality, active_during=None
    )
    visits = coming_visits(after=max(starts, now))
    if questionnaire.kind == Questionnaire.Kind.RESPIRATORY:
        visits = visits.filter(scanner__location__screening_on=True)
    rows = visits.values_list("scanner__location", "exam__modality").annotate(count=Count("pk")).order_by()
    return sum(
        count
        for location_id, kind, count in rows
        if _narrowest([*in_force, planned], location_id, kind) is planned
    )


def _in_force(questionnaire: Questionnaire, at: datetime) -> list[Publication]:
    return list(_publications().filter(questionnaire=questionnaire, active_during__contains=at))


def _is_of(publication: Publication, scope: Scope) -> bool:
    location_id = scope.location.pk if scope.location else None
    return (publication.location_id, publication.modality) == (
        location_id,
        scope.modality or publication.questionnaire.modality,
    )


def _narrowest(
    publications: Iterable[Publication], location_id: int | None, modality: str
) -> Publication | None:
    """As queries.questionnaires finds it: a location's own before a modality's before the general one."""
    return max(
        (
            each
            for each in publications
            if each.location_id in (None, location_id) and each.modality in ("", modality)
        ),
        key=lambda each: (each.location_id is not None, each.modality != ""),
        default=None,
    )


def changes_since(version: Version, revision: int) -> list[Change]:
    """What others wrote after somebody opened the draft, oldest first."""
    events = AuditEvent.objects.filter(
        event=AuditEvent.Event.VERSION_CHANGED,
        object_kind="version",
        object_id=str(version.pk),
        after__revision__gt=revision,
    ).order_by("pk")
    rows = list(events)
    ids = {event.actor_name for event in rows if event.actor_kind == "staff"}
    names = {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids)}
    return [
        Change(
            at=event.at,
            who=names.get(event.actor_name, event.actor_name),
            what=event.after["what"],
            revision=event.after["revision"],
        )
        for event in rows
    ]


def exams_to_try(questionnaire: Questionnaire) -> QuerySet[Exam]:
    """Those that the questionnaire can be about."""
    exams = Exam.objects.filter(is_active=True)
    return exams.filter(modality=questionnaire.modality) if questionnaire.modality else exams


def places() -> QuerySet[Location]:
    return Location.objects.filter(is_active=True).order_by("name")


def tags_of_exams() -> list[str]:
    """All that a condition can ask of an exam: what exams are like, and their families."""
    exams = Exam.objects.filter(is_active=True)
    return sorted({tag for exam in exams for tag in (*exam.tags(), exam.family)})
