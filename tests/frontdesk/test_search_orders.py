"""The desk's search also finds orders that wait for a visit."""

import datetime as dt

import pytest

from scheduling.actions.order_inbox import receive_order, save_order
from scheduling.models import AuditEvent, Order
from scheduling.queries.desk_search import search_desk, search_orders
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.orders import OrderFactory, order_for
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def user(world):
    return AssignmentFactory(location=world[0].location).user


def orders(user, typed):
    return search_orders(user, typed, now=NOW)


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


@pytest.mark.parametrize(
    "typed",
    ["nunez ana", "Núñez", "5/17/1980", "ana 1980-05-17", "512-555-0147", "0147", "nun 0147 5/17/80"],
)
def test_by_name_phone_and_date_of_birth_in_any_order(world, user, typed):
    order = order_for(*world)
    order_for(
        *world, given_name="Bo", family_name="Ng", birth_date=dt.date(1952, 3, 14), phone="+13125550188"
    )
    assert orders(user, typed) == [order]


@pytest.mark.parametrize("typed", ["zoe", "5/18/1980", "512-555-0148", "ana 5/18/1980", "", "7K3MPQ2X"])
def test_every_part_must_fit(world, user, typed):
    order_for(*world)
    assert orders(user, typed) == []


def test_only_those_that_wait_urgent_ones_first_then_the_latest(world, user):
    old = order_for(*world, received_at=NOW - 3 * DAY)
    new = order_for(*world, received_at=NOW - DAY, status="new", phone="", email="")
    urgent = order_for(*world, received_at=NOW - 2 * DAY, urgency="urgent", status="invited")
    order_for(*world, status="booked")
    order_for(*world, status="closed", closed_at=NOW, closed_because="office")
    assert orders(user, "ana") == [urgent, new, old]


def test_only_where_the_user_books(world, user):
    order_for(*world)
    OrderFactory()  # of another location
    assert len(orders(user, "ana")) == 1
    technologist = AssignmentFactory(location=world[0].location, role="technologist").user
    assert orders(technologist, "ana") == []


@pytest.mark.parametrize(
    ("visits", "waiting", "shown"),
    [(9, 0, (8, 0)), (9, 1, (7, 1)), (9, 5, (6, 2)), (3, 9, (3, 5)), (0, 9, (0, 8)), (2, 1, (2, 1))],
)
def test_the_top_eight_together_leave_room_for_orders(world, user, visits, waiting, shown):
    machine, exam = world
    for number in range(visits):
        who = PatientFactory(given_name="Ana")
        AppointmentFactory(scanner=machine, exam=exam, patient=who, starts_at=NINE_FORTY + number * DAY)
    for _number in range(waiting):
        order_for(*world)
    found = search_desk(user, "ana", now=NOW)
    assert (len(found.visits), len(found.orders)) == shown


def test_who_is_typed_in_is_found_at_once(world, user):
    machine, exam = world
    receive = {"location": machine.location, "came_by": Order.CameBy.TYPED, "exam": exam}
    key = order_for(*world).pk
    Order.objects.all().delete()
    order = receive_order(order_id=key, **receive, now=NOW, by=Actor.staff(user.pk))
    fields = {"given_name": "Sigríður", "family_name": "Guðmundsdóttir"}
    save_order(order_id=key, version=order.version, fields=fields, now=NOW, by=Actor.staff(user.pk))
    assert [one.pk for one in orders(user, "gudmunds sigr")] == [key]


def test_they_stand_under_the_visits_and_the_history_counts_them(client, world, user):
    machine, exam = world
    order = order_for(*world)
    visit = AppointmentFactory(
        scanner=machine, exam=exam, starts_at=NINE_FORTY, patient=PatientFactory(given_name="Ana")
    )
    client.force_login(user)
    page = body(client.post("/desk/search/", {"q": "ana", "find": "1"}))
    assert "Orders without a visit" in page
    assert page.index(f"/desk/visits/{visit.pk}/") < page.index(f"/desk/orders/{order.pk}/")
    assert "Received Tue, Nov 24" in page
    assert AuditEvent.objects.get(event="staff.searched").after == {"found": 2}
    assert "Orders without a visit" not in body(client.post("/desk/search/", {"q": "zoe", "find": "1"}))


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many_are_found(world, user, count, django_assert_num_queries):
    for _number in range(count):
        order_for(*world)
    with django_assert_num_queries(1):
        for order in orders(user, "ana"):
            assert order.location.zone
            assert order.exam.display_name
