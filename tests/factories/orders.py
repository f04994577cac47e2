"""`OrderFactory` is Ana's order for a knee MRI, left, complete and ready to book at an open center."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Message, Order
from scheduling.rules import codes
from scheduling.rules.names import fold_name
from tests.factories.locations import OpenLocationFactory
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, SidedExamFactory


class OrderFactory(DjangoModelFactory):
    class Meta:
        model = Order

    location = factory.SubFactory(OpenLocationFactory)
    status = Order.Status.READY
    came_by = Order.CameBy.TYPED
    received_at = BOOKED_AT
    given_name = "Ana"
    family_name = "Núñez"
    folded_name = factory.LazyAttribute(lambda order: fold_name(order.given_name, order.family_name))
    birth_date = dt.date(1980, 5, 17)
    phone = "+15125550147"
    phone_as_typed = "512-555-0147"
    email = "ana@example.com"
    exam = factory.SubFactory(SidedExamFactory)
    laterality = "left"
    indication = "Pain for six weeks"
    ordered_on = dt.date(2026, 11, 20)
    clinician = "Dr. Gudrun Osei"
    practice = "Hill Country Family Practice"
    practice_phone = "512-555-0199 x4"
    link_key = factory.LazyFunction(codes.new_link_key)
    invited_at = factory.LazyAttribute(lambda order: BOOKED_AT if order.status == "invited" else None)


def order_for(machine, exam, **fields) -> Order:
    """At the center of `tests.factories.journey.bookable`."""
    return OrderFactory(location=machine.location, exam=exam, **fields)


class InvitationFactory(DjangoModelFactory):
    """Due when the order was received, useless after Tuesday, 9:40 am."""

    class Meta:
        model = Message

    order = factory.SubFactory(OrderFactory, status=Order.Status.INVITED)
    kind = Message.Kind.ORDER_INVITED
    due_at = BOOKED_AT
    drop_after = STARTS_AT
    created_at = BOOKED_AT
