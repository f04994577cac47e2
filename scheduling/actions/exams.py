"""Exams, written from their own pages: by the same rules and into the same history as from files."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Scanner
from scheduling.actions import labs, safety_sheets, tasks
from scheduling.actions.catalogue_edits import lock_catalogue, write_changes
from scheduling.actions.holds import end_hold, lock_scanners
from scheduling.actions.rehearsing import rehearsed
from scheduling.exceptions import EditConflict, SidesInUse, VisitsTouched
from scheduling.models import Appointment, Exam, Offering, Task
from scheduling.queries.catalogue_plan import UNFITTING
from scheduling.queries.catalogue_rows import NEW, Change, differences, exam_entries
from scheduling.queries.exams import is_booked_by_side, told_of, visits_of
from scheduling.queries.fitting import misfits_of
from scheduling.rules.actors import Actor
from scheduling.rules.catalogue_files import CatalogueFile
from scheduling.rules.spreadsheets import Value

# Stored in English, translated where staff read it.
REASON_MOVE = gettext_noop(
    "The exam has changed and can no longer be done where this visit is booked: find another time"
)
REASON_ASK = gettext_noop("The contrast of the exam has changed: ask the safety questions that it needs")


@transaction.atomic
def add_exam(*, slug: str, values: Mapping[str, Value], now: datetime, by: Actor) -> Exam:
    """Nobody can book it before a location offers it. Raises EditConflict where the slug is taken."""
    lock_catalogue()
    if Exam.objects.filter(slug=slug).exists():
        raise EditConflict
    change = Change((slug,), None, {}, {**NEW[CatalogueFile.EXAMS], **values})
    _write(change, now=now, by=by)
    return Exam.objects.get(slug=slug)


@transaction.atomic
def save_exam(
    *,
    exam_id: int,
    values: Mapping[str, Value],
    seen: str,
    told: str = "",
    reason: str = "",
    now: datetime,
    by: Actor,
) -> Mapping[str, Value]:
    """What changed, by column. `seen` is the digest of what was on the page; raises EditConflict where it is
    something else by now, SidesInUse where its sides are taken away although something was booked by one.

    Booked visits keep their time, length and price. Where they would no longer fit, or take another contrast,
    it raises VisitsTouched until a `reason` comes with what was `told` of them (queries.exams.told_of). Those
    that do not fit are then work for their desks, and what is held for somebody still booking is let go.
    """
    lock_catalogue()
    ((key, entry),) = exam_entries(Exam.objects.filter(pk=exam_id)).items()
    before, after = differences(entry, values)
    if not after:
        return after
    if entry.digest != seen:
        raise EditConflict
    if after.get("has_sides") is False and is_booked_by_side(exam_id):
        raise SidesInUse
    change = Change(key, entry.pk, before, after)
    if after.keys().isdisjoint(UNFITTING):
        _write(change, now=now, by=by)
        return after
    visits = _locked_visits(exam_id, now)
    unfit = _unfit(visits, change, now=now, by=by)
    has_word = bool(reason) and told == told_of(_booked(unfit))
    if not has_word and (_booked(unfit) or ("contrast" in after and _booked(visits))):
        raise VisitsTouched(_booked(unfit))
    _write(change, now=now, by=by)
    _make_work(unfit, reason, now=now, by=by)
    if "contrast" in after:
        _follow_contrast(visits, now=now, by=by)
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
    if exam.is_active != to:
        change = Change((exam.slug,), exam.pk, {"is_active": exam.is_active}, {"is_active": to})
        _write(change, now=now, by=by)


def _write(change: Change, *, now: datetime, by: Actor) -> None:
    write_changes(file=CatalogueFile.EXAMS, changes=[change], now=now, by=by)


def _locked_visits(exam_id: int, now: datetime) -> list[Appointment]:
    """Booked or held: none comes or goes before the change stands."""
    modality = Exam.objects.values_list("modality", flat=True).get(pk=exam_id)
    lock_scanners(Scanner.objects.filter(modality=modality).values_list("pk", flat=True))
    return list(visits_of(exam_id, now=now))


def _booked(visits: Sequence[Appointment]) -> list[int]:
    return [visit.pk for visit in visits if visit.status != Appointment.Status.HELD]


def _unfit(visits: Sequence[Appointment], change: Change, *, now: datetime, by: Actor) -> list[Appointment]:
    """Those that fit now and would no longer. That the exam is not offered any more does not count."""
    exam = Exam.objects.filter(slug=change.key[0])
    with rehearsed():
        exam.update(is_active=True)
        Offering.objects.filter(exam__in=exam).update(is_active=True)
        before = misfits_of(visits)
        _write(change, now=now, by=by)
        after = misfits_of(visits)
    return [visit for visit in visits if after[visit.pk] - before[visit.pk]]


def _make_work(unfit: Sequence[Appointment], reason: str, *, now: datetime, by: Actor) -> None:
    for visit in unfit:
        if visit.status == Appointment.Status.HELD:
            end_hold(visit, now=now, by=by)
            continue
        task = tasks.open_task(
            kind=Task.Kind.TO_MOVE,
            location=visit.location,
            appointment=visit,
            reason=REASON_MOVE,
            now=now,
            by=by,
        )
        tasks.rewrite(task=task, note=reason)


def _follow_contrast(visits: Sequence[Appointment], *, now: datetime, by: Actor) -> None:
    booked = Appointment.objects.with_place().filter(pk__in=_booked(visits)).order_by("pk")
    for visit in booked:
        safety_sheets.follow_exam(appointment=visit, reason=REASON_ASK, now=now, by=by)
        labs.follow_exam(appointment=visit, now=now, by=by)
