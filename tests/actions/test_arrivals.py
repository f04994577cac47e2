import datetime as dt

import pytest

from scheduling.actions.arrivals import end_exam, mark_arrived, mark_missed, start_exam, take_step_back
from scheduling.exceptions import (
    EditConflict,
    IllegalMove,
    NotReviewed,
    NotScreenedTwice,
    NotToday,
    SlotTaken,
    TooEarly,
)
from scheduling.models import Appointment, AuditEvent, Message, Task
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory, PatientFactory
from tests.factories.tasks import TaskFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = pytest.mark.django_db

DESK = Actor.staff(7)
MINUTE = dt.timedelta(minutes=1)
LATE = NINE_FORTY + 10 * MINUTE


@pytest.fixture
def visit():
    """A CT, which needs no second screen."""
    machine, _exam = bookable(modality="CT")
    return AppointmentFactory(scanner=machine, exam=ExamFactory(modality="CT"), starts_at=NINE_FORTY)


def step(action, visit, now=NINE_FORTY):
    visit.refresh_from_db()
    return action(visit_id=visit.pk, version=visit.version, now=now, by=DESK)


def test_a_day_from_arriving_to_done(visit):
    step(mark_arrived, visit, NINE_FORTY - 20 * MINUTE)
    step(start_exam, visit, NINE_FORTY + 2 * MINUTE)
    done = step(end_exam, visit, NINE_FORTY + 31 * MINUTE)
    assert (done.status, done.version) == ("done", 3)
    assert done.arrived_at == NINE_FORTY - 20 * MINUTE
    assert done.exam_started_at == NINE_FORTY + 2 * MINUTE
    assert done.exam_ended_at == NINE_FORTY + 31 * MINUTE
    events = AuditEvent.objects.filter(object_id=str(visit.pk)).order_by("pk")
    assert [event.event for event in events] == ["visit.arrived", "visit.exam_started", "visit.exam_ended"]
    assert events[0].before == {"status": "booked"}
    assert events[0].after == {"status": "arrived"}


@pytest.mark.parametrize("action", [mark_arrived, mark_missed])
def test_a_second_press_changes_nothing(visit, action):
    first = step(action, visit, LATE)
    again = action(visit_id=visit.pk, version=0, now=LATE + MINUTE, by=DESK)
    assert again.version == first.version
    assert AuditEvent.objects.filter(event=AuditEvent.Event.ARRIVED).count() <= 1
    assert AuditEvent.objects.filter(event=AuditEvent.Event.NO_SHOW).count() <= 1


def test_a_second_press_on_the_scan(visit):
    step(mark_arrived, visit)
    begun = step(start_exam, visit)
    assert (
        start_exam(visit_id=visit.pk, version=0, now=LATE, by=DESK).exam_started_at == begun.exam_started_at
    )
    over = step(end_exam, visit, LATE)
    assert (
        end_exam(visit_id=visit.pk, version=0, now=LATE + MINUTE, by=DESK).exam_ended_at == over.exam_ended_at
    )


def test_a_visit_of_a_later_day_has_no_steps_yet(visit):
    day = dt.timedelta(days=1)
    with pytest.raises(NotToday):
        step(mark_arrived, visit, NINE_FORTY - day)
    step(mark_arrived, visit)
    with pytest.raises(NotToday):
        step(start_exam, visit, NINE_FORTY - day)
    step(start_exam, visit)
    with pytest.raises(NotToday):
        step(end_exam, visit, NINE_FORTY - day)
    assert AuditEvent.objects.filter(object_id=str(visit.pk)).count() == 2


def test_the_day_is_that_of_the_location_and_of_arriving(visit):
    midnight = dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC)  # in Austin
    with pytest.raises(NotToday):
        step(mark_arrived, visit, midnight - MINUTE)
    Appointment.objects.filter(pk=visit.pk).update(arrive_at=midnight - 10 * MINUTE)
    assert step(mark_arrived, visit, midnight - 30 * MINUTE).status == "arrived"


