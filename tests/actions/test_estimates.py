"""The written estimate: who gets one, by when, and what a move, a cancel and a change of mind do to it."""

import datetime as dt

import pytest

from locations.models import OpeningHours
from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit, take_back
from scheduling.actions.drafts import start_draft_again
from scheduling.actions.estimates import REASON_ASKED, REASON_ELSEWHERE, REASON_SELF
from scheduling.actions.moving import move_visit
from scheduling.actions.paying import save_paying
from scheduling.actions.tasks import close_task
from scheduling.exceptions import TooLate
from scheduling.models import Appointment, AuditEvent, Task
from scheduling.models.paying import PAYING_ANSWERS
from scheduling.queries.drafts import digest_of
from scheduling.queries.estimates import due_at, due_day_of_draft
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory, OfferingFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
IN_A_WEEK, IN_THREE = NINE_FORTY + 7 * DAY, NINE_FORTY + 21 * DAY
DESK = Actor.staff(7)
ESTIMATE = Task.Kind.ESTIMATE
DETAILS = {
    "paying": "insurance",
    "insurance_plan": "Blue Cross PPO",
    "member_id": "XJ-1",
    "claim_number": "C 2",
    "injured_on": dt.date(2026, 6, 3),
    "accident_insurer": "Acme",
    "wants_estimate": True,
}


def closing(day: int) -> dt.datetime:
    """7 pm in Austin, in December."""
    return dt.datetime(2026, 12, day + 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def world():
    return bookable()


def booked(world, **answers) -> Appointment:
    draft = ready_draft(*world, **{"starts_at": IN_A_WEEK, "paying": "self", **answers})
    return confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT).visit


def estimates(visit) -> list[Task]:
    return list(Task.objects.open().filter(appointment=visit, kind=ESTIMATE))


def save(visit, *, now=NOW, **answers):
    return save_paying(visit_id=visit.pk, answers=answers, now=now, by=PATIENT)


def move(visit, starts_at, *, location=None, now=NOW):
    visit.refresh_from_db()
    return move_visit(
        visit_id=visit.pk,
        location_id=(location or visit.scanner.location).pk,
        starts_at=starts_at,
        version=visit.version,
        now=now,
        by=PATIENT,
    )


@pytest.mark.parametrize(
    ("starts_at", "due"), [(NINE_FORTY, NOW + HOUR), (IN_A_WEEK, closing(1)), (IN_THREE, closing(3))]
)
def test_who_pays_themselves_gets_one_in_the_time_of_the_law(world, starts_at, due):
    (task,) = estimates(booked(world, starts_at=starts_at))
    assert (task.reason, task.due_at) == (REASON_SELF, due)


def test_who_asks_gets_one_with_insurance_too(world):
    (task,) = estimates(booked(world, paying="insurance", wants_estimate=True))
    assert (task.reason, task.due_at) == (REASON_ASKED, closing(3))


@pytest.mark.parametrize("paying", ["", "insurance", "accident", "later"])
def test_nobody_else_gets_one(world, paying):
    assert estimates(booked(world, paying=paying)) == []


def test_everything_said_about_paying_goes_with_the_draft_to_the_visit(world):
    visit = booked(world, **DETAILS)
    assert {name: getattr(visit, name) for name in PAYING_ANSWERS} == DETAILS


def test_booking_the_same_again_asks_nothing_about_paying(world):
    visit = booked(world, **DETAILS)
    again = start_draft_again(visit=visit, visitor="x", language="en", now=NOW)
    assert {name: getattr(again, name) for name in PAYING_ANSWERS} == DETAILS


def test_a_draft_promises_the_day_that_its_booking_would_have(world):
    draft = ready_draft(*world, starts_at=IN_A_WEEK, paying="self")
    assert due_day_of_draft(draft, now=NOW) == dt.date(2026, 12, 1)
    draft.paying, draft.wants_estimate = "insurance", True
    assert due_day_of_draft(draft, now=NOW) == dt.date(2026, 12, 3)


def test_on_a_day_without_people_it_is_due_on_the_one_before(world):
    machine, exam = world
    OpeningHours.objects.filter(kind="doors").exclude(weekday=0).delete()  # Mondays only
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=IN_THREE)
    assert due_at(visit, was_asked_for=False, now=NOW) == closing(0)
    OpeningHours.objects.filter(kind="doors").update(weekday=5)
    assert due_at(visit, was_asked_for=False, now=NOW) == dt.datetime(2026, 12, 5, 14, tzinfo=dt.UTC)


