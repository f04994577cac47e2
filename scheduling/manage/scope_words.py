"""Where and since when something is in force, on the clock of the place."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from locations.models import Scanner
from locations.zones import home_zone
from scheduling.models import Publication
from scheduling.queries.asking_everyone import Progress, progress_of
from scheduling.queries.versions import Scope
from scheduling.wall_clock import day_words, time_words, zone_words

MODALITIES = dict(Scanner.Modality.choices)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    pk: int
    scope: str
    version_id: int | None  # None: switched off
    number: int | None
    since: str
    until: str  # empty: for good
    is_planned: bool
    can_end: bool
    asks_again_from: date | None
    asking: Progress | None


def scope_words(scope: Scope) -> str:
    place = str(scope.location) if scope.location else _("All locations")
    return f"{place}, {MODALITIES[scope.modality]}" if scope.modality else place


def start_words(at: datetime, zone: ZoneInfo, *, is_now: bool) -> str:
    return _("from now on") if is_now else _("from %(moment)s") % {"moment": moment_words(at, zone)}


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday, December 1, 2026, 12:00 am CST"""
    words = pgettext("day, time and zone", "%(day)s, %(time)s %(zone)s")
    time, letters = time_words(at, zone), zone_words(at, zone)
    return words % {
        "day": day_words(at, zone, year=True),
        "time": time.removesuffix(f" {letters}"),
        "zone": letters,
    }


def publication_row(publication: Publication, *, now: datetime) -> PublicationRow:
    span, location = publication.active_during, publication.location
    zone = location.zone if location else home_zone()
    own = publication.questionnaire.modality
    modality = "" if publication.modality == own else publication.modality
    is_planned = span.lower > now
    return PublicationRow(
        pk=publication.pk,
        scope=scope_words(Scope(location=location, modality=modality)),
        version_id=publication.version_id,
        number=publication.version.number if publication.version else None,
        since=moment_words(span.lower, zone),
        until=moment_words(span.upper, zone) if span.upper else "",
        is_planned=is_planned,
        can_end=is_planned or not publication.is_widest,
        asks_again_from=publication.asks_again_from,
        asking=None if is_planned else progress_of(publication),
    )
