import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Appointment
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ClosureFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, DraftFactory, HoldFactory, PatientFactory

pytestmark = pytest.mark.django_db

DAY = "2026-12-01"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def machine():
    machine, exam = bookable(name="MRI 1")
    machine.exam = exam
    return machine


@pytest.fixture
def desk(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def url(machine, day=DAY):
    return f"/desk/at/{machine.location.slug}/{day}/"


def body(answer):
    return " ".join(answer.content.decode().split())


def test_the_short_address_leads_to_today(desk, machine):
    first = desk.get("/desk/")
    assert first["Location"] == f"/desk/at/{machine.location.slug}/"
    assert desk.get(first["Location"])["Location"] == url(machine, "2026-11-30")


def test_the_last_location_is_remembered(desk, machine):
    other = OpenLocationFactory(name="Zilker")
    AssignmentFactory(user=Assignment.objects.get(location=machine.location).user, location=other)
    desk.get(f"/desk/at/{other.slug}/{DAY}/")
    assert desk.get("/desk/")["Location"] == f"/desk/at/{other.slug}/"


def test_who_works_nowhere_is_led_to_the_tasks(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("new@alliance.example"))
    assert client.get("/desk/")["Location"] == "/desk/tasks/"


def test_a_visit_is_told_in_words(desk, machine):
    visit = AppointmentFactory(
        scanner=machine,
        exam=machine.exam,
        starts_at=NINE_FORTY,
        laterality="left",
        status="arrived",
        arrived_at=NOW,
    )
    page = body(desk.get(url(machine)))
    assert f'href="/desk/visits/{visit.pk}/"' in page
    assert "<b>Arrived</b>" in page
    assert "Ana Núñez" in page
    assert "Knee MRI, left" in page
    assert "Second screen to sign" in page
    assert '<th scope="row">9 am</th>' in page.replace("\xa0", " ")
    assert "<title>Day - Alliance</title>" in page  # no name in it


def test_late_closed_held_and_down_are_told_in_words(desk, machine, time_machine):
    AppointmentFactory(scanner=machine, exam=machine.exam, starts_at=NINE_FORTY)
    now = NINE_FORTY + 12 * MINUTE
    time_machine.move_to(now, tick=False)
    desk.force_login(Assignment.objects.get(location=machine.location).user)  # the night was long
    HoldFactory(
        draft=DraftFactory(exam=machine.exam),
        scanner=machine,
        exam=machine.exam,
        starts_at=NINE_FORTY + 60 * MINUTE,
        held_until=now + 5.5 * MINUTE,
    )
    start = NINE_FORTY + 180 * MINUTE
    ClosureFactory(
        location=machine.location,
        kind="downtime",
        reason="Coil",
        starts_at=start,
        ends_at=start + 30 * MINUTE,
    )
    page = body(desk.get(url(machine)))
    for words in ("12 minutes late", "Held online", "6 min left", "Downtime: Coil", "board-now at-10"):
        assert words in page


def test_the_table_alone_is_sent_when_something_changed(desk, machine):
    version = desk.get(url(machine)).context["board"].version
    unchanged = desk.get(url(machine), {"since": version})
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    changed = desk.get(url(machine), {"since": version - 1})
    assert changed.status_code == 200
    assert b"<html" not in changed.content
    assert b'class="board' in changed.content


@pytest.mark.parametrize("day", ["2026-02-31", "2026-13-01", "today", "1999-01-01"])
def test_a_day_that_no_calendar_has_is_no_page(desk, machine, day):
    assert desk.get(url(machine, day)).status_code == 404


def test_another_locations_visits_are_not_on_it(desk, machine):
    AppointmentFactory(starts_at=NINE_FORTY, patient=PatientFactory(family_name="Elsewhere"))
    assert "Elsewhere" not in body(desk.get(url(machine)))


def test_sixty_visits_weigh_less_than_120_kilobytes(desk, machine):
    for number in range(4):
        scanner = ScannerFactory(location=machine.location)
        for slot in range(15):
            AppointmentFactory(
                scanner=scanner,
                exam=machine.exam,
                patient=PatientFactory(given_name="Wolfeschlegelsteinhausen", family_name=f"{number}-{slot}"),
                starts_at=NINE_FORTY + (slot * 45 - 160) * MINUTE,
                status=Appointment.Status.ARRIVED,
                arrived_at=NOW,
                interpreter_language="Vietnamese",
            )
    answer = desk.get(url(machine))
    assert answer.content.count(b'id="visit-') == 60
    print(f"board with 60 visits: {len(answer.content) / 1024:.0f} KB")
    assert len(answer.content) < 120 * 1024


def test_the_key_for_arrived_is_not_offered_on_a_later_day(desk, machine):
    board = f"/desk/at/{machine.location.slug}/"
    assert b'data-steps="yes"' in desk.get(f"{board}2026-11-30/").content
    assert b'data-steps=""' in desk.get(f"{board}2026-12-01/").content
