import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.frontdesk.move_forms import read_time
from scheduling.models import Appointment, Message
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ClosureFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, HoldFactory, OfferingFactory, PatientFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def visit():
    machine, exam = bookable(name="MRI 1")
    return AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)


@pytest.fixture
def desk(client, visit):
    client.force_login(AssignmentFactory(location=visit.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def url(visit, more):
    return f"/desk/visits/{visit.pk}/{more}/"


def board(visit, day="2026-12-01"):
    return f"/desk/at/{visit.location.slug}/{day}/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def move(desk, visit, **data):
    visit.refresh_from_db()
    usual = {
        "scanner": visit.scanner_id,
        "day": "2026-12-01",
        "time": "10:20 am",
        "tell": "message",
        "version": visit.version,
    }
    return desk.post(url(visit, "move"), {**usual, **data})


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("9:40 am", (9, 40)),
        ("9:40AM", (9, 40)),
        ("940", (9, 40)),
        ("0940", (9, 40)),
        ("9.40", (9, 40)),
        ("2", (14, 0)),
        ("2:15", (14, 15)),
        ("12:30", (12, 30)),
        ("12 am", (0, 0)),
        ("12:05 p.m.", (12, 5)),
        ("14:05", (14, 5)),
        ("7p", (19, 0)),
        ("7", (7, 0)),
        ("25:00", None),
        ("9:75", None),
        ("13 pm", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_as_they_are_said(typed, found):
    read = read_time(typed)
    assert (read and (read.hour, read.minute)) == found


def test_the_form_is_filled_in_with_where_it_is_and_offers_the_soonest(desk, visit):
    page = body(desk.get(url(visit, "move")))
    assert 'value="2026-12-01"' in page
    assert 'value="9:40 am"' in page
    assert page.count("?scanner=") == 6
    assert "<title>Move a visit - Alliance</title>" in page


def test_what_was_dragged_to_is_filled_in(desk, visit):
    page = body(
        desk.get(url(visit, "move"), {"scanner": visit.scanner_id, "at": "2026-12-02T16:05:00+00:00"})
    )
    assert 'value="2026-12-02"' in page
    assert 'value="10:05 am"' in page
    for nonsense in ("x", "2026-13-01T00:00:00+00:00", "2026-12-02T16:05:00"):
        assert 'value="9:40 am"' in body(desk.get(url(visit, "move"), {"at": nonsense}))


def test_a_move_leads_to_the_board_with_undo(desk, visit):
    answer = move(desk, visit)
    assert (answer.status_code, answer["Location"]) == (303, f"{board(visit)}#visit-{visit.pk}")
    page = body(desk.get(answer["Location"]))
    assert "Moved Ana Núñez from Tue, Dec 1, 9:40 am, MRI 1 to Tue, Dec 1, 10:20 am, MRI 1." in page
    visit.refresh_from_db()
    undone = desk.post(url(visit, "undo"), {"version": visit.version})
    assert undone["Location"] == f"{board(visit)}#visit-{visit.pk}"
    page = body(desk.get(undone["Location"]))
    assert "Undone. No message was sent." in page
    assert "Moved Ana" not in page
    visit.refresh_from_db()
    assert visit.starts_at == NINE_FORTY
    assert not Message.objects.unsent().filter(kind="moved").exists()


def test_undo_is_offered_for_two_minutes(desk, visit, time_machine):
    move(desk, visit)
    time_machine.shift(dt.timedelta(minutes=2, seconds=1))
    assert ">Undo<" not in body(desk.get(board(visit)))
    visit.refresh_from_db()
    answer = desk.post(url(visit, "undo"), {"version": visit.version})
    assert answer.status_code == 409
    assert "too late to undo" in body(answer)
    assert desk.post(url(visit, "undo"), {}).status_code == 422


def test_what_speaks_against_it_is_named_and_needs_a_reason(desk, visit):
    at = NINE_FORTY + 60 * MINUTE
    AppointmentFactory(
        scanner=visit.scanner, exam=visit.exam, patient=PatientFactory(given_name="Ben"), starts_at=at
    )
    HoldFactory(
        scanner=visit.scanner, exam=visit.exam, starts_at=at + 45 * MINUTE, held_until=NOW + 5 * MINUTE
    )
    ClosureFactory(
        location=visit.location, kind="downtime", reason="Coil", starts_at=at, ends_at=at + 30 * MINUTE
    )
    answer = move(desk, visit, time="10:50")
    assert answer.status_code == 422
    page = body(answer)
    assert "Ben Núñez is on it, 10:40 am to 11:25 am." in page
    assert "Somebody is just booking 11:25 am to 12:10 pm." in page
    assert "Closed: downtime, Coil." in page
    assert "Write why it has to be this time" in page
    assert 'value="10:50"' in page
    assert move(desk, visit, time="10:50", reason="Urgent").status_code == 303
    page = body(desk.get(url(visit, "")[:-1]))
    assert "Urgent" in page
    assert "overbooked" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"time": "soon"}, "Enter a time, such as 9:40 am"),
        ({"time": ""}, "Enter the time, such as 9:40 am"),
        ({"day": "2026-02-31"}, "Enter a day, such as 2026-12-31"),
        ({"day": ""}, "Enter the day"),
        ({"scanner": "0"}, "Choose a scanner from the list"),
        ({"tell": ""}, "Choose how the patient hears of it"),
        ({"reason": "x" * 201}, "Use at most 200 letters"),
    ],
)
def test_faults_stand_beside_their_fields(desk, visit, data, words):
    answer = move(desk, visit, **data)
    assert answer.status_code == 422
    assert words in body(answer)


