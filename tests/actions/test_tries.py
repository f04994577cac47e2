import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint
from scheduling.actions.numbers import give_number
from scheduling.actions.tasks import follow_move, open_task
from scheduling.actions.tries import NOT_THEN, count_try
from scheduling.exceptions import NoTimeToTry
from scheduling.models import AuditEvent, GoodHours, Task
from scheduling.queries.tries import tried_calls
from scheduling.rules.actors import Actor
from scheduling.rules.tries import Fault
from tests.factories.locations import OpenLocationFactory
from tests.factories.scheduling import AppointmentFactory, FullDraftFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
DESK = Actor.staff(1)
HOUR = dt.timedelta(hours=1)
AFTERNOON = dt.datetime(2026, 11, 30, 22, 10, tzinfo=dt.UTC)  # Monday 4:10 pm in Austin, open until 7
TUESDAY_7_AM = dt.datetime(2026, 12, 1, 13, tzinfo=dt.UTC)


def tried(task, result, *, seen=0, now=AFTERNOON, **more):
    count_try(task_id=task.pk, tries_seen=seen, result=result, now=now, by=DESK, **more)
    task.refresh_from_db()
    return task


@pytest.mark.parametrize("result", Task.TRIED_AGAIN)
def test_who_was_not_reached_is_called_again_two_staffed_hours_later(result):
    task = tried(TaskFactory(location=OpenLocationFactory()), result)
    assert (task.tries, task.next_try_at) == (1, AFTERNOON.replace(hour=0, minute=0) + 24 * HOUR)  # 6 pm
    event = AuditEvent.objects.get()
    assert event.after == {"tries": 1, "result": result, "next_try_at": task.next_try_at.isoformat()}


def test_in_the_hours_that_suit_and_when_somebody_is_there():
    place = OpenLocationFactory()
    task = tried(TaskFactory(location=place, good_hours=GoodHours.MORNING), Task.Try.NO_ANSWER)
    assert task.next_try_at == TUESDAY_7_AM + 2 * HOUR
    late = tried(TaskFactory(location=place), Task.Try.NO_ANSWER, now=AFTERNOON + 2 * HOUR)
    assert late.next_try_at == TUESDAY_7_AM + HOUR  # 50 minutes were left on Monday


def test_never_proposed_after_the_patient_comes():
    visit = AppointmentFactory(starts_at=AFTERNOON + HOUR, arrive_at=AFTERNOON + HOUR / 2)
    task = TaskFactory(location=visit.location, appointment=visit)
    assert tried(task, Task.Try.NO_ANSWER).next_try_at == visit.arrive_at.replace(minute=30)
    with pytest.raises(NoTimeToTry):
        tried(task, Task.Try.NO_ANSWER, seen=1, next_try_at=AFTERNOON + 2 * HOUR)


def test_a_time_that_is_over_is_refused_and_nothing_is_counted():
    task = TaskFactory()
    with pytest.raises(NoTimeToTry) as refusal:
        tried(task, Task.Try.CALL_AGAIN, next_try_at=AFTERNOON - HOUR)
    assert str(refusal.value) == str(NOT_THEN[Fault.OVER])
    task.refresh_from_db()
    assert (task.tries, task.next_try_at, AuditEvent.objects.count()) == (0, None, 0)


def test_a_wrong_number_leaves_the_task_to_be_done_now():
    task = tried(TaskFactory(), Task.Try.NO_ANSWER)
    task = tried(task, Task.Try.WRONG_NUMBER, seen=1, next_try_at=AFTERNOON + HOUR)
    assert (task.tries, task.next_try_at, task.closed_at) == (2, None, None)


@pytest.mark.parametrize(("outcome", "kept"), [("", "Reached, done"), ("Comes on Friday", "Comes on Friday")])
def test_reached_and_done_counts_the_call_and_closes_the_task(outcome, kept):
    task = tried(TaskFactory(), Task.Try.DONE, outcome=outcome)
    assert (task.tries, task.outcome, task.closed_at) == (1, kept, AFTERNOON)
    assert [event.event for event in AuditEvent.objects.order_by("pk")] == ["task.tried", "task.closed"]


def test_a_new_number_is_called_now():
    task = tried(TaskFactory(draft=FullDraftFactory(), contact_phone=""), Task.Try.LEFT_MESSAGE)
    give_number(
        draft_id=task.draft_id,
        phone="+15125550199",
        phone_as_typed="512 555 0199",
        calls_us=False,
        now=AFTERNOON,
        by=Actor.patient("draft 1"),
    )
    task.refresh_from_db()
    assert task.next_try_at is None


def test_what_becomes_urgent_does_not_rest():
    visit = AppointmentFactory(starts_at=AFTERNOON + 48 * HOUR)
    task = TaskFactory(kind=Task.Kind.REVIEW, location=visit.location, appointment=visit)
    tried(task, Task.Try.LEFT_MESSAGE)
    about = {"kind": task.kind, "location": task.location, "appointment": visit}
    open_task(**about, reason="Feels worse", is_urgent=True, now=AFTERNOON, by=DESK)
    task.refresh_from_db()
    assert task.next_try_at is None


@pytest.mark.parametrize(
    ("elsewhere", "arrives_in", "is_kept"), [(False, 48, True), (False, 1, False), (True, 48, False)]
)
def test_a_next_try_is_kept_where_the_same_people_call_before_the_patient_comes(
    elsewhere, arrives_in, is_kept
):
    visit = AppointmentFactory(starts_at=AFTERNOON + 72 * HOUR)
    task = tried(TaskFactory(location=visit.location, appointment=visit), Task.Try.LEFT_MESSAGE)
    visit.starts_at = visit.arrive_at = AFTERNOON + arrives_in * HOUR
    moved_from = 0 if elsewhere else visit.location.pk
    follow_move(appointment=visit, moved_from=moved_from, due={}, urgent=[], now=AFTERNOON, by=DESK)
    task.refresh_from_db()
    assert (task.next_try_at is not None) is is_kept


def test_a_next_try_follows_a_first_one():
    task = TaskFactory()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Task.objects.filter(pk=task.pk).update(next_try_at=AFTERNOON)
    assert broken_constraint(error.value) == "task_next_try_follows_one"


def test_a_try_that_a_process_wrote_down_has_no_name():
    task = TaskFactory(kind=Task.Kind.CALLBACK)
    count_try(
        task_id=task.pk, tries_seen=0, result=Task.Try.NO_ANSWER, now=AFTERNOON, by=Actor.process("demo")
    )
    task.refresh_from_db()
    [call] = tried_calls([task])[str(task.pk)]
    assert (call.who, call.result) == ("", "no_answer")
