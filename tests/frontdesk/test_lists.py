"""Arrivals, worklist, day sheet, export and search."""

import csv
import datetime as dt
from io import StringIO

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, AuditEvent, Patient
from scheduling.queries.desk_search import Asked, read_query, search_visits
from scheduling.rules.spreadsheets import harmless
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory, HoldFactory, PatientFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
DAY = "2026-12-01"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NINE_FORTY + 20 * MINUTE, tick=False)


@pytest.fixture
def machine():
    machine, _exam = bookable(modality="CT", name="CT 1")
    machine.exam = ExamFactory(name="Head CT", modality="CT")
    return machine


@pytest.fixture
def desk(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def url(machine, page):
    return f"/desk/at/{machine.location.slug}/{DAY}/{page}/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def visit_at(machine, minutes, name="Ana", **fields):
    who = PatientFactory(given_name=name)
    return AppointmentFactory(
        scanner=machine, exam=machine.exam, patient=who, starts_at=NINE_FORTY + minutes * MINUTE, **fields
    )


def test_late_ones_stand_on_top_and_those_here_apart(desk, machine):
    visit_at(machine, 0, "Late")
    visit_at(machine, 60, "Soon", phone="+15125550147")
    visit_at(machine, 300, "Later")
    visit_at(machine, 120, "Here", status="arrived", arrived_at=NINE_FORTY)
    visit_at(machine, -120, "Over", status="done")
    answer = desk.get(url(machine, "arrivals"))
    found = [
        (part.key, [line.visit.patient.given_name for line in part.lines]) for part in answer.context["parts"]
    ]
    assert found == [
        ("late", ["Late"]),
        ("soon", ["Soon"]),
        ("later", ["Later"]),
        ("here", ["Here"]),
        ("over", ["Over"]),
    ]
    page = body(answer)
    for words in ("20 minutes late", "arrive by 9:10 am", "May 17, 1980", "Did not come"):
        assert words in page


def test_a_step_of_the_list_leads_back_to_its_row(desk, machine):
    visit = visit_at(machine, 60)
    answer = desk.post(
        f"/desk/visits/{visit.pk}/step/", {"step": "arrived", "version": 0, "next": "arrivals"}
    )
    assert answer["Location"] == f"{url(machine, 'arrivals')}#visit-{visit.pk}"
    assert "Ana Núñez: Marked as arrived." in body(desk.get(answer["Location"]))


@pytest.mark.parametrize("page", ["arrivals", "worklist"])
def test_a_list_is_asked_for_again_only_after_a_change(desk, machine, page):
    visit = visit_at(machine, 60)
    first = desk.get(url(machine, page))
    version = first.context["board"].version
    assert f'data-board="{url(machine, page)}"' in body(first)
    assert f'data-version="{version}"' in body(first)
    assert desk.get(url(machine, page) + f"?since={version}").status_code == 204
    desk.post(f"/desk/visits/{visit.pk}/step/", {"step": "arrived", "version": 0})
    fresh = desk.get(url(machine, page) + f"?since={version}")
    assert (fresh.status_code, b"<html" in fresh.content) == (200, False)
    assert "Arrived" in body(fresh)
    assert f'id="start-{visit.pk}"' in body(fresh)
    assert f'data-version="{version}"' not in body(fresh)


def test_all_locations_are_asked_for_again_only_after_a_change(desk, machine):
    visit = visit_at(machine, 60)
    first = desk.get("/desk/overview/")
    version = first.context["version"]
    assert 'data-board="/desk/overview/"' in body(first)
    assert desk.get(f"/desk/overview/?since={version}").status_code == 204
    desk.post(f"/desk/visits/{visit.pk}/step/", {"step": "arrived", "version": 0})
    fresh = desk.get(f"/desk/overview/?since={version}")
    assert (fresh.status_code, b"<html" in fresh.content) == (200, False)
    assert desk.get(f"/desk/overview/?since={fresh.context['version']}").status_code == 204


def test_a_day_without_visits_says_so(desk, machine):
    assert "Nobody is expected" in body(desk.get(url(machine, "arrivals")))


def test_what_comes_next_on_each_scanner(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.TECHNOLOGIST).user)
    visit_at(
        machine,
        -120,
        "Over",
        status="done",
        exam_started_at=NINE_FORTY - 120 * MINUTE,
        exam_ended_at=NINE_FORTY - 95 * MINUTE,
    )
    visit_at(machine, 60, "Next")
    answer = client.get(url(machine, "worklist"))
    (part,) = answer.context["parts"]
    assert (part.name, [line.visit.patient.given_name for line in part.lines]) == ("CT 1", ["Next", "Over"])
    assert "7:40 am to 8:05 am" in body(answer)
    assert client.get(f"/desk/at/{machine.location.slug}/worklist/")["Location"] == url(machine, "worklist")