def test_a_time_that_is_over_is_refused(desk, visit):
    answer = move(desk, visit, day="2026-11-29")
    assert answer.status_code == 409
    assert "cannot be booked" in body(answer)


def test_two_desks_move_at_once(desk, visit):
    old = visit.version
    Appointment.objects.filter(pk=visit.pk).update(version=old + 1)
    answer = desk.post(
        url(visit, "move"),
        {"scanner": visit.scanner_id, "day": "2026-12-01", "time": "10:20", "tell": "nobody", "version": old},
    )
    assert answer.status_code == 409
    page = body(answer)
    assert "Move to 10:20 am" in page
    assert f'name="version" value="{old + 1}"' in page
    assert 'name="tell" value="nobody"' in page


def test_scanners_of_another_group_are_not_offered(desk, visit):
    elsewhere, _exam = bookable(name="MRI elsewhere")
    assert "MRI elsewhere" not in body(desk.get(url(visit, "move")))
    assert move(desk, visit, scanner=elsewhere.pk).status_code == 422


def test_a_cancel_says_who_asked_and_why(desk, visit):
    assert "gets a message in 2 minutes" in body(desk.get(url(visit, "cancel")))
    empty = desk.post(url(visit, "cancel"), {"version": 0})
    assert empty.status_code == 422
    assert "Choose who asked to cancel" in body(empty)
    assert "Write why, in a few words" in body(empty)
    answer = desk.post(
        url(visit, "cancel"), {"version": 0, "asked_by": "office", "reason": "Order withdrawn"}
    )
    assert answer.status_code == 303
    page = body(desk.get(answer["Location"]))
    assert "Canceled: Ana Núñez." in page
    assert "1 canceled visit" in page
    visit.refresh_from_db()
    assert (visit.cancel_asked_by, visit.cancel_reason) == ("office", "Order withdrawn")
    desk.post(url(visit, "undo"), {"version": visit.version})
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_cancel_from_an_old_page_shows_both(desk, visit):
    answer = desk.post(url(visit, "cancel"), {"version": 7, "asked_by": "office", "reason": "x"})
    assert answer.status_code == 409
    assert "Cancel the visit" in body(answer)


def test_what_is_done_is_neither_moved_nor_canceled(desk, visit):
    Appointment.objects.filter(pk=visit.pk).update(status="done")
    assert "can’t be moved" in body(desk.get(url(visit, "move")))
    assert "can’t be canceled" in body(desk.get(url(visit, "cancel")))
    assert move(desk, visit).status_code == 409
    answer = desk.post(url(visit, "cancel"), {"version": visit.version, "asked_by": "office", "reason": "x"})
    assert answer.status_code == 409


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-12-01T15:40:00"])
def test_a_moment_that_no_board_has_is_passed_over(desk, visit, at):
    page = desk.get(url(visit, "move") + f"?scanner={visit.scanner_id}&at={at}")
    assert page.status_code == 200
    assert page.context["form"]["day"].value() == dt.date(2026, 12, 1)
    assert desk.get(url(visit, "move") + f"?scanner={'9' * 5000}&at=2026-12-01T15:40:00Z").status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_a_fault_of_its_field(desk, visit, day):
    answer = move(desk, visit, day=day, time="11 pm")
    assert answer.status_code == 422
    assert "Enter a day, such as 2026-12-31" in body(answer)


def test_brought_forward_to_a_center_in_another_zone_it_is_now_there(desk, visit):
    there = ScannerFactory(location=OpenLocationFactory(slug="denver", time_zone="America/Denver"))
    OfferingFactory(exam=visit.exam, location=there.location)
    AssignmentFactory(user=Assignment.objects.get(location=visit.location).user, location=there.location)
    page = desk.get(url(visit, "move") + "?here=denver")
    form = page.context["form"]
    assert (form["scanner"].value(), form["day"].value(), form["time"].value()) == (
        there.pk,
        dt.date(2026, 11, 30),
        "8:00 am",
    )
    move(desk, visit, scanner=there.pk, day="2026-11-30", time="8:00 am", reason="Stands here")
    visit.refresh_from_db()
    assert (visit.scanner_id, visit.starts_at) == (there.pk, NOW)
