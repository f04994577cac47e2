"""An order comes to a location, is typed in from its paper, and is closed. Its visits: order_visits.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from locations.models import Location
from scheduling.actions import order_visits
from scheduling.actions.order_visits import lock_order, note, set_status
from scheduling.exceptions import EditConflict, NotFound, OrderGone, OrderIncomplete
from scheduling.models import AuditEvent, Exam, Order
from scheduling.rules.actors import Actor
from scheduling.rules.names import fold_name

Event = AuditEvent.Event
EXAM_FIELDS = frozenset({"exam", "laterality"})
FIELDS = EXAM_FIELDS | {
    "urgency",
    "given_name",
    "family_name",
    "birth_date",
    "phone",
    "phone_as_typed",
    "email",
    "language",
    "indication",
    "ordered_on",
    "clinician",
    "practice",
    "practice_phone",
    "practice_fax",
}


@transaction.atomic
def receive_order(
    *,
    order_id: UUID,
    location: Location,
    came_by: Order.CameBy,
    exam: Exam | None = None,
    laterality: str = "",
    now: datetime,
    by: Actor,
) -> Order:
    """What it says is typed in afterwards. `order_id` is the form's own: sent twice it is one order. Raises
    NotFound for a key that another location's order has."""
    order, is_new = Order.objects.get_or_create(
        pk=order_id,
        defaults={
            "location": location,
            "came_by": came_by,
            "exam": exam,
            "laterality": laterality,
            "received_at": now,
        },
    )
    if order.location_id != location.pk:
        raise NotFound
    if is_new:
        note(order, Event.ORDER_CAME, after={"came_by": came_by}, now=now, by=by)
    return order


@transaction.atomic
def save_order(*, order_id: UUID, version: int, fields: Mapping[str, Any], now: datetime, by: Actor) -> Order:
    """`fields` as FIELDS. Complete, it can be booked. The history says what was changed, not to what.

    Raises EditConflict; OrderGone for a closed order, and for another exam of a booked one; OrderIncomplete
    where a booked one would lack something.
    """
    unknown = fields.keys() - FIELDS
    if unknown:
        raise ValueError(f"not a field of an order: {sorted(unknown)}")
    order = _lock(order_id, version)
    changed = [name for name, value in fields.items() if getattr(order, name) != value]
    is_booked = order.status == Order.Status.BOOKED
    if order.status == Order.Status.CLOSED or (is_booked and EXAM_FIELDS & set(changed)):
        raise OrderGone
    for name in changed:
        setattr(order, name, fields[name])
    order.folded_name = fold_name(order.given_name, order.family_name)
    if is_booked and not order.is_complete:
        raise OrderIncomplete
    if not changed:
        return order
    set_status(order, _status_of(order), Event.ORDER_CHANGED, now=now, by=by, changed=changed)
    return order


@transaction.atomic
def close_order(
    *, order_id: UUID, version: int, because: Order.ClosedBecause, now: datetime, by: Actor
) -> Order:
    """It leads to no visit. Closing it again answers with it. Raises EditConflict, and OrderGone for a booked
    one: its visit is canceled first."""
    order = lock_order(order_id)
    if order.status == Order.Status.CLOSED:
        return order
    _check_version(order, version)
    if order.status == Order.Status.BOOKED:
        raise OrderGone
    order_visits.close(order, because, now=now, by=by)
    return order


@transaction.atomic
def reopen_order(*, order_id: UUID, version: int, now: datetime, by: Actor) -> Order:
    """It was closed by mistake, or the patient wants it after all. Raises EditConflict; OrderGone for one
    whose exam was done."""
    order = _lock(order_id, version)
    if order.status != Order.Status.CLOSED or order.closed_because == Order.ClosedBecause.SCANNED:
        raise OrderGone
    order.closed_at, order.closed_because = None, ""
    set_status(order, _status_of(order), Event.ORDER_REOPENED, now=now, by=by)
    return order


def note_view(*, order: Order, now: datetime, by: Actor) -> None:
    """Views of a patient's order belong to its history as changes do."""
    note(order, Event.ORDER_VIEWED, now=now, by=by)


def _lock(order_id: UUID, version: int) -> Order:
    order = lock_order(order_id)
    _check_version(order, version)
    return order


def _check_version(order: Order, version: int) -> None:
    if order.version != version:
        raise EditConflict


def _status_of(order: Order) -> Order.Status:
    """After what it says has changed."""
    if order.status in (Order.Status.INVITED, Order.Status.BOOKED) and order.is_complete:
        return Order.Status(order.status)
    return Order.Status.READY if order.is_complete else Order.Status.NEW
