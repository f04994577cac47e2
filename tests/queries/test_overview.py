import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.frontdesk.day_lists import arrivals_of
from scheduling.queries.board import day_board
from scheduling.queries.overview import places_today, week_of
from scheduling.queries.visits import missed_from
from scheduling.templatetags.board import is_late
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ClosureFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, HoldFactory, PatientFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
MONDAY = dt.date(2026, 11, 30)


def test_a_week_says_how_full_each_day_is(django_assert_num_queries):
    machine, exam = bookable()
    AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)
    HoldFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + 60 * MINUTE, created_at=NOW)
    HoldFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + 120 * MINUTE, held_until=NOW)  # over
    AppointmentFactory(
        scanner=machine,
        exam=exam,
        starts_at=NINE_FORTY + 600 * MINUTE,
        patient=PatientFactory(given_name="Late"),
    )
    ClosureFactory(
        location=machine.location, starts_at=NINE_FORTY + 1440 * MINUTE, ends_at=NINE_FORTY + 1500 * MINUTE
    )
    ScannerFactory(location=machine.location, is_active=False)
    with django_assert_num_queries(4):
        (week,) = week_of(machine.location, MONDAY, now=NOW)
    monday, tuesday, wednesday, *_rest = week.days
    assert (monday.open_minutes, monday.busy_minutes, monday.percent) == (720, 0, 0)
    assert (tuesday.busy_minutes, tuesday.visits, tuesday.free_minutes) == (90, 3, 630)  # one after hours
    assert tuesday.percent == 12
    assert wednesday.open_minutes == 660


def test_a_closed_day_is_not_full():
    machine, _exam = bookable()
    machine.location.opening_hours.filter(weekday=0).delete()
    (week,) = week_of(machine.location, MONDAY, now=NOW)
    assert (week.days[0].open_minutes, week.days[0].percent) == (0, 0)


def test_late_has_the_grace_of_its_location():
    machine, exam = bookable()
    user = AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user
    machine.location.late_grace_minutes = 7
    machine.location.save()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)

    def late_at(minutes):
        now = NINE_FORTY + minutes * MINUTE
        board = day_board(machine.location, dt.date(2026, 12, 1), now=now)
        (part,) = arrivals_of(board, now=now)
        (place,) = places_today(user, now=now)
        said = {part.key == "late", bool(place.late), is_late(visit, now), now >= missed_from(visit)}
        assert len(said) == 1
        return said.pop()

    assert [late_at(minutes) for minutes in (0, 1, 6, 7, 8)] == [False, False, False, True, True]


@pytest.mark.parametrize("count", [1, 4])
def test_the_number_of_queries_for_all_locations_stays(count, django_assert_num_queries):
    user = AssignmentFactory(location=OpenLocationFactory(name="Zilker")).user
    for number in range(count):
        machine, exam = bookable()
        AssignmentFactory(user=user, location=machine.location)
        AppointmentFactory(
            scanner=machine, exam=exam, starts_at=NOW, patient=PatientFactory(given_name=f"N{number}")
        )
    with django_assert_num_queries(3):
        places = places_today(user, now=NOW)
    assert [place.expected for place in places] == [*[1] * count, 0]


def test_the_day_at_all_of_ones_locations():
    machine, exam = bookable()
    user = AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user
    second = OpenLocationFactory(name="Zilker")
    AssignmentFactory(user=user, location=second)
    OpenLocationFactory(name="Elsewhere")

    def visit(minutes, **fields):
        who = PatientFactory(given_name=f"At {minutes}")
        starts_at = NOW + minutes * MINUTE
        return AppointmentFactory(scanner=machine, exam=exam, patient=who, starts_at=starts_at, **fields)

    visit(-50)
    visit(0, status="arrived", arrived_at=NOW)
    visit(50)
    visit(-100, status="done")
    visit(-150, status="no_show")
    visit(100, status="canceled", canceled_at=NOW, canceled_by="x")
    visit(1440)
    TaskFactory(location=machine.location)
    here, other = sorted(places_today(user, now=NOW), key=lambda place: place.location.name == "Zilker")
    assert (here.expected, here.late, here.here, here.in_exam, here.done, here.missed, here.tasks) == (
        2,
        1,
        1,
        0,
        1,
        1,
        1,
    )
    assert (other.expected, other.tasks, other.today) == (0, 0, MONDAY)
