"""The catalogue as rows of values: what its files hold, what its pages save, and what of it changed."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from django.db.models import Count, QuerySet

from locations.models import Assignment, Location, Scanner, User
from scheduling.exceptions import NotFound
from scheduling.models import Exam, Offering, Preparation
from scheduling.queries.impact import coming_visits
from scheduling.rules.catalogue_files import COLUMNS, CatalogueFile, keys_of, phone
from scheduling.rules.spreadsheets import CellError, Value, as_cell, plain

Key: TypeAlias = tuple[str, ...]
Values: TypeAlias = Mapping[str, Value]

# What a row that says nothing of it gets.
NEW: dict[CatalogueFile, dict[str, Value]] = {
    CatalogueFile.EXAMS: {
        "contrast": "none",
        "has_sides": False,
        "chest_respiratory": False,
        "beam_through_pelvis": False,
        "minimum_tesla": None,
        "order_required": "yes",
        "prep_codes": (),
        "synonyms_en": (),
        "synonyms_es": (),
        "is_active": True,
    },
    CatalogueFile.PREPARATIONS: {"position": 0, "arrive_minutes": 0, "lead_minutes": 0},
    CatalogueFile.LOCATIONS: {"is_active": False},  # hours and scanners come first
    CatalogueFile.OFFERINGS: {"offered": True, "price_is_example": False, "minimum_age": 0},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that is there. `values` by column, without those that say which row it is."""

    pk: int
    values: Values

    @property
    def digest(self) -> str:
        return digest_of(self.values)


@dataclass(frozen=True, slots=True)
class Change:
    """Of one row: only what differs. Without a `pk` it is new. `line` is of the file it came from."""

    key: Key
    pk: int | None
    before: Values
    after: Values
    line: int = 0

    @property
    def ends(self) -> bool:
        """What was offered is not any more."""
        return any(self.before.get(name) and not self.after[name] for name in ACTIVE if name in self.after)


ACTIVE = ("offered", "is_active")


@dataclass(frozen=True, slots=True)
class Register:
    """All rows of one file that the user may write, and the keys that rows may refer to."""

    file: CatalogueFile
    entries: Mapping[Key, Entry]
    exams: Mapping[str, Exam] = field(default_factory=dict)
    locations: Mapping[str, Location] = field(default_factory=dict)
    preparations: Mapping[str, Preparation] = field(default_factory=dict)
    may_add: bool = True


def digest_of(values: Values) -> str:
    """Says whether a row is as it was when its page was shown."""
    said = {name: as_cell(value, "\n") for name, value in values.items()}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def may_write_catalogue(user: User) -> bool:
    """Exams and preparations are the same everywhere: administrators of all locations write them."""
    return user.has_perm("scheduling.change_exam")


def offering_locations(user: User) -> QuerySet[Location]:
    """Whose offerings the user edits."""
    if user.has_perm("scheduling.change_offering"):
        return Location.objects.all()
    return user.locations_for(Assignment.Role.ADMINISTRATOR)


def location_for(user: User, slug: str) -> Location:
    """Raises NotFound, the same for a missing one and for another administrator's."""
    found = offering_locations(user).filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def scanner_for(user: User, scanner_id: int) -> Scanner:
    """Raises NotFound as `location_for`."""
    scanners = Scanner.objects.select_related("location").filter(location__in=offering_locations(user))
    found = scanners.filter(pk=scanner_id).first()
    if found is None:
        raise NotFound
    return found


def register_of(file: CatalogueFile, user: User) -> Register:
    match file:
        case CatalogueFile.EXAMS:
            known = {each.code: each for each in Preparation.objects.all()}
            return Register(file, exam_entries(), preparations=known)
        case CatalogueFile.PREPARATIONS:
            return Register(file, preparation_entries())
        case CatalogueFile.LOCATIONS:
            places = {place.slug: place for place in offering_locations(user)}
            return Register(
                file, location_entries(places.values()), locations=places, may_add=may_write_catalogue(user)
            )
        case CatalogueFile.OFFERINGS:
            places = {place.slug: place for place in offering_locations(user)}
            exams = {exam.slug: exam for exam in Exam.objects.all()}
            return Register(file, offering_entries(places.values()), exams, places)


