"""Writing to the audit: explicit, in the caller's transaction, with a required actor."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from scheduling.models import AuditEvent
from scheduling.rules.actors import Actor


def record(
    *,
    event: AuditEvent.Event,
    subject: Model | None,
    location_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
    by: Actor,
) -> AuditEvent:
    """Values must be JSON and must not hold screening answers, or contact details of patients."""
    written = unsaved(
        event=event, subject=subject, location_id=location_id, before=before, after=after, now=now, by=by
    )
    written.save(force_insert=True)
    return written


def unsaved(
    *,
    event: AuditEvent.Event,
    subject: Model | None,
    location_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
    by: Actor,
) -> AuditEvent:
    """For `record_all`."""
    return AuditEvent(
        at=now,
        event=event,
        actor_kind=by.kind,
        actor_name=by.name,
        object_kind=(subject._meta.model_name or "") if subject else "",
        object_id=str(subject.pk) if subject else "",
        location_id=location_id,
        before=dict(before or {}),
        after=dict(after or {}),
    )


def record_all(events: Iterable[AuditEvent]) -> None:
    AuditEvent.objects.bulk_create(events, batch_size=500)
