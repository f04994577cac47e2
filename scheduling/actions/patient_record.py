"""The desk keeps a patient's record: who they are and how they are reached."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from scheduling.actions import audit, messages, waitlist_upkeep
from scheduling.actions.patients import identity_of, keep_wishes, lock_identities
from scheduling.exceptions import EditConflict
from scheduling.models import Appointment, AuditEvent, Patient
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.patients import coming_visits
from scheduling.rules.actors import Actor
from scheduling.rules.names import fold_name

WHO = ("given_name", "family_name", "birth_date")
SPOKEN = ("language", "interpreter_language")
WISHES = {"no_email": "by_email", "no_text": "by_text", "no_call": "by_call"}
REACHED_BY = ("phone", "phone_as_typed", "email", *WISHES)
RECORD = (*WHO, *REACHED_BY, *SPOKEN, "good_hours", "accommodation")


@transaction.atomic
def change_patient(
    *,
    patient_id: int,
    version: int,
    values: Mapping[str, Any],
    visit_ids: Collection[int] = (),
    now: datetime,
    by: Actor,
) -> Patient:
    """`values` of RECORD. What changes of the contact is written to those of the coming visits that are in
    `visit_ids`: each has a contact of its own. What the patient asked us not to do counts for all of them.

    Saving what is there already answers with it. Raises EditConflict.
    """
    unlocked = Patient.objects.get(pk=patient_id)
    visits = list(coming_visits(patient_id, now=now).select_for_update(no_key=True, of=("self",)))
    lock_identities([identity_of(unlocked), identity_of(_with(unlocked, values))])
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    changed = [name for name in RECORD if name in values and getattr(patient, name) != values[name]]
    if not changed:
        return patient
    if patient.version != version or len(visits) != coming_visits(patient_id, now=now).count():
        raise EditConflict
    before = who_words(patient)
    _with(patient, values)
    patient.folded_name = fold_name(patient.given_name, patient.family_name)
    patient.version += 1
    patient.save()
    _record(patient, before, changed, now=now, by=by)
    for visit in visits:
        visit.patient = patient
        here = changed if visit.pk in visit_ids else [name for name in changed if name in WISHES]
        bring_in_line(visit, here, now=now, by=by)
    return patient


def who_words(patient: Patient) -> dict[str, str]:
    """For the audit, the only place where an earlier name or date of birth is found again."""
    return {name: str(getattr(patient, name)) for name in WHO}


def note_patient_view(*, patient: Patient, now: datetime, by: Actor) -> None:
    audit.record(event=AuditEvent.Event.VIEWED, subject=patient, now=now, by=by)


def note_caller_is(*, patient: Patient, by_what: str, now: datetime, by: Actor) -> None:
    """As actions.visits.note_caller_checked, where the call is about no visit in particular."""
    checked = AuditEvent.Event.CALLER_CHECKED
    audit.record(event=checked, subject=patient, after={"by_what": by_what}, now=now, by=by)


def _with(patient: Patient, values: Mapping[str, Any]) -> Patient:
    for name in RECORD:
        if name in values:
            setattr(patient, name, values[name])
    return patient


def _record(
    patient: Patient, before: dict[str, str], changed: list[str], *, now: datetime, by: Actor
) -> None:
    """Names and dates of birth before and after; of the rest only what it was that changed."""
    after = who_words(patient)
    is_other = before != after
    audit.record(
        event=AuditEvent.Event.PATIENT_CHANGED,
        subject=patient,
        before=before if is_other else {},
        after={**(after if is_other else {}), "changed": [name for name in changed if name not in WHO]},
        now=now,
        by=by,
    )


def bring_in_line(visit: Appointment, changed: list[str], *, now: datetime, by: Actor) -> None:
    """The visit's own contact with what changed, and with what the patient asked not to be done."""
    patient, was = visit.patient, _contact_of(visit)
    assert patient is not None
    was_reachable = is_reachable_by_email(visit)
    if "email" in changed:
        visit.by_email = bool(patient.email) and (visit.by_email or not visit.email)
        visit.email = patient.email
    if {"phone", "phone_as_typed"} & set(changed):
        visit.by_call = bool(patient.phone) and (visit.by_call or not visit.phone)
        visit.by_text = bool(patient.phone) and visit.by_text
        visit.phone, visit.phone_as_typed = patient.phone, patient.phone_as_typed
    for name in {*SPOKEN} & {*changed}:
        setattr(visit, name, getattr(patient, name))
    if "no_email" in changed:
        visit.by_email = bool(visit.email)
    if "no_call" in changed:
        visit.by_call = bool(visit.phone)
    if {*REACHED_BY} & {*changed}:
        keep_wishes(visit, patient)
    is_now = _contact_of(visit)
    waitlist_upkeep.follow_contact(appointment=visit)
    if is_now == was:
        return
    visit.save(update_fields=[*is_now])
    messages.follow_contact(appointment=visit, was_reachable=was_reachable, now=now, by=by)
    audit.record(
        event=AuditEvent.Event.CONTACT_CHANGED,
        subject=visit,
        location_id=visit.scanner.location_id,
        after={"changed": [name for name in is_now if is_now[name] != was[name]]},
        now=now,
        by=by,
    )


def _contact_of(visit: Appointment) -> dict[str, Any]:
    names = ("email", "phone", "phone_as_typed", *SPOKEN, *WISHES.values())
    return {name: getattr(visit, name) for name in names}