def test_another_desk_was_faster(visit):
    with pytest.raises(EditConflict):
        mark_arrived(visit_id=visit.pk, version=visit.version + 1, now=NINE_FORTY, by=DESK)
    with pytest.raises(EditConflict):
        take_step_back(visit_id=visit.pk, version=visit.version + 1, now=NINE_FORTY, by=DESK)


@pytest.mark.parametrize("action", [start_exam, end_exam, take_step_back])
def test_steps_are_taken_in_order(visit, action):
    with pytest.raises(IllegalMove):
        step(action, visit)


def test_an_open_review_keeps_the_scan_from_beginning(visit):
    TaskFactory(kind="review", appointment=visit, location=visit.location)
    step(mark_arrived, visit)
    with pytest.raises(NotReviewed):
        step(start_exam, visit)


def test_an_mri_waits_for_its_second_screen():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)
    step(mark_arrived, visit)
    with pytest.raises(NotScreenedTwice):
        step(start_exam, visit)
    visit.refresh_from_db()
    assert (visit.status, visit.exam_started_at) == ("arrived", None)


def test_each_step_is_taken_back(visit):
    for action in (mark_arrived, start_exam, end_exam):
        step(action, visit)
    found = []
    for _step in range(3):
        visit = step(take_step_back, visit)
        found.append((visit.status, visit.arrived_at, visit.exam_started_at, visit.exam_ended_at))
    assert found == [
        ("in_exam", NINE_FORTY, NINE_FORTY, None),
        ("arrived", NINE_FORTY, None, None),
        ("booked", None, None, None),
    ]


def test_missed_is_said_from_the_grace_on(visit):
    with pytest.raises(TooEarly):
        step(mark_missed, visit, LATE - MINUTE)
    assert step(mark_missed, visit, LATE).status == "no_show"


def test_a_missed_visit_frees_what_is_left_of_its_time_and_is_called(visit):
    TaskFactory(kind="missing_order", appointment=visit, location=visit.location)
    reminder = MessageFactory(appointment=visit)
    waiting = WaitlistFactory(draft=None, appointment=visit)
    step(mark_missed, visit, LATE)
    visit.refresh_from_db()
    assert visit.occupied_until == LATE
    assert [task.kind for task in Task.objects.open()] == ["callback"]
    reminder.refresh_from_db()
    assert reminder.status == Message.Status.WITHDRAWN
    waiting.refresh_from_db()
    assert waiting.status == "left"


def test_missed_at_the_very_start_where_there_is_no_grace(visit):
    visit.location.late_grace_minutes = 0
    visit.location.save()
    step(mark_missed, visit, NINE_FORTY)
    visit.refresh_from_db()
    assert visit.occupied_until == NINE_FORTY + MINUTE


def test_who_comes_after_all_has_the_time_again(visit):
    TaskFactory(kind="missing_order", appointment=visit, location=visit.location)
    whole = visit.occupied_until
    step(mark_missed, visit, LATE)
    back = step(take_step_back, visit, LATE + MINUTE)
    assert (back.status, back.occupied_until) == ("booked", whole)
    assert [task.kind for task in Task.objects.open()] == ["missing_order"]


def test_who_comes_after_all_may_find_it_taken(visit):
    step(mark_missed, visit, LATE)
    AppointmentFactory(
        scanner=visit.scanner, exam=visit.exam, patient=PatientFactory(given_name="Ben"), starts_at=LATE
    )
    with pytest.raises(SlotTaken):
        step(take_step_back, visit, LATE + MINUTE)
    visit.refresh_from_db()
    assert visit.status == Appointment.Status.NO_SHOW


def test_a_scan_never_ends_before_it_began(visit):
    step(mark_arrived, visit)
    step(start_exam, visit, LATE)
    assert step(end_exam, visit, LATE - MINUTE).exam_ended_at == LATE
