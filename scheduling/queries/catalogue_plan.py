"""What a file would change, and everything that is wrong with it. Nothing is written here."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Model

from locations.models import Location, Scanner, User
from scheduling.models import CatalogueUpload, Exam, Offering, Preparation, Synonym
from scheduling.queries.catalogue_rows import (
    NEW,
    Change,
    Key,
    Register,
    Values,
    differences,
    register_of,
    visits_to_come,
)
from scheduling.queries.exams import is_booked_by_side
from scheduling.queries.impact import coming_visits
from scheduling.rules.catalogue_files import COLUMNS, CatalogueFile, is_on_grid, keys_of
from scheduling.rules.spreadsheets import Fault, Need, Row, Trouble, Value, as_cell, read_table

MODELS: dict[CatalogueFile, type[Model]] = {
    CatalogueFile.EXAMS: Exam,
    CatalogueFile.PREPARATIONS: Preparation,
    CatalogueFile.LOCATIONS: Location,
    CatalogueFile.OFFERINGS: Offering,
}
LENGTHS = ("minutes", "minutes_both_sides")
# Of an exam: what a scanner has to have for it.
UNFITTING = ("modality", "contrast", "minimum_tesla")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """`same`: how many rows of the file are as they are. `visits`: to come of what ends, by key."""

    file: CatalogueFile
    changes: tuple[Change, ...] = ()
    same: int = 0
    faults: tuple[Fault, ...] = ()
    visits: dict[Key, int]

    @property
    def added(self) -> list[Change]:
        return [change for change in self.changes if change.pk is None]

    @property
    def ended(self) -> list[Change]:
        return [change for change in self.changes if change.pk is not None and change.ends]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if change.pk is not None and not change.ends]

    @property
    def digest(self) -> str:
        """Of everything that would be written: what was shown is what is done, or nothing is."""
        said = [
            [change.key, change.pk, _cells(change.before), _cells(change.after)] for change in self.changes
        ]
        visits = sorted(self.visits.items())
        return hashlib.sha256(json.dumps([self.file, said, visits]).encode()).hexdigest()


def plan_file(file: CatalogueFile, data: bytes, *, user: User, now: datetime) -> FilePlan:
    sheet = read_table(data, COLUMNS[file])
    register = register_of(file, user)
    checker = _Checker(register, sheet.columns, now)
    found = [checker.change_of(row) for row in sheet.rows]
    places = {name: place for place, name in enumerate(sheet.columns)}
    faults = sorted(
        [*sheet.faults, *checker.faults], key=lambda fault: (fault.line, places.get(fault.column, -1))
    )
    if faults:
        return FilePlan(file=file, faults=tuple(faults), visits={})
    changes = tuple(change for change in found if change is not None and change.after)
    visits = _visits_of([change for change in changes if change.ends], file, now)
    return FilePlan(file=file, changes=changes, same=len(found) - len(changes), visits=visits)


def upload_of(file: CatalogueFile, user: User) -> CatalogueUpload | None:
    return CatalogueUpload.objects.filter(user=user, file=file.value).first()


def model_faults(model: type[Model], values: Values) -> Iterator[tuple[str, str]]:
    """(field, sentence) for each value that the model's own fields refuse."""
    known = {each.name: each for each in model._meta.get_fields() if hasattr(each, "clean")}
    for name, value in values.items():
        if name not in known:
            continue
        try:
            known[name].clean(value, None)
        except ValidationError as error:
            yield name, " ".join(error.messages)


def sides_fault(values: Values, *, has_sides: bool, usual: Value) -> Trouble | None:
    """`usual`: the minutes of one side where the row has none of its own."""
    both, one = values.get("minutes_both_sides"), values.get("minutes") or usual
    if both is None:
        return None
    if not has_sides:
        return Trouble.SIDES
    is_shorter = isinstance(both, int) and isinstance(one, int) and both < one
    return Trouble.BOTH_SHORTER if is_shorter else None


