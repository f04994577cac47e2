import pytest

from scheduling.actions.numbers import give_number
from scheduling.actions.tasks import open_task
from scheduling.models import AuditEvent, Task
from scheduling.rules.actors import Actor
from tests.factories.locations import LocationFactory
from tests.factories.scheduling import BOOKED_AT, FullDraftFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db


def test_a_number_given_later_goes_to_open_calls_and_the_history_does_not_tell_it():
    task = TaskFactory(draft=FullDraftFactory(), appointment=None, contact_phone="")
    for _ in range(2):
        give_number(
            draft_id=task.draft_id,
            phone="+15125550199",
            phone_as_typed="512 555 0199",
            calls_us=False,
            now=BOOKED_AT,
            by=Actor.patient("draft 1"),
        )
    task.refresh_from_db()
    event = AuditEvent.objects.get(event="task.number_changed")
    assert (str(task.contact_phone), event.after) == ("+15125550199", {"kind": task.kind})


def call(location, name, phone):
    return open_task(
        kind=Task.Kind.CALLBACK,
        location=location,
        reason="Asked to be called",
        contact_name=name,
        contact_phone=phone,
        now=BOOKED_AT,
        by=Actor.staff(1),
    )


def test_two_people_of_one_name_are_two_calls_and_one_person_is_one():
    austin = LocationFactory()

    tasks = [
        call(austin, "Maria Garcia", "+15125550147"),
        call(austin, "Maria Garcia", "+15125550199"),
        call(austin, "Maria Garcia", "+15125550147"),
    ]

    assert tasks[0] == tasks[2] != tasks[1]
    assert Task.objects.count() == 2
