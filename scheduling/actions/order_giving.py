"""An order that came after its visit was booked is given to the visit, or taken back from it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from scheduling.actions import audit, order_visits, orders, screening, tasks
from scheduling.actions.order_visits import lock_order
from scheduling.actions.placing import lock_visit, what_is_done
from scheduling.exceptions import EditConflict, OrderDoesNotFit, OrderGone
from scheduling.models import Appointment, AuditEvent, Order
from scheduling.queries.history import last_event_of
from scheduling.queries.order_giving import TAKES_ORDER, is_as_ordered, is_for, was_given
from scheduling.queries.orders import BOOKABLE, live_visit_of
from scheduling.rules.actors import Actor

Event = AuditEvent.Event
# Stored in English, translated where staff read it.
OUTCOME_GIVEN = gettext_noop("The order came and was given to the visit")
VISIT_GONE = _("This visit was canceled, missed or scanned meanwhile. Nothing was changed.")
HAS_ANOTHER = _("This visit has an order already. Nothing was changed.")
OTHER_PERSON = _("The name or the date of birth of the order is not the patient’s. Nothing was changed.")
OTHER_EXAM = _("The order is for another exam or side than was booked. Correct the visit to the order first.")
NOT_GIVEN = _("The visit was booked from this order, so it keeps it. Cancel the visit instead.")


@transaction.atomic
def give_order(*, order_id: UUID, visit_id: int, version: int, now: datetime, by: Actor) -> Appointment:
    """The visit is as it was booked, and nobody asks for its order any more. Giving it again answers with it.

    Raises OrderGone for one that is booked or closed, OrderDoesNotFit, EditConflict.
    """
    visit = lock_visit(visit_id)
    order = lock_order(order_id)
    if visit.order_id == order.pk and order.status == Order.Status.BOOKED and visit.status in TAKES_ORDER:
        return visit
    if order.status not in BOOKABLE:
        raise OrderGone
    if order.version != version:
        raise EditConflict
    _check(order, visit)
    before = what_is_done(visit)
    visit.order, visit.order_status = order, Appointment.OrderStatus.RECEIVED
    visit.contrast_answer = Appointment.ContrastAnswer.AS_ORDERED
    _save(visit)
    order.patient = visit.patient
    order_visits.set_status(order, Order.Status.BOOKED, Event.ORDER_GIVEN, now=now, by=by)
    _record(visit, Event.ORDER_GIVEN, before, now=now, by=by)
    orders.settle(appointment=visit, outcome=OUTCOME_GIVEN, now=now, by=by)
    return visit


@transaction.atomic
def take_order_back(*, order_id: UUID, version: int, now: datetime, by: Actor) -> Order:
    """It was another visit's: it waits in the inbox, and the visit lacks it, as before.

    Raises OrderGone where no visit has it, OrderDoesNotFit where the visit was booked from it or is over,
    EditConflict.
    """
    unlocked = live_visit_of(Order.objects.get(pk=order_id))
    visit = lock_visit(unlocked.pk) if unlocked else None
    order = lock_order(order_id)
    if visit is None or visit.order_id != order.pk or order.status != Order.Status.BOOKED:
        raise OrderGone
    if order.version != version:
        raise EditConflict
    if visit.status not in TAKES_ORDER:
        raise OrderDoesNotFit(VISIT_GONE)
    if not was_given(order, visit):
        raise OrderDoesNotFit(NOT_GIVEN)
    given = last_event_of(visit, Event.ORDER_GIVEN)
    before = what_is_done(visit)
    visit.order = None
    if given:
        visit.order_status, visit.contrast_answer = (
            given.before["order_status"],
            given.before["contrast_answer"],
        )
    _save(visit)
    order.patient = None
    order_visits.set_status(order, Order.Status.READY, Event.ORDER_TAKEN_BACK, now=now, by=by)
    _record(visit, Event.ORDER_TAKEN_BACK, before, now=now, by=by)
    tasks.reopen_tasks_of(
        appointment=visit,
        outcome=OUTCOME_GIVEN,
        closed_at=given.at if given else None,
        urgent=screening.URGENT,
        now=now,
        by=by,
    )
    return order


def _check(order: Order, visit: Appointment) -> None:
    if visit.status not in TAKES_ORDER:
        raise OrderDoesNotFit(VISIT_GONE)
    if visit.order_id is not None:
        raise OrderDoesNotFit(HAS_ANOTHER)
    if not is_for(order, visit.patient):
        raise OrderDoesNotFit(OTHER_PERSON)
    if not is_as_ordered(order, visit):
        raise OrderDoesNotFit(OTHER_EXAM)


def _save(visit: Appointment) -> None:
    visit.version += 1
    visit.save(update_fields=["order", "order_status", "contrast_answer", "version"])


def _record(
    visit: Appointment, event: AuditEvent.Event, before: dict[str, object], *, now: datetime, by: Actor
) -> None:
    audit.record(
        event=event,
        subject=visit,
        location_id=visit.scanner.location_id,
        before={name: before[name] for name in ("order_status", "contrast_answer")},
        after={"order_status": visit.order_status},
        now=now,
        by=by,
    )
