"""Two records of one person become one, and are separated again (docs/adr/0034)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from locations.models import User
from scheduling.actions import audit
from scheduling.actions.holds import broken_constraint
from scheduling.actions.patient_record import RECORD, WISHES, bring_in_line
from scheduling.actions.patients import identity_of, lock_identities
from scheduling.exceptions import (
    AlreadyMerged,
    EditConflict,
    MergedFurther,
    NotMerged,
    TooManyVisits,
    VisitsOverlap,
)
from scheduling.models import Appointment, AuditEvent, Implant, Order, Patient, PatientMerge, TwoPeople
from scheduling.queries.merging import seen_of
from scheduling.queries.patients import coming_visits
from scheduling.rules.actors import Actor
from scheduling.rules.names import fold_name

# Everything that points at a patient: what goes along, and what tells of the records themselves.
Moving = type[Appointment | Implant | Order]
MOVES: dict[str, Moving] = {"appointment": Appointment, "implant": Implant, "order": Order}
STAYS = {
    "implant.came_from",
    "patient.merged_into",
    "patientmerge.kept",
    "patientmerge.merged",
    "twopeople.first",
    "twopeople.second",
}
# What is chosen from one of the records, and the columns that go together.
CHOICES = {
    "name": ("given_name", "family_name"),
    "birth_date": ("birth_date",),
    "phone": ("phone", "phone_as_typed"),
    "email": ("email",),
    "language": ("language",),
    "interpreter_language": ("interpreter_language",),
    "wishes": (*WISHES, "good_hours"),
    "accommodation": ("accommodation",),
}
Key = int | str
BOTH = 0  # of what staff should know


@transaction.atomic
def merge_patients(
    *,
    kept_id: int,
    merged_id: int,
    choices: Mapping[str, int],
    seen: str,
    reason: str = "",
    user: User,
    now: datetime,
    by: Actor,
) -> PatientMerge:
    """`choices` say by key whose value of CHOICES stays; what is not chosen is the kept record's. `seen` is
    queries.merging.seen_of as it was previewed. `reason` lifts the limit of coming visits.

    The merged record is kept and leads to the other one: who books with what it knows finds that.
    Raises AlreadyMerged, EditConflict, VisitsOverlap, TooManyVisits; nothing is changed then.
    """
    kept, merged = _lock_pair(kept_id, merged_id, now=now)
    if kept.merged_into_id or merged.merged_into_id:
        raise AlreadyMerged
    if seen_of(kept, merged) != seen:
        raise EditConflict
    if not reason:
        _check_limit(kept, merged, now)
    before = {name: _stored(getattr(kept, name)) for name in RECORD}
    was = {kept.pk: _wishes_of(kept), merged.pk: _wishes_of(merged)}
    coming = {key: list(coming_visits(key, now=now)) for key in was}
    moved = _move(merged, kept, {name: _keys_of(model, merged) for name, model in MOVES.items()})
    Implant.objects.filter(pk__in=moved["implant"], came_from=None).update(came_from=merged)
    moved["twopeople"] = _tell_apart_as(merged, kept)
    _take_values(kept, merged, choices)
    merged.merged_into, merged.version = kept, merged.version + 1
    merged.save(update_fields=["merged_into", "version"])
    merge = PatientMerge.objects.create(
        kept=kept,
        merged=merged,
        moved=moved,
        before=before,
        kept_version=kept.version,
        reason=reason,
        merged_at=now,
        merged_by=user,
    )
    for key, visits in coming.items():
        _follow_wishes(visits, kept, was[key], now=now, by=by)
    _note(merge, AuditEvent.Event.PATIENT_MERGED, now=now, by=by)
    return merge


@transaction.atomic
def separate_patients(*, merge_id: int, user: User, now: datetime, by: Actor) -> PatientMerge:
    """What moved goes back, and the two are not suggested again. Visits booked since stay where they are; so
    do the values of the record that stayed, if somebody changed it since.

    Raises NotMerged when it was done already, MergedFurther where that record has been merged itself.
    """
    unlocked = PatientMerge.objects.get(pk=merge_id)
    kept, merged = _lock_pair(unlocked.kept_id, unlocked.merged_id, now=now)
    merge = PatientMerge.objects.select_for_update(no_key=True).get(pk=merge_id)
    if merge.separated_at is not None:
        raise NotMerged
    if kept.merged_into_id:
        raise MergedFurther
    _move(kept, merged, {name: merge.moved[name] for name in MOVES})
    Implant.objects.filter(pk__in=merge.moved["implant"], came_from=merged).update(came_from=None)
    TwoPeople.objects.filter(pk__in=merge.moved["twopeople"]).delete()
    tell_apart(one=kept, other=merged, user=user, now=now, by=by)
    if kept.version == merge.kept_version:
        _restore(kept, merge.before)
    merged.merged_into, merged.version = None, merged.version + 1
    merged.save(update_fields=["merged_into", "version"])
    Patient.objects.filter(pk=kept.pk).update(version=F("version") + 1)
    merge.separated_at = now
    merge.save(update_fields=["separated_at"])
    _note(merge, AuditEvent.Event.PATIENT_SEPARATED, now=now, by=by)
    return merge


@transaction.atomic
def tell_apart(*, one: Patient, other: Patient, user: User, now: datetime, by: Actor) -> None:
    """Somebody looked: two people. Saying it again changes nothing."""
    first, second = sorted([one.pk, other.pk])
    _said, is_new = TwoPeople.objects.get_or_create(
        first_id=first, second_id=second, defaults={"said_at": now, "said_by": user}
    )
    if is_new:
        for patient, than in ((one, other), (other, one)):
            audit.record(
                event=AuditEvent.Event.TWO_PEOPLE, subject=patient, after={"than": than.pk}, now=now, by=by
            )


def _lock_pair(kept_id: int, merged_id: int, *, now: datetime) -> tuple[Patient, Patient]:
    """In the order of every booking: visits, then who it is, then the records."""
    both = Patient.objects.filter(pk__in=[kept_id, merged_id])
    unlocked = list(both)
    visits = Appointment.objects.filter(patient__in=[kept_id, merged_id]).order_by("pk")
    list(visits.select_for_update(no_key=True).values_list("pk"))
    lock_identities(identity_of(patient) for patient in unlocked)
    found = {patient.pk: patient for patient in both.order_by("pk").select_for_update(no_key=True)}
    return found[kept_id], found[merged_id]


def _check_limit(kept: Patient, merged: Patient, now: datetime) -> None:
    ahead = Appointment.objects.filter(status=Appointment.Status.BOOKED, starts_at__gt=now)
    coming = ahead.filter(patient__in=[kept.pk, merged.pk])
    limits = set(coming.values_list("scanner__location__future_visits_limit", flat=True)) - {0}
    counts = [ahead.filter(patient=patient).count() for patient in (kept, merged)]
    if limits and all(counts) and sum(counts) > min(limits):
        raise TooManyVisits


def _keys_of(model: Moving, patient: Patient) -> list[Key]:
    rows = model.objects.filter(patient=patient).order_by("pk")
    return [_as_json(key) for key in rows.values_list("pk", flat=True)]


def _move(source: Patient, target: Patient, keys: Mapping[str, Iterable[Key]]) -> dict[str, list[Key]]:
    """What of it is still there. The constraint decides about visits at the same time."""
    moved = {}
    try:
        with transaction.atomic():
            for name, model in MOVES.items():
                rows = model.objects.filter(pk__in=keys[name], patient=source)
                moved[name] = [_as_json(key) for key in rows.values_list("pk", flat=True)]
                rows.update(patient=target)
    except IntegrityError as error:
        if broken_constraint(error) == "appointment_patient_no_overlap":
            raise VisitsOverlap from error
        raise
    return moved


def _as_json(key: int | UUID) -> Key:
    return str(key) if isinstance(key, UUID) else key


def _tell_apart_as(merged: Patient, kept: Patient) -> list[Key]:
    """Who is not the one is not the other."""
    said = TwoPeople.objects.filter(Q(first=merged) | Q(second=merged))
    others = {key for row in said for key in (row.first_id, row.second_id)} - {merged.pk, kept.pk}
    known = TwoPeople.objects.filter(Q(first=kept) | Q(second=kept))
    others -= {key for row in known for key in (row.first_id, row.second_id)}
    like = {key: row for row in said for key in (row.first_id, row.second_id)}
    made = [
        TwoPeople.objects.create(
            first_id=min(kept.pk, key),
            second_id=max(kept.pk, key),
            said_at=like[key].said_at,
            said_by_id=like[key].said_by_id,
        )
        for key in sorted(others)
    ]
    return [row.pk for row in made]


def _take_values(kept: Patient, merged: Patient, choices: Mapping[str, int]) -> None:
    both = [text for text in (kept.accommodation, merged.accommodation) if text]
    for choice, names in CHOICES.items():
        if choices.get(choice, kept.pk) == merged.pk:
            for name in names:
                setattr(kept, name, getattr(merged, name))
    if choices.get("accommodation") == BOTH:
        kept.accommodation = "\n".join(both)
    kept.folded_name = fold_name(kept.given_name, kept.family_name)
    kept.version += 1
    kept.save()


def _restore(kept: Patient, before: Mapping[str, Any]) -> None:
    for field in Patient._meta.fields:
        if field.name in before:
            setattr(kept, field.name, field.to_python(before[field.name]))
    kept.folded_name = fold_name(kept.given_name, kept.family_name)
    kept.save()


def _stored(value: object) -> object:
    """As JSON; the field reads it again."""
    return value if isinstance(value, bool) else str(value)


def _wishes_of(patient: Patient) -> dict[str, bool]:
    return {name: getattr(patient, name) for name in WISHES}


def _follow_wishes(
    visits: list[Appointment], kept: Patient, was: Mapping[str, bool], *, now: datetime, by: Actor
) -> None:
    changed = [name for name in WISHES if was[name] != getattr(kept, name)]
    for visit in visits:
        visit.patient = kept
        bring_in_line(visit, changed, now=now, by=by)


def _note(merge: PatientMerge, event: AuditEvent.Event, *, now: datetime, by: Actor) -> None:
    """Of both records, and once of each visit of theirs: boards may show another name from now on."""
    counts = {name: len(merge.moved[name]) for name in MOVES}
    for patient, other in ((merge.kept, merge.merged), (merge.merged, merge.kept)):
        after = {"with": other.pk, "moved": counts, **({"reason": merge.reason} if merge.reason else {})}
        audit.record(event=event, subject=patient, after=after, now=now, by=by)
    visits = Appointment.objects.filter(patient__in=[merge.kept, merge.merged]).select_related("scanner")
    for visit in visits.order_by("pk"):
        location_id = visit.scanner.location_id
        audit.record(event=event, subject=visit, location_id=location_id, now=now, by=by)
