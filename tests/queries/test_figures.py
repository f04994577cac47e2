import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.queries.figures import figure_locations, third_next_available, total_of, weeks_of
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, HoldFactory, PatientFactory
from tests.factories.walk_ins import WalkInFactory

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
LATER = NOW + 7 * DAY  # the week of December 1 is the last whole one


@pytest.fixture
def machine():
    machine, exam = bookable()
    machine.exam = exam
    return machine


def visit(machine, minutes, **fields):
    who = PatientFactory(given_name=f"At {minutes}")
    starts_at = NINE_FORTY + minutes * MINUTE
    return AppointmentFactory(scanner=machine, exam=machine.exam, patient=who, starts_at=starts_at, **fields)


def canceled(machine, minutes, **fields):
    usual = {"status": "canceled", "canceled_at": NOW, "canceled_by": "x", "cancel_asked_by": "patient"}
    return visit(machine, minutes, **{**usual, **fields})


def last_week(machine):
    return weeks_of(machine.location, weeks=1, now=LATER)[0]


def test_a_week_is_counted(machine):
    begun = NINE_FORTY + 2 * MINUTE
    visit(machine, 0, status="done", exam_started_at=begun, exam_ended_at=begun + 30 * MINUTE)
    visit(machine, 50, status="no_show")
    visit(machine, 100, source="phone")
    canceled(machine, 150)
    canceled(machine, 200, cancel_asked_by="office")
    canceled(machine, 250, cancel_asked_by="center", canceled_at=NINE_FORTY + 300 * MINUTE)
    HoldFactory(scanner=machine, exam=machine.exam, starts_at=NINE_FORTY + 300 * MINUTE)
    visit(machine, -7 * 1440)
    visit(machine, 7 * 1440)
    counts = last_week(machine).by_modality["MR"]
    assert (counts.booked, counts.came, counts.missed, counts.self_booked) == (6, 1, 1, 5)
    assert (
        counts.canceled,
        counts.canceled_by_patient,
        counts.canceled_by_office,
        counts.canceled_by_center,
    ) == (3, 1, 1, 1)
    assert (counts.table_minutes, counts.timed, counts.freed) == (30, 1, 2)
    assert counts.open_minutes == 7 * 720


def test_walk_ins_are_counted_for_themselves(machine):
    visit(machine, 0, source="walk_in", status="done")
    visit(machine, 50, source="phone", status="done")
    canceled(machine, 100, source="walk_in", cancel_asked_by="center")  # put back into the queue
    for because, ended_at in (("tired", NINE_FORTY), ("mistake", NINE_FORTY), ("tired", LATER + DAY)):
        WalkInFactory(
            location=machine.location,
            came_at=NOW,
            draft__exam=machine.exam,
            status="left",
            ended_at=ended_at,
            left_because=because,
        )
    week = last_week(machine)
    mri, xray = week.by_modality["MR"], week.by_modality["XR"]
    assert (mri.walk_ins, mri.came, mri.booked, mri.canceled, xray.left) == (1, 1, 1, 0, 1)


def test_a_freed_time_is_filled_again_by_who_booked_it_later(machine):
    canceled(machine, 0)
    visit(machine, 0, booked_at=NOW + MINUTE)
    canceled(machine, 60)
    visit(machine, 90, booked_at=NOW + MINUTE)  # a quarter of it
    canceled(machine, 180, canceled_at=NOW + DAY / 2)
    counts = last_week(machine).total
    assert (counts.freed, counts.refilled) == (3, 1)


def test_kinds_of_scans_are_apart_and_weeks_add_up(machine):
    ScannerFactory(location=machine.location, modality="CT")
    visit(machine, 0, status="done")
    visit(machine, -7 * 1440, status="done")
    weeks = weeks_of(machine.location, weeks=2, now=LATER)
    assert [week.first for week in weeks] == [dt.date(2026, 11, 23), dt.date(2026, 11, 30)]
    assert [list(week.by_modality) for week in weeks] == [["MR", "CT"], ["MR", "CT"]]
    assert total_of(weeks).came == 2


@pytest.mark.parametrize("weeks", [1, 26])
def test_the_number_of_queries_stays(machine, weeks, django_assert_num_queries):
    visit(machine, 0, status="done")
    visit(machine, -7 * 1440, status="done")
    with django_assert_num_queries(5):
        found = weeks_of(machine.location, weeks=weeks, now=LATER)
    assert len(found) == weeks
    assert [week.total.came for week in found[-2:]] == [1] * min(weeks, 2)
    assert {week.total.open_minutes for week in found} == {7 * 720}


def test_the_third_free_time_tells_the_wait(machine):
    assert third_next_available(machine.location, now=NOW) == {"MR": 0}
    machine.location.opening_hours.all().delete()
    assert third_next_available(machine.location, now=NOW) == {"MR": None}
    ScannerFactory(location=machine.location, modality="CT")  # nothing is offered on it
    assert third_next_available(machine.location, now=NOW) == {"MR": None}


def test_a_managers_locations_only():
    here, other = OpenLocationFactory(), OpenLocationFactory()
    user = AssignmentFactory(location=here, role=Assignment.Role.ADMINISTRATOR).user
    AssignmentFactory(user=user, location=other, role=Assignment.Role.FRONT_DESK)
    assert list(figure_locations(user)) == [here]
