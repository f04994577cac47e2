"""The desk's work about an order follows what came of it."""

import datetime as dt

import pytest

from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.documents import NewFile, add_documents, remove_document
from scheduling.actions.moving import move_visit
from scheduling.actions.orders import REASON_NOT_COME, REASON_NOT_SENT, chase_at
from scheduling.actions.tasks import close_task
from scheduling.models import Appointment, Document, Exam, Task
from scheduling.queries.drafts import digest_of
from scheduling.queries.worklist import call_first_task
from scheduling.rules.actors import Actor
from scheduling.uploads.kinds import CleanFile, ContentType
from tests.factories.documents import DocumentFactory
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory

pytestmark = pytest.mark.django_db
MISSING, MATCH = Task.Kind.MISSING_ORDER, Task.Kind.MATCH_ORDER
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
DESK = Actor.staff(7)


@pytest.fixture
def world():
    return bookable()


def booked(world, *, files=0, **answers) -> Appointment:
    draft = ready_draft(*world, **answers)
    for _ in range(files):
        DocumentFactory(draft=draft)
    return confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT).visit


def open_tasks(visit) -> dict[str, Task]:
    return {task.kind: task for task in Task.objects.open().filter(appointment=visit)}


def send(visit, content=b"a photo"):
    file = NewFile("order.jpg", CleanFile(ContentType.JPEG, content))
    return add_documents(owner=visit, kind=Document.Kind.ORDER, files=[file], now=NOW, by=PATIENT)[0]


@pytest.mark.parametrize(
    ("status", "reason"), [("have_it", REASON_NOT_SENT), ("office_sends", REASON_NOT_COME)]
)
def test_an_order_that_has_not_come_is_work_for_later(world, status, reason):
    visit = booked(world, order_status=status, starts_at=NINE_FORTY + 7 * DAY)

    (task,) = open_tasks(visit).values()
    assert (task.kind, task.reason) == (MISSING, reason)
    # Tuesday, December 8: two business days before is Friday, when doors open at 7 in Austin.
    assert task.due_at == dt.datetime(2026, 12, 4, 14, tzinfo=dt.UTC)


def test_before_a_visit_that_is_near_it_is_work_for_now(world):
    visit = booked(world)  # tomorrow
    assert open_tasks(visit)[MISSING].due_at == NOW + HOUR


def test_it_is_due_in_staffed_hours(world):
    machine, _exam = world
    ClosureFactory(
        location=machine.location, starts_at=NOW + 4 * DAY - 9 * HOUR, ends_at=NOW + 4 * DAY + 15 * HOUR
    )  # all of Friday
    visit = AppointmentFactory(scanner=machine, exam=world[1], starts_at=NINE_FORTY + 7 * DAY)
    assert chase_at(visit, NOW) == dt.datetime(2026, 12, 5, 14, tzinfo=dt.UTC)  # Saturday, doors are open


def test_without_an_order_there_is_nothing_to_wait_for(world):
    world[1].order_required = Exam.OrderRequired.NO
    world[1].save()
    assert open_tasks(booked(world, order_status="none")) == {}


def test_an_order_that_was_sent_is_to_be_matched(world):
    visit = booked(world, files=2)
    assert open_tasks(visit).keys() == {MATCH}
    assert call_first_task(visit) is None  # looking at it needs no call


def test_an_order_that_comes_later_closes_the_wait(world):
    visit = booked(world, order_status="office_sends")
    send(visit)
    assert open_tasks(visit).keys() == {MATCH}
    assert Task.objects.get(kind=MISSING).outcome == "The patient sent the order"


def test_a_page_more_is_the_same_work_until_it_is_done(world):
    visit = booked(world, files=1)
    send(visit)
    assert Task.objects.filter(kind=MATCH).count() == 1
    close_task(task_id=open_tasks(visit)[MATCH].pk, outcome="Fits", now=NOW, by=DESK)
    send(visit, b"another page")
    assert open_tasks(visit).keys() == {MATCH}


def test_an_order_that_is_removed_is_missing_again(world):
    visit = booked(world)
    first, second = send(visit), send(visit, b"page two")

    remove_document(owner=visit, document_id=first.pk, now=NOW, by=PATIENT)
    assert open_tasks(visit).keys() == {MATCH}
    remove_document(owner=visit, document_id=second.pk, now=NOW, by=PATIENT)

    assert open_tasks(visit).keys() == {MISSING}
    assert Task.objects.get(kind=MATCH).outcome == "The patient removed the order"


def test_not_sure_about_contrast_is_matched_and_called_about_either_way(world):
    machine, _exam = world
    machine.has_contrast = True
    machine.save()
    visit = booked(world, contrast_answer="not_sure", phone="+15125550147")
    assert open_tasks(visit).keys() == {MISSING, MATCH}

    paper = send(visit)
    assert open_tasks(visit).keys() == {MATCH}
    assert call_first_task(visit) == open_tasks(visit)[MATCH]
    remove_document(owner=visit, document_id=paper.pk, now=NOW, by=PATIENT)
    assert open_tasks(visit).keys() == {MISSING, MATCH}


def test_other_papers_say_nothing_about_the_order(world):
    visit = booked(world)
    file = NewFile("card.jpg", CleanFile(ContentType.JPEG, b"card"))
    add_documents(owner=visit, kind=Document.Kind.INSURANCE_FRONT, files=[file], now=NOW, by=PATIENT)
    assert open_tasks(visit).keys() == {MISSING}


def test_a_move_moves_the_work_along(world):
    visit = booked(world, starts_at=NINE_FORTY + 7 * DAY)
    other = bookable()[0]
    OfferingFactory(exam=world[1], location=other.location)
    moved = move_visit(
        visit_id=visit.pk,
        location_id=other.location.pk,
        starts_at=NINE_FORTY + 14 * DAY,
        version=visit.version,
        now=NOW,
        by=PATIENT,
    )
    task = open_tasks(moved)[MISSING]
    assert (task.location, task.due_at) == (other.location, dt.datetime(2026, 12, 11, 14, tzinfo=dt.UTC))


def test_matching_moves_to_the_new_center_and_keeps_its_time(world):
    visit = booked(world, files=1)
    before = open_tasks(visit)[MATCH]
    other = bookable()[0]
    OfferingFactory(exam=world[1], location=other.location)
    move_visit(
        visit_id=visit.pk,
        location_id=other.location.pk,
        starts_at=NINE_FORTY + 7 * DAY,
        version=visit.version,
        now=NOW,
        by=PATIENT,
    )
    after = open_tasks(visit)[MATCH]
    assert (after.pk, after.location, after.due_at) == (before.pk, other.location, before.due_at)


def test_a_canceled_visit_needs_no_order(world):
    visit = booked(world)
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)
    assert open_tasks(visit) == {}
