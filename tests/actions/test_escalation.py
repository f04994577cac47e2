"""Every wait has an end: overdue reviews and calls reach the manager, then the patient."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from locations.models import Assignment
from scheduling.actions.delivery import deliver_due
from scheduling.actions.escalation import escalate
from scheduling.actions.messages import tell_staff
from scheduling.actions.tasks import close_task, give_back, open_callback, take
from scheduling.actions.tries import count_try
from scheduling.exceptions import LookedAt
from scheduling.messaging.render import render
from scheduling.models import Appointment, AuditEvent, GoodHours, Message, Task
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, UserFactory
from tests.factories.messages import StaffMessageFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = (
    dt.timedelta(seconds=1),
    dt.timedelta(minutes=1),
    dt.timedelta(hours=1),
    dt.timedelta(days=1),
)
DUE = NOW  # Monday, 9 am in Austin
BY = Actor.staff(1)


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + 7 * DAY)


@pytest.fixture
def review(visit):
    return TaskFactory(kind=Task.Kind.REVIEW, appointment=visit, location=visit.location, due_at=DUE)


def manager(location, role=Assignment.Role.ADMINISTRATOR):
    return AssignmentFactory(location=location, role=role).user


def told():
    return [message.staff for message in Message.objects.filter(kind="overdue").order_by("pk")]


def test_due_to_the_second(review):
    escalate(now=DUE - SECOND)
    review.refresh_from_db()
    assert review.escalated_at is None
    for _ in range(2):
        escalate(now=DUE)
    review.refresh_from_db()
    assert review.escalated_at == DUE
    assert AuditEvent.objects.filter(event="task.escalated").count() == 1


def test_what_was_tried_is_late_from_its_next_try_on(review):
    count_try(task_id=review.pk, tries_seen=0, next_try_at=DUE + HOUR, now=DUE - HOUR, by=BY)
    escalate(now=DUE + HOUR - SECOND)
    review.refresh_from_db()
    assert review.escalated_at is None
    escalate(now=DUE + HOUR)
    review.refresh_from_db()
    assert review.escalated_at == DUE + HOUR


@pytest.mark.parametrize("kind", ["room", "labs", "estimate", "match_order"])
def test_only_what_somebody_waits_for(visit, kind):
    TaskFactory(kind=kind, appointment=visit, location=visit.location, due_at=DUE)
    escalate(now=DUE + DAY)
    assert not Task.objects.filter(escalated_at__isnull=False).exists()


def test_the_managers_of_the_location_get_one_mail_an_hour(review, visit):
    here, _desk = manager(visit.location), manager(visit.location, Assignment.Role.FRONT_DESK)
    manager(None)
    escalate(now=DUE)
    assert told() == [here]
    deliver_due(send=lambda message: None, now=DUE)

    TaskFactory(location=visit.location, due_at=DUE + MINUTE)
    escalate(now=DUE + MINUTE)
    assert told() == [here]
    escalate(now=DUE + HOUR)
    assert told() == [here, here]
    deliver_due(send=lambda message: None, now=DUE + HOUR)
    escalate(now=DUE + 3 * HOUR)  # nothing new
    assert told() == [here, here]


def test_without_a_manager_those_of_all_locations_are_told(review):
    everywhere = manager(None)
    AssignmentFactory(user=UserFactory(is_active=False), location=None, role=Assignment.Role.ADMINISTRATOR)
    escalate(now=DUE)
    assert told() == [everywhere]


def test_the_mail_counts_and_names_nobody(review, visit):
    manager(visit.location)
    escalate(now=DUE)
    mail = render(Message.objects.get(kind="overdue"))
    assert mail.subject == f"Work is overdue at {visit.location}"
    assert f"1 patient of {visit.location} waits for a call or an answer" in mail.text
    assert "The longest since Monday, November 30, 9:00\xa0am CST." in mail.text
    for told_nobody in (visit.patient.family_name, "Knee", "MRI"):
        assert told_nobody not in mail.subject + mail.text + mail.html


def test_settled_before_it_leaves_nobody_is_written_to(review, visit):
    manager(visit.location)
    escalate(now=DUE)
    close_task(task_id=review.pk, outcome="Released", now=DUE, by=BY)
    sent = []
    deliver_due(send=sent.append, now=DUE)
    assert sent == []
    assert Message.objects.get(kind="overdue").status == "withdrawn"


def test_the_patient_hears_of_it_after_four_staffed_hours(review, visit):
    """The center is open from 8 to 5: four hours after 9 am."""
    for at, count in ((DUE + 4 * HOUR - SECOND, 0), (DUE + 4 * HOUR, 1), (DUE + 5 * HOUR, 1)):
        escalate(now=at)
        assert Message.objects.filter(kind="still_looking").count() == count, at
    mail = render(Message.objects.get(kind="still_looking"))
    assert "Your time stays yours" in mail.text
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_near_the_visit_at_once(review, visit):
    Appointment.objects.filter(pk=visit.pk).update(
        arrive_at=DUE + DAY, starts_at=DUE + DAY, ends_at=DUE + DAY + HOUR, occupied_until=DUE + DAY + HOUR
    )
    escalate(now=DUE)
    assert Message.objects.filter(kind="still_looking").exists()


def test_who_has_no_email_is_called(review, visit):
    Appointment.objects.update(email="", phone="+15125550147")
    escalate(now=DUE + 5 * HOUR)
    assert not Message.objects.filter(kind="still_looking").exists()
    reasons = Task.objects.filter(kind="not_delivered").values_list("reason", flat=True)
    assert list(reasons) == ["Call to say that we are still looking at the answers: no email"]


@pytest.mark.parametrize("what", ["done", "canceled", "started"])
def test_what_is_over_is_told_to_nobody(review, visit, what):
    at = DUE + 5 * HOUR
    if what == "done":
        close_task(task_id=review.pk, outcome="Released", now=DUE, by=BY)
    elif what == "canceled":
        Appointment.objects.update(status="canceled", canceled_at=NOW, canceled_by="staff:1")
    else:
        at = visit.starts_at
    escalate(now=at)
    assert not Message.objects.filter(kind="still_looking").exists()


def test_one_takes_a_task_and_gives_it_back(review):
    task = TaskFactory(kind=Task.Kind.CALLBACK, location=review.location)
    first, second = UserFactory(), UserFactory()

    def mine(user, **options):
        return take(task_id=task.pk, user=user, now=NOW, by=BY, **options).owner

    assert mine(first) == mine(first) == first
    with pytest.raises(LookedAt, match=str(first)):
        mine(second)
    assert mine(second, take_over=True) == second
    assert give_back(task_id=task.pk, user=first, now=NOW, by=BY).owner == second
    assert give_back(task_id=task.pk, user=second, now=NOW, by=BY).owner is None
    assert AuditEvent.objects.filter(event="task.taken").count() == 2


def test_who_has_an_unsent_mail_gets_no_other(visit):
    mail = StaffMessageFactory(location=visit.location)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        StaffMessageFactory(location=visit.location, staff=mail.staff)
    assert error.value.__cause__.diag.constraint_name == "message_one_unsent_per_staff"
    tell_staff(location=visit.location, staff=[mail.staff], now=NOW)
    assert told() == [mail.staff]


def test_a_call_that_is_asked_for_anew_has_time_anew(visit):
    machine, exam = bookable()
    draft = ready_draft(machine, exam)

    def ask(now):
        return open_callback(
            draft=draft,
            location=machine.location,
            reason="Asked to be called",
            contact_name="Ana",
            contact_phone="+15125550147",
            phone_as_typed="",
            good_hours=GoodHours.ANY,
            now=now,
            by=BY,
        )

    ask(NOW)
    escalate(now=NOW + 2 * HOUR)
    assert Task.objects.get(draft=draft).escalated_at == NOW + 2 * HOUR
    ask(NOW + 2 * HOUR)
    assert Task.objects.get(draft=draft).escalated_at is None