class _Checker:
    def __init__(self, register: Register, columns: tuple[str, ...], now: datetime) -> None:
        self.register, self.columns, self.now = register, columns, now
        self.file = register.file
        self.faults: list[Fault] = []
        self.keys = keys_of(self.file)
        self._told_missing: set[str] = set()
        self._foreign = self._slugs_elsewhere()

    def change_of(self, row: Row) -> Change | None:
        """None where the row cannot be told; other faults are gathered beside it."""
        if not all(key in row.cells for key in self.keys):
            return None
        key = tuple(as_cell(row.cells[name]) for name in self.keys)
        if not self._is_known(key, row):
            return None
        entry = self.register.entries.get(key)
        given = {name: value for name, value in row.cells.items() if name not in self.keys}
        if entry is None:
            self._tell_missing_columns(row)
            given = {**NEW[self.file], **given}
        before, after = differences(entry, given)
        self._check_values(row, after if entry else {**after, **row.cells})
        self._check_sides(row, key, {**(entry.values if entry else {}), **given}, after)
        self._check_references(row, after)
        return Change(key, entry.pk if entry else None, before, after, row.line)

    def _is_known(self, key: Key, row: Row) -> bool:
        faults = len(self.faults)
        if self.file is CatalogueFile.OFFERINGS:
            exam, location = key
            if exam not in self.register.exams:
                self._add(row, "exam", Trouble.UNKNOWN_EXAM)
            if location not in self.register.locations:
                self._add(row, "location", Trouble.UNKNOWN_LOCATION)
        elif self.file is CatalogueFile.LOCATIONS and key not in self.register.entries:
            if key[0] in self._foreign:
                self._add(row, "slug", Trouble.UNKNOWN_LOCATION)
            elif not self.register.may_add:
                self._add(row, "slug", Trouble.NEW_LOCATION)
        return len(self.faults) == faults

    def _slugs_elsewhere(self) -> set[str]:
        """Locations that are not the user's: a row about one is no new location."""
        if self.file is not CatalogueFile.LOCATIONS:
            return set()
        return set(Location.objects.values_list("slug", flat=True)) - self.register.locations.keys()

    def _tell_missing_columns(self, row: Row) -> None:
        for column in COLUMNS[self.file]:
            if column.need is not Need.NEW or column.name in self.columns:
                continue
            if column.name not in self._told_missing:
                self._told_missing.add(column.name)
                self.faults.append(Fault(1, column.name, Trouble.MISSING_COLUMN, about=str(row.line)))

    def _check_values(self, row: Row, values: Values) -> None:
        for name in LENGTHS:
            if not is_on_grid(values.get(name)):
                self._add(row, name, Trouble.LENGTH_GRID)
        fields = {name: value for name, value in values.items() if name not in ("exam", "location")}
        for name, words in model_faults(MODELS[self.file], fields):
            self._add(row, name, Trouble.INVALID, words)
        for name in ("synonyms_en", "synonyms_es"):
            for text in values.get(name) or ():  # type: ignore[union-attr]  # several words, or none
                for _field, words in model_faults(Synonym, {"text": text}):
                    self._add(row, name, Trouble.INVALID, words)

    def _check_sides(self, row: Row, key: Key, values: Values, after: Values) -> None:
        if self.file is CatalogueFile.EXAMS:
            self._check_strength(row, values, after)
            trouble = sides_fault(values, has_sides=bool(values.get("has_sides")), usual=None)
        elif self.file is CatalogueFile.OFFERINGS:
            exam = self.register.exams[key[0]]
            trouble = sides_fault(values, has_sides=exam.has_sides, usual=exam.minutes)
        else:
            return
        if trouble and after.keys() & {*LENGTHS, "has_sides"}:
            self._add(row, "minutes_both_sides", trouble)

    def _check_strength(self, row: Row, values: Values, after: Values) -> None:
        is_mri = values.get("modality") == Scanner.Modality.MR
        if after.get("minimum_tesla") and not is_mri:
            self._add(row, "minimum_tesla", Trouble.STRENGTH)

    def _check_references(self, row: Row, after: Values) -> None:
        known = self.register.preparations
        for code in after.get("prep_codes") or ():  # type: ignore[union-attr]  # several codes, or none
            if code not in known:
                self.faults.append(Fault(row.line, "prep_codes", Trouble.UNKNOWN_PREPARATION, code))
        if self.file is CatalogueFile.EXAMS:
            self._check_visits(row, after)
        if self.file is CatalogueFile.LOCATIONS and "time_zone" in after:
            place = self.register.locations.get(as_cell(row.cells["slug"]))
            if place and coming_visits(after=self.now).filter(scanner__location=place).exists():
                self._add(row, "time_zone", Trouble.ZONE_WITH_VISITS, place.time_zone)

    def _check_visits(self, row: Row, after: Values) -> None:
        """What a scanner has to have for it is changed where it is seen which visits that touches."""
        entry = self.register.entries.get((as_cell(row.cells["slug"]),))
        if entry and after.get("has_sides") is False and is_booked_by_side(entry.pk):
            self._add(row, "has_sides", Trouble.SIDES_IN_USE)
        touching = [name for name in UNFITTING if name in after]
        if entry and touching and coming_visits(after=self.now).filter(exam=entry.pk).exists():
            for name in touching:
                self._add(row, name, Trouble.EXAM_WITH_VISITS)

    def _add(self, row: Row, column: str, trouble: Trouble, about: str = "") -> None:
        cell = as_cell(row.cells.get(column))
        self.faults.append(Fault(row.line, column, trouble, cell, about))


def _visits_of(ended: list[Change], file: CatalogueFile, now: datetime) -> dict[Key, int]:
    """Visits that stay although what they are for ends."""
    if not ended or file not in (CatalogueFile.OFFERINGS, CatalogueFile.EXAMS):
        return {}
    found: dict[Key, int] = {}
    for key, count in visits_to_come(now=now).items():
        owner = key if file is CatalogueFile.OFFERINGS else key[:1]
        found[owner] = found.get(owner, 0) + count
    return {change.key: found[change.key] for change in ended if change.key in found}


def _cells(values: Values) -> dict[str, str]:
    return {name: as_cell(value, "\n") for name, value in sorted(values.items())}
