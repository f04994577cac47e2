import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import LabResult, Task
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.safety import visit_with_answers
from tests.factories.scheduling import BOOKED_AT, ExamFactory
from tests.factories.screening import CT

pytestmark = pytest.mark.django_db
ROLES = Assignment.Role


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(BOOKED_AT + dt.timedelta(hours=1), tick=False)


@pytest.fixture
def task():
    """Kidney disease, told while booking a contrast CT."""
    visit = visit_with_answers(
        {"kidney": "yes"},
        form=CT,
        exam=ExamFactory(modality="CT", contrast="with"),
        scanner=ScannerFactory(modality="CT"),
    )
    return Task.objects.get(kind="labs", appointment=visit)


def sign_in(client, task, role=ROLES.TECHNOLOGIST):
    client.force_login(AssignmentFactory(location=task.location, role=role).user)


def url(task, more=""):
    return f"/desk/labs/{task.pk}/{more}"


def result(**values):
    return {"egfr": "60", "taken_on": "2026-11-20", **values}


def test_a_result_is_recorded(client, task):
    sign_in(client, task)
    assert f'href="{url(task)}"' in client.get("/desk/tasks/").content.decode()
    assert "no more than 30 days old" in client.get(url(task)).content.decode()

    answer = client.post(url(task, "result/"), result())

    assert (answer.status_code, answer["Location"]) == (303, url(task))
    page = client.get(url(task)).content.decode()
    assert "Recorded." in page
    assert "Fri, Nov 20" in page
    assert client.post(url(task, "result/"), result()).status_code == 409


def test_a_low_result_says_who_decides(client, task):
    sign_in(client, task)
    client.post(url(task, "result/"), result(egfr="22"))
    assert "a radiologist decides before the scan" in client.get(url(task)).content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"egfr": ""}, "Enter a whole number from 1 to 200"),
        ({"egfr": "0"}, "Enter a whole number from 1 to 200"),
        ({"egfr": "201"}, "Enter a whole number from 1 to 200"),
        ({"egfr": "high"}, "Enter a whole number from 1 to 200"),
        ({"taken_on": ""}, "Enter the day of the test"),
        ({"taken_on": "2026-11-25"}, "That day is still to come"),
        ({"taken_on": "2026-10-01"}, "it would be more than 30 days old"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, task, values, words):
    sign_in(client, task)
    sent = result(**values)
    answer = client.post(url(task, "result/"), sent)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (422, True)
    assert all(f'value="{value}"' in page for value in sent.values() if value)
    assert not LabResult.objects.exists()


def test_a_radiologist_does_without(client, task):
    sign_in(client, task)
    assert "Only a radiologist may do without a test." in client.get(url(task)).content.decode()
    assert client.post(url(task, "waive/"), {"because": "Group II agent"}).status_code == 409
    sign_in(client, task, ROLES.RADIOLOGIST)
    assert client.post(url(task, "waive/"), {"because": ""}).status_code == 422
    assert client.post(url(task, "waive/"), {"because": "Group II agent"}).status_code == 303
    assert "Group II agent" in client.get(url(task)).content.decode()


def test_planned_at_the_center(client, task):
    sign_in(client, task)
    client.post(url(task, "here/"))
    assert "Will be tested at the center" in client.get(url(task)).content.decode()
    sign_in(client, task, ROLES.FRONT_DESK)
    assert "Test the kidneys at the center" in client.get("/desk/tasks/").content.decode()


def test_the_front_desk_calls_and_decides_nothing(client, task):
    sign_in(client, task, ROLES.FRONT_DESK)
    assert url(task) not in client.get("/desk/tasks/").content.decode()
    assert client.post(f"/desk/tasks/{task.pk}/done/", {"outcome": "Fine"}).status_code == 403
    assert client.get(url(task)).status_code == 403
    client.force_login(AssignmentFactory(role=ROLES.TECHNOLOGIST).user)
    assert client.get(url(task)).status_code == 404
