"""Asking to be called, where no page can set the visit up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from locations.models import Location
from scheduling.actions import audit, tasks
from scheduling.actions.drafts import save_answers
from scheduling.actions.holds import lock_draft, release_hold
from scheduling.actions.limits import note_origin
from scheduling.exceptions import AlreadyBooked, DraftIncomplete
from scheduling.models import AuditEvent, Draft, GoodHours, Task
from scheduling.queries.access import visit_of_draft
from scheduling.queries.by_phone import ByPhone, by_phone
from scheduling.queries.hours import due_in_staffed_hours
from scheduling.rules.actors import Actor

# Stored in English, translated where staff read it: what to do, and no answer.
REASONS = {
    ByPhone.SAFETY: gettext_noop("Call to set up the visit: talk through the safety answers first"),
    ByPhone.HEALTH: gettext_noop("Call about the screening answers"),
    ByPhone.NO_SCANNER: gettext_noop("Call to set up the visit: find a scanner with enough room"),
    ByPhone.TOO_YOUNG: gettext_noop("Call to set up the visit: younger than this exam’s minimum age"),
}


REASON_ORDER = gettext_noop("Call to find the exam that the order asks for")
LONGEST_ORDER = 500  # signs, each time
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom to call, and when it suits. `phone` is E.164; `phone_as_typed` is what people are shown."""

    name: str
    phone: str
    phone_as_typed: str
    good_hours: GoodHours


@transaction.atomic
def request_callback(
    *, draft_id: UUID, location: Location, caller: Caller, address: str = "", now: datetime, by: Actor
) -> Task:
    """No time is booked; a person of the location calls. Everything typed stays with the draft.

    Asked again, the same task gets the new number, hours and location. `address`: actions.limits.note_origin.
    Raises AlreadyBooked, and DraftIncomplete where the visit can be booked online.
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
        phone_as_typed=caller.phone_as_typed,
        good_hours=caller.good_hours,
        now=now,
        by=by,
    )
    note_origin(task=task, address=address, now=now)
    audit.record(
        event=AuditEvent.Event.CALLBACK_REQUESTED,
        subject=task,
        location_id=location.pk,
        now=now,
        by=by,
    )
    return task


@transaction.atomic
def request_call_about_order(
    *,
    order: str,
    location: Location,
    caller: Caller,
    earlier: int | None = None,
    address: str = "",
    now: datetime,
    by: Actor,
) -> Task:
    """No exam fits what the doctor wrote: a person of the location calls. `order`: what it says.

    One task a caller, however often it is sent. `earlier` is what this browser asked for before: it is
    rewritten. Another request of the same name and number adds its order to the open one.
    `address`: actions.limits.note_origin.
    """
    _wait_for_twins(caller)
    calls = Task.objects.open().filter(kind=Task.Kind.CALLBACK, draft=None, appointment=None)
    calls = calls.select_for_update(no_key=True).order_by("pk")
    task, note = calls.filter(pk=earlier or 0).first(), order
    if task is None:
        same = calls.filter(contact_name=caller.name, contact_phone=caller.phone)
        task = same.first() or _open_call(location, caller, now, by)
        note = task.note if order in task.note else f"{task.note}\n{order}".strip()
    task = tasks.rewrite(
        task=task,
        location=location,
        due_at=due_in_staffed_hours(location, now=now, part=caller.good_hours.part),
        note=note[-LONGEST_NOTE:],
        contact_name=caller.name,
        contact_phone=caller.phone,
        phone_as_typed=caller.phone_as_typed,
        good_hours=caller.good_hours,
    )
    note_origin(task=task, address=address, now=now)
    audit.record(
        event=AuditEvent.Event.CALLBACK_REQUESTED,
        subject=task,
        location_id=location.pk,
        now=now,
        by=by,
    )
    return task


def _wait_for_twins(caller: Caller) -> None:
    """A form that is sent twice at once finds, the second time, what the first has written."""
    key = salted_hmac("callback.twins", caller.phone, algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _open_call(location: Location, caller: Caller, now: datetime, by: Actor) -> Task:
    return tasks.open_task(
        kind=Task.Kind.CALLBACK,
        location=location,
        reason=REASON_ORDER,
        contact_name=caller.name,
        contact_phone=caller.phone,
        now=now,
        by=by,
    )


def _keep(draft: Draft, location: Location, caller: Caller, now: datetime) -> None:
    """So that nothing is asked twice if the visit is booked online after all."""
    answers: dict[str, Any] = {"calls_us": False}
    if not (draft.by_text or draft.by_call):  # else there is a number that messages go to
        answers |= {"phone": caller.phone, "phone_as_typed": caller.phone_as_typed}
    save_answers(draft_id=draft.pk, answers=answers, now=now)
    if draft.starts_at is None:
        Draft.objects.filter(pk=draft.pk).update(location=location)
