"""An order and the visits booked from it: booked, free again, done. The order is the last row that is locked,
after the visit and the patient's identity, and before its messages and tasks."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from scheduling.actions import audit, messages, tasks
from scheduling.exceptions import OrderChanged, OrderForAnother, OrderGone
from scheduling.models import Appointment, AuditEvent, Draft, Order
from scheduling.queries.orders import BOOKABLE, decides_otherwise
from scheduling.rules.actors import Actor

Event = AuditEvent.Event
_GONE = (Appointment.Status.CANCELED, Appointment.Status.NO_SHOW)
# Stored in English, translated where staff read it: why nobody has to call any more.
OUTCOMES = {
    Order.Status.NEW: gettext_noop("The order has to be completed first"),
    Order.Status.READY: gettext_noop("The order can be booked again"),
    Order.Status.BOOKED: gettext_noop("Booked"),
    Order.Status.CLOSED: gettext_noop("The order was closed"),
}


def lock_order(order_id: UUID) -> Order:
    """Joined after it is locked."""
    locked = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    return Order.objects.with_all().get(pk=locked.pk)


def check_order(draft: Draft) -> Order | None:
    """Before a visit is booked from the draft: its order, locked and still to be booked, if it has one.

    Raises OrderGone, OrderChanged, OrderForAnother.
    """
    if draft.order_id is None:
        return None
    order = lock_order(draft.order_id)
    if order.status not in BOOKABLE:
        raise OrderGone
    if decides_otherwise(order, draft):
        raise OrderChanged
    if order.birth_date != draft.birth_date:
        raise OrderForAnother
    return order


def mark_booked(*, order: Order, visit: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction, with the order locked."""
    order.patient = visit.patient
    set_status(order, Order.Status.BOOKED, Event.ORDER_BOOKED, now=now, by=by)


def follow_visit(*, visit: Appointment, now: datetime, by: Actor) -> None:
    """After the visit's status is written, in the caller's transaction: an order whose visit is canceled or
    missed can be booked again, one whose exam is done is closed; and back, where a step is taken back."""
    if visit.order_id is None:
        return
    order = lock_order(visit.order_id)
    if visit.status in _GONE:
        if order.status == Order.Status.BOOKED:
            set_status(order, Order.Status.READY, Event.ORDER_FREED, now=now, by=by)
    elif visit.status == Appointment.Status.DONE:
        close(order, Order.ClosedBecause.SCANNED, now=now, by=by)
    elif order.status != Order.Status.BOOKED:
        order.closed_at, order.closed_because = None, ""
        set_status(order, Order.Status.BOOKED, Event.ORDER_BOOKED, now=now, by=by)


def follow_exam(*, visit: Appointment, now: datetime, by: Actor) -> None:
    """What was typed from the order's paper was wrong, and was corrected with the visit; in the caller's
    transaction."""
    if visit.order_id is None:
        return
    order = lock_order(visit.order_id)
    changed = [name for name in ("exam", "laterality") if getattr(order, name) != getattr(visit, name)]
    if changed:
        order.exam, order.laterality = visit.exam, visit.laterality
        set_status(order, Order.Status(order.status), Event.ORDER_CHANGED, now=now, by=by, changed=changed)


def close(order: Order, because: Order.ClosedBecause, *, now: datetime, by: Actor) -> None:
    order.closed_at, order.closed_because = now, because
    set_status(order, Order.Status.CLOSED, Event.ORDER_CLOSED, now=now, by=by, because=because)


def set_status(
    order: Order, status: Order.Status, event: AuditEvent.Event, *, now: datetime, by: Actor, **after: object
) -> None:
    before, order.status = order.status, status
    order.version += 1
    if status != Order.Status.INVITED:
        end_invitation(order, OUTCOMES[status], now=now, by=by)
    order.save()
    note(order, event, before={"status": before}, after={"status": status, **after}, now=now, by=by)


def end_invitation(order: Order, outcome: str, *, now: datetime, by: Actor) -> None:
    """Nobody is reminded or called any more. The caller saves the order."""
    order.call_at = None
    messages.withdraw_invitation(order=order)
    tasks.close_tasks_of_order(order=order, outcome=outcome, now=now, by=by)


def note(
    order: Order,
    event: AuditEvent.Event,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    now: datetime,
    by: Actor,
) -> None:
    audit.record(
        event=event,
        subject=order,
        location_id=order.location_id,
        before=before,
        after=after,
        now=now,
        by=by,
    )
