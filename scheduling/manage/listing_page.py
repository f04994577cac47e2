"""A card for each questionnaire: what is in force where, what is planned, and its versions."""

from dataclasses import dataclass
from datetime import datetime

from scheduling.manage.scope_words import MODALITIES, PublicationRow, publication_row
from scheduling.models import Questionnaire, Version
from scheduling.queries.policy import lacks_approval
from scheduling.queries.versions import Overview

NEWEST = 3  # published versions that stand on the card; the others are folded away


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: Version
    is_in_force: bool
    lacks_approval: bool


@dataclass(frozen=True, slots=True)
class Card:
    questionnaire: Questionnaire
    about: str  # the kind of scan, if it is about one
    in_force: list[PublicationRow]
    planned: list[PublicationRow]
    drafts: list[VersionRow]
    published: list[VersionRow]
    older: list[VersionRow]


def questionnaire_cards(rows: list[Overview], *, now: datetime) -> list[Card]:
    return [_card(row, now) for row in rows]


def _card(row: Overview, now: datetime) -> Card:
    in_force = {each.version_id for each in row.in_force}
    drafts, published = (
        [VersionRow(version, version.pk in in_force, lacks_approval(version)) for version in versions]
        for versions in (row.drafts, row.published)
    )
    return Card(
        questionnaire=row.questionnaire,
        about=str(MODALITIES.get(row.questionnaire.modality, "")),
        in_force=[publication_row(each, now=now) for each in row.in_force],
        planned=[publication_row(each, now=now) for each in row.planned],
        drafts=drafts,
        published=published[:NEWEST],
        older=published[NEWEST:],
    )
