"""Exams, written from their own pages: by the same rules and into the same history as from files."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from scheduling.actions.catalogue_edits import lock_catalogue, write_changes
from scheduling.exceptions import EditConflict
from scheduling.models import Exam
from scheduling.queries.catalogue_rows import NEW, Change, differences, exam_entries
from scheduling.rules.actors import Actor
from scheduling.rules.catalogue_files import CatalogueFile
from scheduling.rules.spreadsheets import Value


@transaction.atomic
def add_exam(*, slug: str, values: Mapping[str, Value], now: datetime, by: Actor) -> Exam:
    """Nobody can book it before a location offers it. Raises EditConflict where the slug is taken."""
    lock_catalogue()
    if Exam.objects.filter(slug=slug).exists():
        raise EditConflict
    change = Change((slug,), None, {}, {**NEW[CatalogueFile.EXAMS], **values})
    write_changes(file=CatalogueFile.EXAMS, changes=[change], now=now, by=by)
    return Exam.objects.get(slug=slug)


@transaction.atomic
def save_exam(
    *, exam_id: int, values: Mapping[str, Value], seen: str, now: datetime, by: Actor
) -> dict[str, Value]:
    """What changed, by column. `seen` is the digest of what was on the page; raises EditConflict where it is
    something else by now. Booked visits keep their time, length and price."""
    lock_catalogue()
    ((key, entry),) = exam_entries(Exam.objects.filter(pk=exam_id)).items()
    before, after = differences(entry, values)
    if not after:
        return after
    if entry.digest != seen:
        raise EditConflict
    write_changes(file=CatalogueFile.EXAMS, changes=[Change(key, entry.pk, before, after)], now=now, by=by)
    return after


@transaction.atomic
def retire_exam(*, exam_id: int, now: datetime, by: Actor) -> None:
    """Nobody can book it from now on; booked visits stay. Doing it again changes nothing."""
    _set_active(exam_id, to=False, now=now, by=by)


@transaction.atomic
def bring_back_exam(*, exam_id: int, now: datetime, by: Actor) -> None:
    """It can be booked again wherever it is still offered."""
    _set_active(exam_id, to=True, now=now, by=by)


def _set_active(exam_id: int, *, to: bool, now: datetime, by: Actor) -> None:
    lock_catalogue()
    exam = Exam.objects.get(pk=exam_id)
    if exam.is_active == to:
        return
    change = Change((exam.slug,), exam.pk, {"is_active": exam.is_active}, {"is_active": to})
    write_changes(file=CatalogueFile.EXAMS, changes=[change], now=now, by=by)