def exam_entries(exams: QuerySet[Exam] | None = None) -> dict[Key, Entry]:
    chosen = Exam.objects.all() if exams is None else exams
    rows = chosen.order_by("modality", "body_region", "slug").prefetch_related("preparations", "synonyms")
    return {(exam.slug,): Entry(exam.pk, exam_values(exam)) for exam in rows}


def exam_values(exam: Exam) -> dict[str, Value]:
    words: dict[str, list[str]] = defaultdict(list)
    for synonym in exam.synonyms.all():
        words[synonym.language].append(synonym.text)
    return {
        **_fields(exam, CatalogueFile.EXAMS, left_out=("prep_codes", "synonyms_en", "synonyms_es")),
        "prep_codes": tuple(sorted(preparation.code for preparation in exam.preparations.all())),
        "synonyms_en": tuple(sorted(words["en"])),
        "synonyms_es": tuple(sorted(words["es"])),
    }


def preparation_entries() -> dict[Key, Entry]:
    return {(each.code,): Entry(each.pk, preparation_values(each)) for each in Preparation.objects.all()}


def preparation_values(preparation: Preparation) -> dict[str, Value]:
    return _fields(preparation, CatalogueFile.PREPARATIONS)


def location_entries(locations: Iterable[Location]) -> dict[Key, Entry]:
    return {(place.slug,): Entry(place.pk, location_values(place)) for place in locations}


def location_values(location: Location) -> dict[str, Value]:
    return {**_fields(location, CatalogueFile.LOCATIONS), "phone": _phone(str(location.phone))}


def offering_entries(locations: Iterable[Location]) -> dict[Key, Entry]:
    rows = Offering.objects.filter(location__in=list(locations)).select_related("exam", "location")
    return {
        (row.exam.slug, row.location.slug): Entry(row.pk, offering_values(row))
        for row in rows.order_by("exam__modality", "exam__slug", "location__slug")
    }


def offering_values(offering: Offering) -> dict[str, Value]:
    values = _fields(offering, CatalogueFile.OFFERINGS, left_out=("offered",))
    return {"offered": offering.is_active, **values}


def rows_of(register: Register) -> list[dict[str, Value]]:
    """For the file."""
    names = keys_of(register.file)
    return [{**dict(zip(names, key, strict=True)), **entry.values} for key, entry in register.entries.items()]


def differences(entry: Entry | None, wanted: Values) -> tuple[dict[str, Value], dict[str, Value]]:
    """(before, after) of what changes; of a new row, everything."""
    if entry is None:
        return {}, dict(wanted)
    after = {name: value for name, value in wanted.items() if value != entry.values[name]}
    return {name: entry.values[name] for name in after}, after


def visits_to_come(*, now: datetime) -> dict[Key, int]:
    """How many for each exam at each location, by their slugs."""
    counted = (
        coming_visits(after=now)
        .order_by()
        .values_list("exam__slug", "scanner__location__slug")
        .annotate(count=Count("pk"))
    )
    return {(exam, location): count for exam, location, count in counted}


def _fields(row: object, file: CatalogueFile, left_out: tuple[str, ...] = ()) -> dict[str, Value]:
    """The columns that are fields of the same name."""
    names = (column.name for column in COLUMNS[file] if column.name not in (*keys_of(file), *left_out))
    found = {name: getattr(row, name) for name in names}
    return {name: plain(value) if isinstance(value, str) else value for name, value in found.items()}


def _phone(stored: str) -> str:
    try:
        return phone(stored)
    except CellError:
        return stored
