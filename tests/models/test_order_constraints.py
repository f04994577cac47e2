"""What PostgreSQL refuses about orders, by the name of the constraint (docs/constraints.md)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, AppointmentFactory

pytestmark = pytest.mark.django_db


def broken_by(factory, **fields) -> str | None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        factory(**fields)
    return broken_constraint(error.value)


@pytest.mark.parametrize("status", ["ready", "invited", "booked"])
@pytest.mark.parametrize(
    "lacking", [{"exam": None}, {"given_name": ""}, {"birth_date": None}, {"phone": "", "email": ""}]
)
def test_complete_before_it_is_booked(status, lacking):
    assert broken_by(OrderFactory, status=status, **lacking) == "order_complete_before_it_is_booked"


def test_half_an_order_can_be_kept_and_closed():
    for fields in (
        {"status": "new"},
        {"status": "closed", "closed_at": BOOKED_AT, "closed_because": "twice"},
    ):
        OrderFactory(exam=None, given_name="", birth_date=None, phone="", email="", **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "closed"},
        {"status": "closed", "closed_at": BOOKED_AT},
        {"status": "closed", "closed_because": "twice"},
        {"closed_at": BOOKED_AT},
        {"closed_because": "twice"},
    ],
)
def test_closed_with_a_reason(fields):
    assert broken_by(OrderFactory, **fields) == "order_closed_because_of_something"


def test_one_order_has_one_live_visit():
    order, later = OrderFactory(status="booked"), STARTS_AT + dt.timedelta(days=1)
    AppointmentFactory(order=order, status="canceled", canceled_at=BOOKED_AT, canceled_by="staff:1")
    AppointmentFactory(order=order, status="no_show")
    AppointmentFactory(order=order)
    assert broken_by(AppointmentFactory, order=order, starts_at=later) == "appointment_one_live_per_order"
