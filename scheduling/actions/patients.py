"""Finding or making the patient of a booking. An exact match links quietly; nothing about an
existing patient is ever shown or changed by someone who knows an address or a phone number."""

from datetime import datetime

from django.db import connection
from django.db.models import Q

from scheduling.models import Draft, Patient
from scheduling.rules.names import fold_name


def match_or_create(*, draft: Draft, now: datetime) -> Patient:
    """Same name, same date of birth, and the same phone or email: the same person.

    A family sharing an address stays several people; a new address makes a new record that the
    desk may merge later.
    """
    assert draft.birth_date is not None
    _lock_identity(draft)
    folded = fold_name(draft.given_name, draft.family_name)
    same_contact = Q()
    if draft.phone:
        same_contact |= Q(phone=draft.phone)
    if draft.email:
        same_contact |= Q(email__iexact=draft.email)
    if same_contact:
        match = (
            Patient.objects.filter(same_contact, folded_name=folded, birth_date=draft.birth_date)
            .order_by("pk")
            .first()
        )
        if match:
            return match
    return Patient.objects.create(
        given_name=draft.given_name,
        family_name=draft.family_name,
        folded_name=folded,
        birth_date=draft.birth_date,
        phone=draft.phone,
        email=draft.email,
        language=draft.language,
        created_at=now,
    )


def _lock_identity(draft: Draft) -> None:
    """The last lock of a booking, until its end: one person booking twice at once stays one patient,
    so that the overlap constraint sees both visits."""
    identity = f"{fold_name(draft.given_name, draft.family_name)} {draft.birth_date}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [identity])
