"""A booking begun from an invitation: what was ordered is decided, and nothing that is known is asked."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from scheduling.actions.drafts import follow_order
from scheduling.actions.holds import lock_draft
from scheduling.actions.order_visits import lock_order, note
from scheduling.exceptions import OrderGone
from scheduling.models import Appointment, AuditEvent, Draft, Order
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.orders import (
    BOOKABLE,
    decides_otherwise,
    exam_of_order,
    person_of_order,
    unfinished_draft,
)
from scheduling.rules.actors import Actor


@transaction.atomic
def start_invited_draft(*, order_id: UUID, visitor: str, now: datetime, by: Actor) -> Draft:
    """Pressed again, in this browser or in another one, the booking that was begun goes on there, with the
    exam as the order has it now. Raises OrderGone."""
    _wait_for_twins(order_id)
    begun = unfinished_draft(Order.objects.get(pk=order_id))
    draft = _go_on(begun.pk, visitor, now=now, by=by) if begun else None
    order = lock_order(order_id)
    if order.status not in BOOKABLE:
        raise OrderGone
    if draft is None:
        note(order, AuditEvent.Event.ORDER_BEGUN, now=now, by=by)
        return _begin(order, visitor, now)
    return draft


def _go_on(draft_id: UUID, visitor: str, *, now: datetime, by: Actor) -> Draft:
    draft = lock_draft(draft_id)
    Draft.objects.filter(pk=draft.pk).update(visitor=visitor, updated_at=now)
    assert draft.order is not None
    if decides_otherwise(draft.order, draft):
        return follow_order(draft_id=draft.pk, now=now, by=by)
    return lock_draft(draft.pk)


def _begin(order: Order, visitor: str, now: datetime) -> Draft:
    assert order.exam is not None
    is_here = locations_offering(order.exam).filter(pk=order.location_id).exists()
    return Draft.objects.create(
        visitor=visitor,
        source=Appointment.Source.ONLINE,
        order=order,
        location=order.location if is_here else None,
        booking_for=Draft.BookingFor.SELF,
        created_at=now,
        updated_at=now,
        **exam_of_order(order),
        **person_of_order(order),
    )


def _wait_for_twins(order_id: UUID) -> None:
    """A button that is pressed twice at once finds, the second time, what the first has begun. Before any
    other lock: whoever books it locks the draft first and the order last."""
    key = salted_hmac("invitation.twins", str(order_id), algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
