"""Orders of a location: which there are, in what state, and what a booking takes from one."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, QuerySet, Value, When

from locations.models import Location
from scheduling.models import Appointment, Draft, Exam, Order

# What is locked in a booking from an order, in the words of the draft.
LOCKED = ("exam", "laterality", "contrast_answer", "order_status")
BOOKABLE = (Order.Status.READY, Order.Status.INVITED)
_GONE = (Appointment.Status.CANCELED, Appointment.Status.NO_SHOW)
_HOLDS = (Appointment.Status.HELD, Appointment.Status.EXPIRED)


def orders_at(location: Location, *statuses: Order.Status) -> QuerySet[Order]:
    """Urgent first, then the oldest; what is over, the latest first."""
    urgent = Case(When(urgency=Order.Urgency.URGENT, then=Value(0)), default=1, output_field=IntegerField())
    found = Order.objects.with_all().filter(location=location, status__in=statuses)
    is_over = not set(statuses) & set(Order.OPEN)
    return found.order_by("-received_at", "pk") if is_over else found.order_by(urgent, "received_at", "pk")


def counts_at(location: Location) -> dict[str, int]:
    """By status; those that there are none of are left out."""
    rows = Order.objects.filter(location=location).order_by()
    return dict(rows.values("status").annotate(count=Count("pk")).values_list("status", "count"))


def is_bookable(order: Order, *, now: datetime) -> bool:
    """By the link of its invitation, which works for INVITATION_DAYS after the last one."""
    if order.status not in BOOKABLE or order.invited_at is None:
        return False
    return now <= order.invited_at + timedelta(days=settings.INVITATION_DAYS)


def live_visit_of(order: Order) -> Appointment | None:
    """Booked from it, and neither canceled nor missed."""
    return Appointment.objects.with_place().filter(order=order).exclude(status__in=_GONE).first()


def family_at(order: Order) -> list[Exam]:
    """The exam of the order with the others of its family that its center does: they differ by contrast."""
    if order.exam is None:
        return []
    offered = Exam.objects.filter(
        family=order.exam.family,
        is_active=True,
        offerings__location=order.location,
        offerings__is_active=True,
    )
    return list((offered | Exam.objects.filter(pk=order.exam.pk)).distinct().order_by("contrast", "pk"))


def unfinished_draft(order: Order, *, desk: Location | None = None) -> Draft | None:
    """Begun for it by that desk, or by the patient, and not booked yet; the latest."""
    became = Appointment.objects.filter(draft=OuterRef("pk")).exclude(status__in=_HOLDS)
    drafts = Draft.objects.filter(~Exists(became), order=order, desk=desk)
    return drafts.order_by("-updated_at", "pk").first()


def exam_of_order(order: Order) -> dict[str, Any]:
    """What it locks, as a draft has it."""
    return {
        "exam": order.exam,
        "laterality": order.laterality,
        "contrast_answer": Appointment.ContrastAnswer.AS_ORDERED,
        "order_status": Appointment.OrderStatus.RECEIVED,
    }


def person_of_order(order: Order) -> dict[str, Any]:
    """Who it is and how they are reached, as a draft has it: nothing that is known is asked again."""
    phone = str(order.phone) if order.phone else ""
    return {
        "given_name": order.given_name,
        "family_name": order.family_name,
        "one_name": not order.family_name,
        "birth_date": order.birth_date,
        "phone": phone,
        "phone_as_typed": order.phone_as_typed,
        "email": order.email,
        "by_email": bool(order.email),
        "language": order.language,
    }


def decides_otherwise(order: Order, draft: Draft) -> bool:
    """Whether the order's exam was corrected since the draft was begun."""
    return (order.exam_id, order.laterality) != (draft.exam_id, draft.laterality)
