"""Finding or making the patient of a booking. An exact match links quietly; nothing about an
existing patient is ever shown or changed by someone who knows an address or a phone number."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from scheduling.actions.limits import count_attempt
from scheduling.exceptions import TooManyVisits
from scheduling.models import Appointment, Draft, Patient
from scheduling.queries.patients import survivor_of
from scheduling.rules.actors import Actor
from scheduling.rules.names import fold_name

BOOKINGS_AN_HOUR = 20  # booking and canceling again and again sends mail each time
STANDING = (
    Appointment.Status.BOOKED,
    Appointment.Status.ARRIVED,
    Appointment.Status.IN_EXAM,
    Appointment.Status.DONE,
)


def match_or_create(*, draft: Draft, now: datetime) -> Patient:
    """Same name, same date of birth, and the same phone or email: the same person.

    A family sharing an address stays several people; a new address makes a new record that the
    desk may merge later.
    """
    assert draft.birth_date is not None
    held = {identity_of(draft)}
    found = _match(draft)
    if found is not None:
        held.add(identity_of(survivor_of(found)))
    lock_identities(held)
    match = _match(draft)
    if match is not None:
        return _lock_survivor(match, held)
    return Patient.objects.create(
        given_name=draft.given_name,
        family_name=draft.family_name,
        folded_name=fold_name(draft.given_name, draft.family_name),
        birth_date=draft.birth_date,
        phone=draft.phone,
        phone_as_typed=draft.phone_as_typed,
        email=draft.email,
        language=draft.language,
        interpreter_language=draft.interpreter_language,
        created_at=now,
    )


def _match(draft: Draft) -> Patient | None:
    assert draft.birth_date is not None
    same_contact = Q()
    if draft.phone:
        same_contact |= Q(phone=draft.phone)
    if draft.email:
        same_contact |= Q(email__iexact=draft.email)
    if not same_contact:
        return None
    folded = fold_name(draft.given_name, draft.family_name)
    known = Patient.objects.filter(same_contact, folded_name=folded, birth_date=draft.birth_date)
    return known.order_by("pk").first()


def _lock_survivor(match: Patient, held: set[str]) -> Patient:
    """A record that was merged leads to the one that stayed, as whom this person books. Nearly always that is
    known, and locked, before."""
    found = survivor_of(match)
    while (identity := identity_of(found)) not in held:
        lock_identities([identity])
        held.add(identity)
        found = survivor_of(Patient.objects.get(pk=match.pk))
    return found


def lock_patient_of(visit: Appointment) -> Patient:
    """Whose visit it is once the record is locked: it may have waited for a merge."""
    assert visit.patient_id is not None
    patient_id: int | None = None
    while patient_id != visit.patient_id:
        patient_id = visit.patient_id
        Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
        visit.refresh_from_db(fields=["patient"])
    assert visit.patient is not None
    return visit.patient


def keep_within_limits(*, visit: Appointment, override_reason: str, now: datetime, by: Actor) -> list[str]:
    """What one patient may have, asked under lock_identity, so that two tabs can't
    both be the last one. The limits that the desk's `override_reason` has lifted, for the audit.

    Raises TooManyVisits, TooManyTries. Visits that overlap are PostgreSQL's to refuse.
    """
    lifted = lift_overlap(visit=visit, override_reason=override_reason, by=by)
    if _has_too_many(visit, now):
        if not override_reason:
            raise TooManyVisits
        visit.limit_reason = override_reason
        lifted.append("future_visits")
    if by.kind == "patient":
        count_attempt(
            kind="booking.patient",
            source=str(visit.patient_id),
            limit=BOOKINGS_AN_HOUR,
            window=timedelta(hours=1),
            now=now,
        )
    return lifted


def lift_overlap(*, visit: Appointment, override_reason: str, by: Actor) -> list[str]:
    """Takes the row out of appointment_patient_no_overlap where it would be refused and the desk gave a
    reason, and puts it back where it would not."""
    if override_reason and by.kind != "staff":
        raise ValueError("only staff lift a patient's limits")
    overlapping = _others(visit).filter(
        status__in=STANDING, starts_at__lt=visit.ends_at, ends_at__gt=visit.starts_at
    )
    visit.overlap_reason = override_reason if override_reason and overlapping.exists() else ""
    return ["overlap"] if visit.overlap_reason else []


def _has_too_many(visit: Appointment, now: datetime) -> bool:
    limit = visit.location.future_visits_limit
    coming = _others(visit).filter(status=Appointment.Status.BOOKED, starts_at__gt=now)
    return limit > 0 and coming.count() >= limit


def _others(visit: Appointment) -> QuerySet[Appointment]:
    return Appointment.objects.filter(patient=visit.patient).exclude(pk=visit.pk)


def keep_wishes(visit: Appointment, patient: Patient) -> None:
    """What the patient asked the desk not to do. Who books online has just said how to be reached, and is not
    told that there is a record."""
    visit.by_email = visit.by_email and not patient.no_email
    visit.by_text = visit.by_text and not patient.no_text
    visit.by_call = visit.by_call and not patient.no_call


def lock_identity(person: Draft | Patient) -> None:
    """The last lock of a booking, until its end: one person booking twice at once stays one patient,
    so that the overlap constraint sees both visits."""
    lock_identities([identity_of(person)])


def lock_identities(identities: Iterable[str]) -> None:
    """Several in one order, so that no two wait for each other."""
    with connection.cursor() as cursor:
        for identity in sorted(set(identities)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [identity])


def identity_of(person: Draft | Patient) -> str:
    return f"{fold_name(person.given_name, person.family_name)} {person.birth_date}"
