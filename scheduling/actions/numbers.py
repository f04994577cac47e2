"""The number to call, where a page says that we call."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from scheduling.actions import tasks
from scheduling.actions.drafts import save_answers
from scheduling.models import Draft
from scheduling.rules.actors import Actor


@transaction.atomic
def give_number(
    *, draft_id: UUID, phone: str, phone_as_typed: str, calls_us: bool, now: datetime, by: Actor
) -> Draft:
    """`phone` in E.164, or empty with `calls_us`. What the desk already has to do about the draft gets it
    too. Raises AlreadyBooked."""
    answers = {"phone": phone, "phone_as_typed": phone_as_typed, "calls_us": calls_us}
    draft = save_answers(draft_id=draft_id, answers=answers, now=now)
    for task in draft.tasks.open().exclude(contact_phone=phone).order_by("pk"):
        tasks.change_number(task=task, phone=phone, phone_as_typed=phone_as_typed, now=now, by=by)
    return draft
