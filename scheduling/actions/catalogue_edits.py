"""Writing exams, preparations, locations and offerings: from their pages, from the matrix and from files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import Model

from locations.models import Location, User
from scheduling.actions import audit
from scheduling.actions.catalogue import refresh_search_texts
from scheduling.exceptions import FileRefused, PlanChanged
from scheduling.models import AuditEvent, CatalogueUpload, Exam, Offering, Preparation, Synonym
from scheduling.queries.catalogue_plan import FilePlan, plan_file
from scheduling.queries.catalogue_rows import Change
from scheduling.rules.actors import Actor
from scheduling.rules.catalogue_files import CatalogueFile
from scheduling.rules.spreadsheets import as_cell

AT_ONCE = 500  # rows of one statement
_SETS = ("prep_codes", "synonyms_en", "synonyms_es")
_FIELDS = {"offered": "is_active"}
# Writers wait for each other; who only reads or books does not wait.
_LOCK = """
LOCK TABLE locations_location, scheduling_exam, scheduling_preparation, scheduling_offering
IN SHARE ROW EXCLUSIVE MODE
"""


def keep_upload(*, file: CatalogueFile, data: bytes, user: User, now: datetime) -> None:
    """Until it is applied or discarded, or the next one is sent."""
    values = {"data": data, "sent_at": now}
    CatalogueUpload.objects.update_or_create(user=user, file=file.value, defaults=values)


def discard_upload(*, file: CatalogueFile, user: User) -> None:
    CatalogueUpload.objects.filter(user=user, file=file.value).delete()


@transaction.atomic
def apply_upload(
    *, file: CatalogueFile, digest: str, user: User, now: datetime, by: Actor
) -> FilePlan | None:
    """What is kept, once; None where it was applied or discarded meanwhile."""
    lock_catalogue()
    upload = CatalogueUpload.objects.filter(user=user, file=file.value).first()
    if upload is None:
        return None
    plan = apply_file(file=file, data=bytes(upload.data), digest=digest, user=user, now=now, by=by)
    upload.delete()
    return plan


@transaction.atomic
def apply_file(
    *, file: CatalogueFile, data: bytes, digest: str, user: User, now: datetime, by: Actor
) -> FilePlan:
    """All of the file, exactly as its plan was shown. Raises FileRefused and PlanChanged."""
    lock_catalogue()
    plan = plan_file(file, data, user=user, now=now)
    if plan.faults:
        raise FileRefused
    if plan.digest != digest:
        raise PlanChanged
    write_changes(file=file, changes=plan.changes, now=now, by=by)
    return plan


def lock_catalogue() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def write_changes(*, file: CatalogueFile, changes: Sequence[Change], now: datetime, by: Actor) -> None:
    """In the caller's transaction, after `lock_catalogue` and a look at what is there."""
    written = _WRITERS[file](changes)
    events = [
        audit.unsaved(
            event=_EVENTS[file],
            subject=row,
            location_id=_location_of(row),
            before={name: as_cell(value) for name, value in change.before.items()},
            after={name: as_cell(value) for name, value in change.after.items()},
            now=now,
            by=by,
        )
        for change, row in zip(changes, written, strict=True)
    ]
    audit.record_all(events)


def _write_exams(changes: Sequence[Change]) -> list[Model]:
    exams = _write_rows(Exam, changes, key=_by("slug"))
    preparations = {each.code: each for each in Preparation.objects.all()}
    for change, row in zip(changes, exams, strict=True):
        exam = cast(Exam, row)
        if "prep_codes" in change.after:
            exam.preparations.set(preparations[code] for code in _several(change.after["prep_codes"]))
        for language in ("en", "es"):
            if f"synonyms_{language}" in change.after:
                _set_synonyms(exam, language, _several(change.after[f"synonyms_{language}"]))
    refresh_search_texts(Exam.objects.filter(pk__in=[exam.pk for exam in exams]))
    return exams


def _set_synonyms(exam: Exam, language: str, texts: Sequence[str]) -> None:
    own = exam.synonyms.filter(language=language)
    own.exclude(text__in=texts).delete()
    known = set(own.values_list("text", flat=True))
    Synonym.objects.bulk_create(
        Synonym(exam=exam, language=language, text=text) for text in texts if text not in known
    )


def _write_preparations(changes: Sequence[Change]) -> list[Model]:
    return _write_rows(Preparation, changes, key=_by("code"))


def _write_locations(changes: Sequence[Change]) -> list[Model]:
    return _write_rows(Location, changes, key=_by("slug"))


def _write_offerings(changes: Sequence[Change]) -> list[Model]:
    exams = dict(Exam.objects.values_list("slug", "pk"))
    places = dict(Location.objects.values_list("slug", "pk"))

    def key(change: Change) -> dict[str, Any]:
        exam, location = change.key
        return {"exam_id": exams[exam], "location_id": places[location]}

    return _write_rows(Offering, changes, key=key)


def _by(name: str) -> Callable[[Change], dict[str, Any]]:
    return lambda change: {name: change.key[0]}


def _write_rows(
    model: type[Model], changes: Sequence[Change], *, key: Callable[[Change], dict[str, Any]]
) -> list[Model]:
    """One row for each change, in their order."""
    manager = model._default_manager
    stored = manager.in_bulk([change.pk for change in changes if change.pk is not None])
    rows: list[Model] = []
    new: list[Model] = []
    names: set[str] = set()
    for change in changes:
        values = {_FIELDS.get(name, name): value for name, value in change.after.items() if name not in _SETS}
        if change.pk is None:
            row = model(**key(change), **values)
            new.append(row)
        else:
            row = stored[change.pk]
            names |= values.keys()
            for name, value in values.items():
                setattr(row, name, value)
        rows.append(row)
    manager.bulk_create(new, batch_size=AT_ONCE)
    if names:
        manager.bulk_update(stored.values(), sorted(names), batch_size=AT_ONCE)
    return rows


def _several(value: object) -> tuple[str, ...]:
    return cast(tuple[str, ...], value)


def _location_of(row: Model) -> int | None:
    match row:
        case Location():
            return row.pk
        case Offering():
            return row.location_id
    return None


_WRITERS: dict[CatalogueFile, Callable[[Sequence[Change]], list[Model]]] = {
    CatalogueFile.EXAMS: _write_exams,
    CatalogueFile.PREPARATIONS: _write_preparations,
    CatalogueFile.LOCATIONS: _write_locations,
    CatalogueFile.OFFERINGS: _write_offerings,
}
_EVENTS = {
    CatalogueFile.EXAMS: AuditEvent.Event.EXAM_SAVED,
    CatalogueFile.PREPARATIONS: AuditEvent.Event.PREPARATION_SAVED,
    CatalogueFile.LOCATIONS: AuditEvent.Event.LOCATION_SAVED,
    CatalogueFile.OFFERINGS: AuditEvent.Event.OFFERING_SAVED,
}