def test_round_the_clock_it_is_due_at_the_end_of_the_day(world):
    machine, exam = world
    OpeningHours.objects.filter(kind="doors").update(opens=0, closes=1440)
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=IN_A_WEEK)
    assert due_at(visit, was_asked_for=False, now=NOW) == dt.datetime(2026, 12, 2, 6, tzinfo=dt.UTC)


def test_who_says_later_that_they_pay_is_owed_it_as_if_they_booked_then(world):
    visit = booked(world, paying="later")
    save(visit, paying="self", now=NOW + DAY)
    (task,) = estimates(visit)
    assert (task.reason, task.due_at) == (REASON_SELF, closing(2))
    save(visit, paying="self", now=NOW + 2 * DAY)
    assert estimates(visit) == [task]


def test_who_asked_and_then_says_that_they_pay_need_not_wait_as_long(world):
    visit = booked(world, paying="insurance", wants_estimate=True)
    assert [task.due_at for task in estimates(visit)] == [closing(3)]
    for _ in range(2):
        save(visit, paying="self", wants_estimate=True, now=NOW + DAY)
        (task,) = estimates(visit)
        assert (task.reason, task.due_at) == (REASON_SELF, closing(2))
    assert AuditEvent.objects.filter(event="task.made_urgent").count() == 1

    save(visit, paying="insurance", now=NOW + DAY)
    assert [task.due_at for task in estimates(visit)] == [closing(2)]


def test_who_no_longer_needs_one_gets_none_and_may_ask_again(world):
    visit = booked(world)
    save(visit, paying="insurance")
    assert estimates(visit) == []
    save(visit, paying="insurance", wants_estimate=True)
    assert [task.reason for task in estimates(visit)] == [REASON_ASKED]


def test_an_estimate_that_was_sent_is_not_sent_again(world):
    visit = booked(world)
    close_task(task_id=estimates(visit)[0].pk, outcome="Mailed", now=NOW, by=DESK)
    save(visit, paying="self", wants_estimate=True)
    move(visit, IN_THREE)
    assert estimates(visit) == []


def test_a_move_to_a_nearer_day_makes_it_due_sooner_and_a_later_day_leaves_it(world):
    visit = booked(world, starts_at=IN_THREE)
    move(visit, IN_A_WEEK)
    assert estimates(visit)[0].due_at == closing(1)
    move(visit, IN_THREE + DAY)
    assert estimates(visit)[0].due_at == closing(1)
    move(visit, NINE_FORTY)
    assert estimates(visit)[0].due_at == NOW + HOUR


def test_a_move_to_another_center_takes_it_there_or_asks_for_a_new_one(world):
    visit, other = booked(world), bookable()[0]
    OfferingFactory(exam=world[1], location=other.location)
    home = visit.scanner.location

    move(visit, IN_A_WEEK, location=other.location)
    (task,) = estimates(visit)
    assert (task.location, task.reason) == (other.location, REASON_SELF)
    close_task(task_id=task.pk, outcome="Mailed", now=NOW, by=DESK)
    move(visit, IN_A_WEEK, location=home)

    (task,) = estimates(visit)
    assert (task.location, task.reason) == (home, REASON_ELSEWHERE)


def test_a_move_of_who_gets_none_opens_none(world):
    visit = booked(world, paying="insurance")
    move(visit, IN_THREE)
    assert estimates(visit) == []


def test_a_cancel_closes_it_and_taking_back_opens_it(world):
    visit = booked(world)
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)
    assert estimates(visit) == []
    take_back(visit_id=visit.pk, now=NOW, by=PATIENT)
    assert [task.due_at for task in estimates(visit)] == [closing(1)]


def test_what_is_said_about_paying_is_in_the_history_without_numbers(world):
    visit = booked(world, paying="later")
    save(visit, **DETAILS)
    event = AuditEvent.objects.get(event="visit.paying_changed")
    changed = sorted(name for name, value in DETAILS.items() if value)
    assert (event.before, event.after) == (
        {"paying": "later"},
        {"paying": "insurance", "changed": changed},
    )

    save(visit, **DETAILS)
    assert AuditEvent.objects.filter(event="visit.paying_changed").count() == 1
    fresh = type(visit).objects.get(pk=visit.pk)
    assert fresh.version == visit.version + 1
    assert event.location_id == visit.location.pk


@pytest.mark.parametrize("fields", [{"starts_at": NOW}, {"status": "arrived"}])
def test_it_can_be_said_until_the_visit_starts(world, fields):
    visit = AppointmentFactory(scanner=world[0], exam=world[1], **fields)
    with pytest.raises(TooLate):
        save(visit, paying="self")


def test_nothing_else_is_written_by_it(world):
    with pytest.raises(ValueError, match="status"):
        save(AppointmentFactory(scanner=world[0], exam=world[1]), status="done")
