"""What a first administrator decides: the respiratory rules of each center, and who answers for them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from locations.models import Location
from scheduling.models import AuditEvent, Publication, Questionnaire, Version
from scheduling.queries.versions import places

# Written in the presets as who approved them: nobody has.
STARTER = "Starter rules, to be approved by the center's medical director"
REVIEW_EVERY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Policy:
    """`general` and `own` are publications in force now; `is_chosen` when a person put the general one there.
    `versions` can be chosen: of each preset the newest published one, else the newest draft, and all in
    force."""

    questionnaire: Questionnaire | None = None
    general: Publication | None = None
    own: dict[int, Publication] = field(default_factory=dict)  # by location
    places: list[Location] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    is_chosen: bool = False


def policy_of(*, now: datetime) -> Policy:
    questionnaire = Questionnaire.objects.filter(kind=Questionnaire.Kind.RESPIRATORY).order_by("pk").first()
    if questionnaire is None:
        return Policy()
    in_force = list(
        Publication.objects.filter(
            questionnaire=questionnaire, modality="", active_during__contains=now
        ).select_related("version__questionnaire", "location", "questionnaire")
    )
    general = next((each for each in in_force if each.location_id is None), None)
    return Policy(
        questionnaire=questionnaire,
        general=general,
        own={each.location_id: each for each in in_force if each.location_id is not None},
        places=list(places()),
        versions=_versions(questionnaire, in_force),
        is_chosen=general is not None and _is_by_a_person(general),
    )


def _versions(questionnaire: Questionnaire, in_force: list[Publication]) -> list[Version]:
    rows = list(questionnaire.versions.select_related("questionnaire").order_by("-number"))
    rows.sort(key=lambda version: not version.is_published)
    newest: dict[str, Version] = {}
    for version in rows:
        newest.setdefault(version.preset, version)
    ids = {version.pk for version in newest.values()} | {each.version_id for each in in_force}
    return sorted((version for version in rows if version.pk in ids), key=lambda version: version.number)


def _is_by_a_person(publication: Publication) -> bool:
    return AuditEvent.objects.filter(
        event=AuditEvent.Event.PUBLISHED,
        object_kind="publication",
        object_id=str(publication.pk),
        actor_kind="staff",
    ).exists()


def lacks_approval(version: Version) -> bool:
    return version.approved_by.strip() in ("", STARTER)


def is_review_due(version: Version, *, today: date) -> bool:
    return version.reviewed_on is None or version.reviewed_on + REVIEW_EVERY < today
