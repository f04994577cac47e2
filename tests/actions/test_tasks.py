import pytest

from scheduling.actions.tasks import open_task
from scheduling.models import Task
from scheduling.rules.actors import Actor
from tests.factories.locations import LocationFactory
from tests.factories.scheduling import BOOKED_AT

pytestmark = pytest.mark.django_db


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
