"""An order that came after its visit was booked: given to it, and taken back."""

import datetime as dt

import pytest

from scheduling.actions import order_giving
from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.order_giving import give_order, take_order_back
from scheduling.exceptions import EditConflict, OrderDoesNotFit, OrderGone
from scheduling.models import Appointment, AuditEvent, Order, Task
from scheduling.queries.drafts import digest_of
from scheduling.queries.order_giving import orders_for_visit, visits_for_order
from scheduling.queries.readiness import Topic, readiness_of
from scheduling.queries.second_screen import before_scan
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.orders import InvitationFactory, OrderFactory, order_for
from tests.factories.scheduling import AppointmentFactory, ExamFactory, OfferingFactory, PatientFactory

pytestmark = pytest.mark.django_db
DESK = Actor.staff(7)
DAY = dt.timedelta(days=1)


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def visit(world):
    """Ana's, booked online; the office is still to send the order."""
    draft = ready_draft(*world, order_status="office_sends")
    return confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT).visit


@pytest.fixture
def order(world):
    return order_for(*world)


def give(order, visit, version=None, now=NOW):
    version = order.version if version is None else version
    return give_order(order_id=order.pk, visit_id=visit.pk, version=version, now=now, by=DESK)


def take_back(order, version=None, now=NOW):
    order.refresh_from_db()
    version = order.version if version is None else version
    return take_order_back(order_id=order.pk, version=version, now=now, by=DESK)


def mark(visit):
    items = readiness_of(before_scan(visit, now=NOW))
    return next(item.state for item in items if item.topic is Topic.ORDER)


def open_kinds(visit):
    return set(Task.objects.open().filter(appointment=visit).values_list("kind", flat=True))


def events(about):
    kind = about._meta.model_name
    found = AuditEvent.objects.filter(object_kind=kind, object_id=str(about.pk)).order_by("pk")
    return list(found.values_list("event", flat=True))


def refused(order, visit, words):
    with pytest.raises(OrderDoesNotFit) as refusal:
        give(order, visit)
    assert str(refusal.value) == str(words)
    visit.refresh_from_db()
    assert visit.order_id != order.pk


def test_the_visit_has_its_order_and_nobody_asks_for_it(order, visit):
    assert mark(visit) == "missing"
    given = give(order, visit)
    order.refresh_from_db()
    assert (given.order, given.order_status, given.version) == (order, "received", visit.version + 1)
    assert (order.status, order.patient) == ("booked", visit.patient)
    assert open_kinds(visit) == set()
    assert mark(visit) == "received"
    task = Task.objects.get(kind=Task.Kind.MISSING_ORDER)
    assert task.outcome == "The order came and was given to the visit"
    assert events(order) == ["order.given"]
    assert events(visit)[-1] == "order.given"
    assert give(order, visit) == given  # the same press again
    assert events(order) == ["order.given"]


def test_taken_back_all_is_as_before(order, visit):
    give(order, visit)
    found = take_back(order, now=NOW + DAY / 24)
    visit.refresh_from_db()
    assert (found.status, found.patient) == ("ready", None)
    assert (visit.order, visit.order_status) == (None, "office_sends")
    assert open_kinds(visit) == {Task.Kind.MISSING_ORDER}
    assert mark(visit) == "missing"
    assert events(order) == ["order.given", "order.taken_back"]
    assert events(visit)[-1] == "order.taken_back"
    give(found, visit)
    assert mark(visit) == "received"


def test_what_the_patient_was_not_sure_about_is_as_ordered_then(world, order):
    world[0].has_contrast = True
    world[0].save()
    draft = ready_draft(*world, contrast_answer="not_sure", phone="+15125550147")
    visit = confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT).visit
    assert give(order, visit).contrast_answer == "as_ordered"
    assert open_kinds(visit) == set()
    take_back(order)
    visit.refresh_from_db()
    assert visit.contrast_answer == "not_sure"
    assert open_kinds(visit) == {Task.Kind.MISSING_ORDER, Task.Kind.MATCH_ORDER}


def test_an_invitation_that_waits_is_withdrawn(world, visit):
    order = order_for(*world, status="invited", call_at=NOW + DAY)
    mail = InvitationFactory(order=order)
    give(order, visit)
    order.refresh_from_db()
    mail.refresh_from_db()
    assert (order.status, order.call_at, mail.status) == ("booked", None, "withdrawn")


def test_a_canceled_visit_gives_it_free_again(order, visit):
    cancel_visit(visit_id=give(order, visit).pk, reason="", now=NOW, by=DESK)
    order.refresh_from_db()
    assert order.status == "ready"
    with pytest.raises(OrderGone):
        take_back(order)


def test_only_a_visit_that_stands_takes_one(order, visit):
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)
    refused(order, visit, order_giving.VISIT_GONE)