def test_the_sheet_has_no_answers_and_can_hide_names_and_phones(desk, machine):
    visit_at(machine, 60, phone="+15125550147")
    page = body(desk.get(url(machine, "print")))
    for words in (
        "Ana Núñez",
        "05/17/1980",
        "512-555-0147",
        "Head CT",
        "Printed 10:00 am by",
        "Shred after use",
    ):
        assert words in page
    hidden = body(desk.get(url(machine, "print"), {"initials": "", "no-phones": ""}))
    assert "A. N." in hidden
    assert "1980" in hidden
    for words in ("Núñez", "05/17", "555-0147"):
        assert words not in hidden
    assert AuditEvent.objects.filter(event="staff.exported").count() == 2


def test_a_technologists_sheet_has_room_for_times_and_signatures(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.TECHNOLOGIST).user)
    visit_at(machine, 60, phone="+15125550147")
    sheet = url(machine, "print")
    assert f"{sheet}?to-write" in body(client.get(url(machine, "worklist")))
    page = body(client.get(sheet, {"to-write": ""}))
    for words in ("Began", "Ended", "Asked aloud, signed"):
        assert words in page
    assert "512-555-0147" not in page


def test_the_file_keeps_accents_and_runs_nothing(desk, machine):
    visit = visit_at(machine, 60, "=1+1", phone_as_typed="+1 512 555 0147")
    answer = desk.get(url(machine, "export"))
    assert answer["Content-Disposition"] == f'attachment; filename="{machine.location.slug}-{DAY}.csv"'
    text = answer.content.decode()
    assert text.startswith("\ufeffTime,Scanner,Patient")
    (_head, row) = csv.reader(StringIO(text.removeprefix("\ufeff")))
    assert row[:5] == ["10:40", "CT 1", "'=1+1 Núñez", "1980-05-17", "Head CT"]
    assert row[7] == "'+1 512 555 0147"
    assert row[9] == visit.code
    event = AuditEvent.objects.get(event="staff.exported")
    assert (event.after, event.location_id) == ({"what": "day as CSV", "day": DAY}, machine.location.pk)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "\n@x"])
def test_nothing_runs_in_a_spreadsheet(cell):
    assert harmless(cell) == f"'{cell}"


def test_technologists_take_no_file_away(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.TECHNOLOGIST).user)
    assert client.get(url(machine, "export")).status_code == 403


# ---- search


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Núñez ana", Asked(("nunez", "ana"))),
        ("ana 5/17/1980", Asked(("ana",), born=dt.date(1980, 5, 17))),
        ("may 17 1980 núñez", Asked(("nunez",), born=dt.date(1980, 5, 17))),
        ("05171980", Asked(born=dt.date(1980, 5, 17))),
        ("512-555-0147", Asked(digits="5125550147")),
        ("0147", Asked(digits="0147")),
        ("ana 0147", Asked(("ana",), "0147")),
        ("503-555-0268", Asked(digits="5035550268")),
        ("2345 6789", Asked(digits="23456789", code="23456789")),
        ("Anna 1980-05-17", Asked(("anna",), born=dt.date(1980, 5, 17))),
        ("Ann 3/4/1987", Asked(("ann",), born=dt.date(1987, 3, 4))),
        ("anna 6-7-87", Asked(("anna",), born=dt.date(1987, 6, 7), code="ANNA6787")),
        ("7k3m pq2x", Asked(("7k3m", "pq2x"), code="7K3MPQ2X")),
        ("mbkt-hzcf", Asked(("mbkt", "hzcf"), code="MBKTHZCF")),  # of letters only: a name, or a code
        ("12", Asked()),
        ("  ", Asked()),
        ("O’Connor", Asked(("oconnor",))),
    ],
)
def test_parts_of_a_search_in_any_order(typed, asked):
    assert read_query(typed, today=dt.date(2026, 12, 1)) == asked


