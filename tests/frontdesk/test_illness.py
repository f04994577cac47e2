import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Screening, Task
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.screening import publish_preset

pytestmark = pytest.mark.django_db
WELL = {"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NINE_FORTY + dt.timedelta(minutes=5), tick=False)


@pytest.fixture
def visit():
    machine, exam = bookable()
    machine.location.screening_on = True
    machine.location.save()
    publish_preset("a", starts=NOW - dt.timedelta(days=9))
    return AppointmentFactory(
        scanner=machine, exam=exam, starts_at=NINE_FORTY, status="arrived", arrived_at=NOW
    )


@pytest.fixture
def desk(client, visit):
    client.force_login(AssignmentFactory(location=visit.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def url(visit, more="illness/"):
    return f"/desk/visits/{visit.pk}/{more}"


def body(answer):
    return " ".join(answer.content.decode().split())


def test_it_is_asked_at_the_door_and_settled(desk, visit):
    assert "Ask about illness" in body(desk.get(url(visit, "")))
    assert "Right now" in body(desk.get(url(visit)))
    answer = desk.post(url(visit), WELL)
    assert (answer.status_code, answer["Location"]) == (303, url(visit, ""))
    page = body(desk.get(url(visit, "")))
    assert "Saved." in page
    assert "Ask about illness" not in page
    record = Screening.objects.get(appointment=visit)
    assert record.staff is not None


def test_what_is_not_answered_is_said(desk, visit):
    answer = desk.post(url(visit), {"emerg": "no"})
    assert answer.status_code == 422
    assert not Screening.objects.exists()


def test_signs_of_illness_are_told_to_the_desk_and_the_visit_stays(desk, visit):
    ill = {
        **WELL,
        "sympt": ["cough"],
        "fever_24h": "yes",
        "better": "worse",
        "immuno": "no",
        "sympt_date": "2026-11-30",
    }
    answer = desk.post(url(visit), ill)
    if answer.status_code == 422:  # what follows from the answers is asked, too
        answer = desk.post(url(visit), ill)
    assert answer.status_code == 303
    visit.refresh_from_db()
    assert visit.status == "arrived"
    assert Task.objects.open().filter(appointment=visit).exists()


def test_there_may_be_nothing_to_ask(desk, visit):
    visit.status = "done"
    visit.save()
    assert "nothing to ask" in body(desk.get(url(visit)))
    assert desk.post(url(visit), WELL).status_code == 409
