"""What PostgreSQL refuses about orders, by the name of the constraint (docs/constraints.md)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint
from scheduling.models import Message
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, AppointmentFactory
from tests.factories.tasks import TaskFactory

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


def test_invited_has_a_link_and_is_called_only_then():
    for lacking in ({"link_key": None}, {"invited_at": None}):
        assert broken_by(OrderFactory, status="invited", **lacking) == "order_invited_has_a_link"
    assert broken_by(OrderFactory, call_at=BOOKED_AT) == "order_to_call_only_while_invited"
    one = OrderFactory(status="invited", call_at=BOOKED_AT)
    assert broken_by(OrderFactory, link_key=one.link_key) == "order_link_key_unique"


def test_one_open_call_and_one_unsent_message_of_a_kind():
    order = OrderFactory()
    task = {"order": order, "kind": "invitation", "contact_name": ""}
    TaskFactory(**task)
    assert broken_by(TaskFactory, **task) == "task_one_open_per_order_and_kind"
    mail = {"order": order, "kind": "order_reminded", "due_at": BOOKED_AT, "drop_after": STARTS_AT}
    mail |= {"created_at": BOOKED_AT, "ical_sequence": 1}
    Message.objects.create(**mail)
    assert broken_by(Message.objects.create, **mail) == "message_one_unsent_per_order"
    Message.objects.create(**{**mail, "ical_sequence": 2})
    both = {**mail, "ical_sequence": 3, "appointment": AppointmentFactory()}
    assert broken_by(Message.objects.create, **both) == "message_about_one_thing"
    assert broken_by(TaskFactory, **{**task, "order": None}) == "task_is_about_something"


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
