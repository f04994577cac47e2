"""Somebody is asked to book what their doctor ordered: by mail, and by phone where no mail helps."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from scheduling.actions import messages, order_visits
from scheduling.actions.order_visits import lock_order, note, set_status
from scheduling.exceptions import EditConflict, OrderGone, OrderIncomplete
from scheduling.models import AuditEvent, Order
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.orders import BOOKABLE
from scheduling.rules import codes
from scheduling.rules.actors import Actor
from scheduling.rules.invitations import follow_up

Event = AuditEvent.Event
# Stored in English, translated where staff read it.
CALL_TO_INVITE = gettext_noop("Call to book what was ordered: no email")
CALL_UNANSWERED = gettext_noop("Invitation unanswered: call to book what was ordered")
OUTCOME_AGAIN = gettext_noop("Invited again")
BATCH = 100
JUST_NOW = timedelta(minutes=1)


@transaction.atomic
def invite_to_book(*, order_id: UUID, version: int, now: datetime, by: Actor) -> Order:
    """A link to book it, with reminders while nobody has; without an email a call by the desk. Inviting again
    begins anew: the link stays the same. Raises EditConflict, OrderGone, OrderIncomplete."""
    order = lock_order(order_id)
    if order.version != version:
        if order.status == Order.Status.INVITED and order.invited_at and now - order.invited_at < JUST_NOW:
            return order  # the button was pressed twice
        raise EditConflict
    if not order.is_open:
        raise OrderGone
    if order.status not in BOOKABLE:
        raise OrderIncomplete
    is_again = order.status == Order.Status.INVITED
    order_visits.end_invitation(order, OUTCOME_AGAIN, now=now, by=by)
    order.link_key = order.link_key or codes.new_link_key()
    order.invited_at = now
    by_mail = is_reachable_by_email(order)
    if by_mail:
        plan = follow_up(invited_at=now, zone=order.zone, is_urgent=order.is_urgent)
        order.call_at = plan.call_at
        messages.invite(order=order, follow_up=plan, now=now, by=by)
    told = {"again": is_again, "way": "email" if by_mail else "call"}
    set_status(order, Order.Status.INVITED, Event.ORDER_INVITED, now=now, by=by, **told)
    if not by_mail:
        messages.call(order, CALL_TO_INVITE, now=now, by=by)
    return order


def call_unanswered(*, now: datetime) -> int:
    """A batch of invitations that nobody answered, mail or not: onto the desk's call list, once."""
    due = Order.objects.filter(call_at__lte=now).order_by("call_at", "pk").values_list("pk", flat=True)
    return sum(_call(order_id, now) for order_id in list(due[:BATCH]))


@transaction.atomic
def _call(order_id: UUID, now: datetime) -> bool:
    """Looked at again under the lock: it may have been booked just now."""
    order = lock_order(order_id)
    if order.call_at is None or order.call_at > now:
        return False
    order.call_at = None
    order.save(update_fields=["call_at"])
    messages.call(order, CALL_UNANSWERED, now=now, by=Actor.process("invitations"))
    return True


def note_opened(*, order: Order, now: datetime, by: Actor) -> None:
    """With the right date of birth."""
    note(order, Event.ORDER_OPENED, now=now, by=by)


def note_failed_lookup(*, order: Order, now: datetime, by: Actor) -> None:
    """With a wrong one: what was typed is not kept."""
    note(order, Event.LOOKUP_FAILED, now=now, by=by)
