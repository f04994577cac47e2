"""How a visit is paid for, said or changed after booking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from scheduling.actions import audit, authorizations, estimates
from scheduling.exceptions import TooLate
from scheduling.models import Appointment, AuditEvent
from scheduling.models.paying import PAYING_ANSWERS
from scheduling.rules.actors import Actor


@transaction.atomic
def save_paying(*, visit_id: int, answers: Mapping[str, Any], now: datetime, by: Actor) -> Appointment:
    """`answers` are of PAYING_ANSWERS; the same again change nothing. The history names what changed, and no
    number of it. Raises TooLate for a visit that is not ahead."""
    unknown = answers.keys() - set(PAYING_ANSWERS)
    if unknown:
        raise ValueError(f"not an answer about paying: {sorted(unknown)}")
    locked = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    visit = Appointment.objects.with_place().get(pk=locked.pk)
    if not visit.is_ahead(now):
        raise TooLate
    changed = sorted(name for name, value in answers.items() if getattr(visit, name) != value)
    if not changed:
        return visit
    before = visit.paying
    for name in changed:
        setattr(visit, name, answers[name])
    visit.version += 1
    visit.save(update_fields=[*changed, "version"])
    audit.record(
        event=AuditEvent.Event.PAYING_CHANGED,
        subject=visit,
        location_id=visit.scanner.location_id,
        before={"paying": before},
        after={"paying": visit.paying, "changed": changed},
        now=now,
        by=by,
    )
    estimates.follow_answer(appointment=visit, now=now, by=by)
    authorizations.decide_again(appointment=visit, now=now, by=by)
    return visit
