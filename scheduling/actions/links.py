"""A lost link or code: asked for on a page, sent again by the worker, to the visit's own address only."""

from datetime import date, datetime, timedelta

from django.db import transaction

from scheduling.actions import audit, messages
from scheduling.models import AuditEvent, LinkRequest
from scheduling.queries.access import visits_to_remind_of
from scheduling.rules.actors import Actor

GIVEN_UP_AFTER = timedelta(days=1)  # nobody waits that long for a mail


@transaction.atomic
def ask_for_links(*, email: str = "", phone: str = "", birth_date: date, now: datetime, by: Actor) -> None:
    """The same for everybody: nothing is looked up. The history says that somebody asked, not for whom."""
    LinkRequest.objects.create(email=email, phone=phone, birth_date=birth_date, created_at=now)
    audit.record(event=AuditEvent.Event.LINK_ASKED, subject=None, now=now, by=by)


def answer_link_requests(*, now: datetime) -> int:
    """For the worker. Each request is looked up once, and what was typed is gone with it."""
    answered = 0
    while _answer_next(now):
        answered += 1
    return answered


@transaction.atomic
def _answer_next(now: datetime) -> bool:
    request = LinkRequest.objects.select_for_update(skip_locked=True).order_by("pk").first()
    if request is None:
        return False
    if now - request.created_at < GIVEN_UP_AFTER:
        _send(request, now)
    request.delete()
    return True


def _send(request: LinkRequest, now: datetime) -> None:
    """One mail to each address that visits of this person have; it lists those with that address."""
    found = visits_to_remind_of(
        email=request.email, phone=str(request.phone), birth_date=request.birth_date, now=now
    )
    soonest = {visit.email.lower(): visit for visit in reversed(found)}
    for visit in soonest.values():
        messages.send_links(appointment=visit, now=now)
        audit.record(
            event=AuditEvent.Event.LINK_SENT,
            subject=visit,
            location_id=visit.scanner.location_id,
            now=now,
            by=Actor.process("links"),
        )