def test_of_somebody_else(world, order, visit):
    other = AppointmentFactory(
        scanner=world[0],
        exam=world[1],
        laterality="left",
        starts_at=NINE_FORTY + DAY,
        patient=PatientFactory(given_name="Eva", family_name="Núñez", birth_date=order.birth_date),
    )
    refused(order, other, order_giving.OTHER_PERSON)  # her twin
    order.birth_date = dt.date(1980, 5, 18)
    order.save()
    refused(order, visit, order_giving.OTHER_PERSON)


def test_for_another_exam_or_side(order, visit):
    order.laterality = "right"
    order.save()
    refused(order, visit, order_giving.OTHER_EXAM)
    order.exam, order.laterality = ExamFactory(), ""
    order.save()
    refused(order, visit, order_giving.OTHER_EXAM)


def test_a_visit_has_one_order(world, order, visit):
    give(order, visit)
    refused(order_for(*world), visit, order_giving.HAS_ANOTHER)


@pytest.mark.parametrize("status", ["new", "booked", "closed"])
def test_what_is_incomplete_used_or_closed_is_given_to_none(world, visit, status):
    closed = {"closed_at": NOW, "closed_because": "office"} if status == "closed" else {}
    with pytest.raises(OrderGone):
        give(order_for(*world, status=status, **closed), visit)


def test_as_it_was_shown(order, visit):
    with pytest.raises(EditConflict):
        give(order, visit, version=order.version + 1)
    give(order, visit)
    with pytest.raises(EditConflict):
        take_back(order, version=0)


def test_a_visit_that_was_booked_from_it_keeps_it(world):
    order = order_for(*world)
    draft = ready_draft(*world, order=order, order_status="received")
    confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT)
    with pytest.raises(OrderDoesNotFit, match="booked from this order"):
        take_back(order)


def test_a_scan_that_is_done_keeps_it(order, visit):
    give(order, visit)
    ct = ScannerFactory(location=visit.location, modality="CT")
    Appointment.objects.filter(pk=visit.pk).update(
        scanner=ct, status="in_exam", arrived_at=NOW, exam_started_at=NOW
    )
    with pytest.raises(OrderDoesNotFit, match="scanned meanwhile"):
        take_back(order)


# ---------------------------------------------------------------- which visits, which orders


def test_coming_visits_of_the_patient_without_an_order_the_nearest_first(world, order, visit):
    machine, exam = world
    user = AssignmentFactory(location=machine.location).user
    same = {"patient": visit.patient, "exam": exam, "laterality": "left"}
    later = AppointmentFactory(scanner=machine, starts_at=NINE_FORTY + 2 * DAY, **same)
    right = AppointmentFactory(scanner=machine, starts_at=NINE_FORTY + DAY, **{**same, "laterality": "right"})
    elsewhere = ScannerFactory()
    OfferingFactory(exam=exam, location=elsewhere.location)
    AppointmentFactory(scanner=elsewhere, starts_at=NINE_FORTY + 3 * DAY, **same)
    bo = PatientFactory(given_name="Bo", family_name="Ng")  # born the same day
    AppointmentFactory(scanner=machine, starts_at=NINE_FORTY + 4 * DAY, **{**same, "patient": bo})
    ct = ScannerFactory(location=machine.location, modality="CT")
    AppointmentFactory(
        scanner=ct, starts_at=NINE_FORTY + 5 * DAY, patient=visit.patient, exam=ExamFactory(modality="CT")
    )
    AppointmentFactory(scanner=machine, starts_at=NINE_FORTY - 7 * DAY, **same)
    found = visits_for_order(order, user, now=NOW)
    assert [(one.visit.pk, one.is_as_ordered) for one in found] == [
        (visit.pk, True),
        (right.pk, False),
        (later.pk, True),
    ]
    give(order, visit)
    order.refresh_from_db()
    assert visits_for_order(order, user, now=NOW) == []


def test_orders_of_the_patient_in_the_inbox(world, order, visit):
    user = AssignmentFactory(location=world[0].location).user
    begun = order_for(world[0], None, status="new", laterality="")
    order_for(*world, given_name="Eva")
    order_for(*world, status="closed", closed_at=NOW, closed_because="office")
    order_for(world[0], ExamFactory(modality="CT"), laterality="")
    OrderFactory(exam=world[1])  # of a center where the user does not work
    assert orders_for_visit(visit, user) == [order, begun] or orders_for_visit(visit, user) == [begun, order]
    assert (
        orders_for_visit(visit, AssignmentFactory(location=world[0].location, role="technologist").user) == []
    )
    given = give(order, visit)
    assert orders_for_visit(given, user) == []


def test_whose_it_is_was_known_before(world, visit):
    order = order_for(*world, given_name="A.", patient=visit.patient)
    assert Order.objects.get(pk=order.pk).patient == give(order, visit).patient
