"""Asking to be called, where no page can set the visit up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Location
from scheduling.actions import audit, tasks
from scheduling.actions.drafts import save_answers
from scheduling.actions.holds import lock_draft, release_hold
from scheduling.exceptions import AlreadyBooked, DraftIncomplete
from scheduling.models import AuditEvent, Draft, Task
from scheduling.queries.access import visit_of_draft
from scheduling.queries.by_phone import ByPhone, by_phone
from scheduling.rules.actors import Actor

# Stored in English, translated where staff read it: what to do, and no answer.
REASONS = {
    ByPhone.SAFETY: gettext_noop("Call to set up the visit: talk through the safety answers first"),
    ByPhone.HEALTH: gettext_noop("Call about the screening answers"),
    ByPhone.NO_SCANNER: gettext_noop("Call to set up the visit: find a scanner with enough room"),
    ByPhone.TOO_YOUNG: gettext_noop("Call to set up the visit: younger than this exam’s minimum age"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom to call, and when it suits. `phone` is E.164; `phone_as_typed` is what people are shown."""

    name: str
    phone: str
    phone_as_typed: str
    good_hours: Task.GoodHours


@transaction.atomic
def request_callback(*, draft_id: UUID, location: Location, caller: Caller, now: datetime, by: Actor) -> Task:
    """No time is booked; a person of the location calls. Everything typed stays with the draft.

    Asked again, the same task gets the new number, hours and location. Raises AlreadyBooked, and
    DraftIncomplete where the visit can be booked online.
    """
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    why = by_phone(draft, now=now)
    if why is None:
        raise DraftIncomplete
    release_hold(draft_id=draft.pk, now=now, by=by)
    _keep(draft, location, caller, now)
    task = tasks.open_callback(
        draft=draft,
        location=location,
        reason=REASONS[why],
        contact_name=caller.name,
        contact_phone=caller.phone,
        good_hours=caller.good_hours,
        now=now,
        by=by,
    )
    audit.record(
        event=AuditEvent.Event.CALLBACK_REQUESTED,
        subject=task,
        location_id=location.pk,
        now=now,
        by=by,
    )
    return task


def _keep(draft: Draft, location: Location, caller: Caller, now: datetime) -> None:
    """So that nothing is asked twice if the visit is booked online after all."""
    answers: dict[str, Any] = {"calls_us": False}
    if not (draft.by_text or draft.by_call):  # else there is a number that messages go to
        answers |= {"phone": caller.phone, "phone_as_typed": caller.phone_as_typed}
    save_answers(draft_id=draft.pk, answers=answers, now=now)
    if draft.starts_at is None:
        Draft.objects.filter(pk=draft.pk).update(location=location)
