"""An order for a visit that is booked already, by plain forms: from the order's page, and back."""

import datetime as dt

import pytest

from scheduling.models import Appointment, AuditEvent, Task
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.orders import order_for
from tests.factories.scheduling import (
    AppointmentFactory,
    ExamFactory,
    OfferingFactory,
    PatientFactory,
    SidedExamFactory,
)
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def world():
    return bookable(name="MRI 1")


@pytest.fixture
def order(world):
    return order_for(*world)


@pytest.fixture
def visit(world):
    machine, exam = world
    visit = AppointmentFactory(
        scanner=machine,
        exam=exam,
        laterality="left",
        starts_at=NINE_FORTY,
        order_status="office_sends",
        patient=PatientFactory(given_name="Ana", family_name="Núñez", birth_date=dt.date(1980, 5, 17)),
    )
    TaskFactory(appointment=visit, kind=Task.Kind.MISSING_ORDER, location=machine.location)
    return visit


@pytest.fixture
def desk(client, world):
    client.force_login(AssignmentFactory(location=world[0].location).user)
    return client


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def page(desk, order):
    return body(desk.get(f"/desk/orders/{order.pk}/"))


def give(desk, order, visit, version=None):
    order.refresh_from_db()
    version = order.version if version is None else version
    return desk.post(f"/desk/orders/{order.pk}/give/", {"version": version, "visit": visit.pk})


def test_from_the_visit_over_its_order_to_the_board(desk, order, visit):
    about = body(desk.get(f"/desk/visits/{visit.pk}/"))
    assert "Order missing" in about
    assert "In the inbox, not given to this visit yet:" in about
    assert f'href="/desk/orders/{order.pk}/"' in about
    shown = page(desk, order)
    assert "Booked already, without an order" in shown
    assert "Tue, Dec 1, 9:40 am" in shown

    answer = desk.post(f"/desk/orders/{order.pk}/give/", {"version": order.version, "visit": visit.pk})
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/orders/{order.pk}/")
    shown = page(desk, order)
    assert "The visit of Tue, Dec 1, 9:40 am has the order now." in shown
    assert "Given to the visit of" in shown
    assert "Take it back" in shown
    about = body(desk.get(f"/desk/visits/{visit.pk}/"))
    assert "Order is here" in about
    assert about.count("Order given to the visit") == 1
    assert "Dr. Gudrun Osei" in about
    board = body(desk.get(f"/desk/at/{visit.location.slug}/2026-12-01/"))
    assert "Order missing" not in board
    assert not Task.objects.open().filter(kind=Task.Kind.MISSING_ORDER).exists()


def test_taken_back(desk, order, visit):
    give(desk, order, visit)
    order.refresh_from_db()
    answer = desk.post(f"/desk/orders/{order.pk}/take-back/", {"version": order.version})
    assert answer.status_code == 303
    shown = page(desk, order)
    assert "Taken back: the order waits again, and the visit lacks it." in shown
    assert "Give it to this visit" in shown
    assert "Order missing" in body(desk.get(f"/desk/visits/{visit.pk}/"))
    assert "Order missing" in body(desk.get(f"/desk/at/{visit.location.slug}/2026-12-01/"))
    assert Task.objects.open().filter(kind=Task.Kind.MISSING_ORDER).count() == 1


def test_another_exam_is_corrected_first_and_then_given(desk, world, order, visit):
    brain = ExamFactory(name="Brain MRI")
    OfferingFactory(exam=brain, location=visit.location)
    Appointment.objects.filter(pk=visit.pk).update(exam=brain, laterality="")
    shown = page(desk, order)
    assert "The order says Knee MRI, Left" in shown.replace("left", "Left")
    assert "Give it to this visit" not in shown
    answer = give(desk, order, visit)
    assert answer.status_code == 409
    assert "Correct the visit to the order first." in body(answer)

    query = f"?exam={order.exam_id}&laterality=left&order={order.pk}"
    assert query.replace("&", "&amp;") in shown
    correct = f"/desk/visits/{visit.pk}/exam/{query}"
    assert "Knee MRI" in body(desk.get(correct))
    data = {
        "exam": order.exam_id,
        "laterality": "left",
        "scanner": visit.scanner_id,
        "day": "2026-12-01",
        "time": "9:40 am",
        "tell": "nobody",
        "version": 0,
    }
    answer = desk.post(correct, data)
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/orders/{order.pk}/")
    shown = page(desk, order)
    assert "Corrected to the order: Ana Núñez." in shown
    assert "Undo" in shown
    assert give(desk, order, visit).status_code == 303
    assert "Corrected to the order" not in page(desk, order).partition("History")[0]
    visit.refresh_from_db()
    assert visit.order == order


def test_whoever_was_faster_is_named(desk, order, visit):
    seen = order.version
    other = AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        laterality="left",
        patient=visit.patient,
        starts_at=NINE_FORTY + DAY,
    )
    assert give(desk, order, visit).status_code == 303
    answer = give(desk, order, other, version=seen)
    assert answer.status_code == 409
    assert "This order has been booked or closed meanwhile. Nothing was changed." in body(answer)
    other.refresh_from_db()
    assert other.order is None


def test_what_was_changed_meanwhile_is_shown_before_it_is_given(desk, order, visit):
    seen = order.version
    order.practice, order.version = "Lakeside", seen + 1
    order.save()
    answer = give(desk, order, visit, version=seen)
    assert answer.status_code == 409
    assert "Give the order to the visit" in body(answer)
    assert f'name="visit" value="{visit.pk}"' in body(answer)


def test_a_visit_that_was_canceled_and_somebody_elses(desk, order, visit):
    Appointment.objects.filter(pk=visit.pk).update(
        status="canceled", canceled_at=NOW, canceled_by="patient:1"
    )
    answer = give(desk, order, visit)
    assert answer.status_code == 409
    assert "This visit was canceled, missed or scanned meanwhile." in body(answer)
    bos = AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        laterality="left",
        starts_at=NINE_FORTY + DAY,
        patient=PatientFactory(given_name="Bo", family_name="Ng", birth_date=dt.date(1970, 1, 1)),
    )
    answer = give(desk, order, bos)
    assert answer.status_code == 409
    assert "The name or the date of birth of the order is not the patient’s." in body(answer)


def test_nothing_is_given_to_visits_elsewhere_or_by_who_does_not_book(client, desk, order, visit):
    elsewhere = bookable()[0]
    exam = SidedExamFactory()
    foreign = AppointmentFactory(scanner=elsewhere, exam=exam, laterality="left", starts_at=NINE_FORTY)
    for key in (foreign.pk, 10**9):
        answer = desk.post(f"/desk/orders/{order.pk}/give/", {"version": order.version, "visit": key})
        assert answer.status_code == 404
    assert desk.post(f"/desk/orders/{order.pk}/give/", {"version": "x"}).status_code == 422
    client.force_login(AssignmentFactory(location=visit.location, role="technologist").user)
    assert give(client, order, visit).status_code == 403
    assert "Give it to this visit" not in page(client, order)
    assert "In the inbox" not in body(client.get(f"/desk/visits/{visit.pk}/"))
    assert not AuditEvent.objects.filter(event="order.given").exists()
