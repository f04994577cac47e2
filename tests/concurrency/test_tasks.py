from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from scheduling.actions.tasks import close_task
from scheduling.actions.tries import count_try
from scheduling.exceptions import BookingError
from scheduling.models import AuditEvent
from scheduling.rules.actors import Actor
from tests.factories.tasks import TaskFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

DESKS = 6


def at_once(act):
    """What came of six desks pressing at the same moment: saved, or the code of the refusal."""
    start = Barrier(DESKS)

    def press(number):
        try:
            start.wait(timeout=10)
            act(number)
        except BookingError as refusal:
            return refusal.code
        else:
            return "saved"
        finally:
            connection.close()

    with ThreadPoolExecutor(DESKS) as desks:
        return sorted(desks.map(press, range(DESKS)))


def test_one_of_many_desks_finishes_a_task():
    task, now = TaskFactory(), timezone.now()

    def close(number):
        close_task(task_id=task.pk, outcome=f"Desk {number}", now=now, by=Actor.staff(number))

    assert at_once(close) == ["illegal_move"] * (DESKS - 1) + ["saved"]
    task.refresh_from_db()
    (event,) = AuditEvent.objects.all()
    assert f"Desk {event.actor_name}" == task.outcome


def test_one_press_seen_by_many_counts_once():
    task, now = TaskFactory(), timezone.now()

    def tried(number):
        count_try(task_id=task.pk, tries_seen=0, now=now, by=Actor.staff(number))

    assert at_once(tried) == ["edit_conflict"] * (DESKS - 1) + ["saved"]
    task.refresh_from_db()
    assert task.tries == 1