def test_todays_visits_come_first_then_what_is_ahead_then_what_is_over(machine):
    user = AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user
    day = 24 * 60
    visits = [visit_at(machine, minutes) for minutes in (day, -day, 60, -2 * day, 2 * day)]
    HoldFactory(scanner=machine, exam=machine.exam, starts_at=NINE_FORTY + 500 * MINUTE)
    AppointmentFactory(starts_at=NINE_FORTY)  # of another location
    found = search_visits(user, "nunez ana", now=NOW + dt.timedelta(days=1))
    assert found == [visits[2], visits[0], visits[4], visits[1], visits[3]]


def test_no_more_than_eight_are_shown(machine):
    user = AssignmentFactory(location=machine.location).user
    for number in range(9):
        visit_at(machine, 60 * number)
    assert len(search_visits(user, "ana", now=NOW)) == 8


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ana", "503-555-0268"),
        ("Anna", "Anna 1980-05-17"),
        ("Anna", "anna 5-17-80"),
        ("Ana", "4HXW W7C3"),
        ("Ana", "4hxw-w7c3"),
    ],
)
def test_somebody_is_found_by_a_phone_or_a_day_that_looks_like_a_code(machine, name, typed):
    user = AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user
    visit = visit_at(machine, 60)
    Patient.objects.update(phone="+15035550268", given_name=name, folded_name=f"{name.lower()} nunez")
    Appointment.objects.update(code="4HXWW7C3")
    other = visit_at(machine, 120, "Zoë")
    Patient.objects.filter(pk=other.patient_id).update(birth_date=dt.date(1990, 1, 1))
    assert search_visits(user, typed, now=NOW) == [visit]


def test_what_was_searched_stands_in_no_address(desk, machine):
    visit = visit_at(machine, 60)
    answer = desk.post("/desk/search/", {"q": "nunez 1980-05-17"})
    assert (answer.status_code, answer["Location"]) == (303, "/desk/search/")
    page = body(desk.get("/desk/search/"))
    assert f'href="/desk/visits/{visit.pk}/"' in page
    assert 'value="nunez 1980-05-17"' in page
    Appointment.objects.filter(pk=visit.pk).update(code="MBKTHZCF")
    found = desk.post("/desk/search/", {"q": "mbkt hzcf", "find": "1"})
    assert b"<html" not in found.content
    assert f"/desk/visits/{visit.pk}/".encode() in found.content
    told = AuditEvent.objects.filter(event="staff.searched").values_list("after", flat=True)
    assert list(told) == [{"found": 1}, {"found": 1}]
    assert "No visit or order here fits" in body(desk.post("/desk/search/", {"q": "zzz", "find": "1"}))
    assert desk.post("/desk/search/", {"q": " "}).status_code == 422
    assert 'value="nunez' not in body(desk.get("/desk/search/"))


def test_the_bar_counts_the_open_tasks(desk, machine):
    page = body(desk.get("/desk/search/"))
    assert "nav-count" not in page


# ---- the week, and everywhere


def test_the_week_and_all_locations_lead_to_the_boards(desk, machine):
    visit_at(machine, 60)
    week = body(desk.get(f"/desk/at/{machine.location.slug}/2026-11-30/week/"))
    assert f'href="/desk/at/{machine.location.slug}/{DAY}/"' in week
    assert "% full" in week
    everywhere = body(desk.get("/desk/overview/"))
    assert f'href="/desk/at/{machine.location.slug}/{DAY}/"' in everywhere
    assert f'href="/desk/tasks/?location={machine.location.pk}"' in everywhere


def test_who_works_nowhere_is_told_so(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("new@alliance.example"))
    assert "You work at no location yet" in body(client.get("/desk/overview/"))
