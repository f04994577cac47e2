import csv
from io import StringIO

import pytest

from locations.models import Assignment
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory
from tests.queries.test_figures import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, time_machine):
    time_machine.move_to(LATER, tick=False)
    machine, exam = bookable()
    AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY, status="no_show")
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.ADMINISTRATOR).user)
    client.location = machine.location
    return client


def body(answer):
    return " ".join(answer.content.decode().split())


def test_shares_with_what_they_are_of(manager):
    page = body(manager.get("/desk/figures/"))
    assert "100.0 % (1 of 1)" in page
    assert "<rect" in page
    assert "style=" not in page
    assert "Third next available" in page


@pytest.mark.parametrize(
    ("weeks", "shown"), [("4", 4), ("", 8), ("x", 8), ("0", 1), ("999", 26), ("9999999", 8)]
)
def test_as_many_weeks_as_asked_for(manager, weeks, shown):
    assert len(manager.get("/desk/figures/", {"weeks": weeks}).context["weeks"]) == shown


def test_the_same_as_a_file(manager):
    answer = manager.get("/desk/figures/file/", {"weeks": "2"})
    rows = list(csv.reader(StringIO(answer.content.decode().removeprefix("\ufeff"))))
    assert rows[0][:4] == ["Week from", "Kind of scan", "No-shows", "of"]
    assert rows[2][:4] == ["2026-11-30", "MR", "1", "1"]
    assert f"{manager.location.slug}-figures.csv" in answer["Content-Disposition"]


def test_the_front_desk_has_none(client):
    client.force_login(AssignmentFactory(role=Assignment.Role.FRONT_DESK).user)
    assert client.get("/desk/figures/").status_code == 403
