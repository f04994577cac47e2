import datetime as dt

import pytest
from django.urls import reverse

from locations.models import Assignment
from tests.factories.locations import AssignmentFactory, UserFactory
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, AppointmentFactory, HoldFactory, PatientFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/scheduling/appointment/"
FIND = f"{LIST}find/"


@pytest.fixture
def administrator(client, time_machine):
    time_machine.move_to(BOOKED_AT, tick=False)
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    return client


@pytest.fixture
def visit():
    patient = PatientFactory(
        given_name="Ruth", family_name="O’Neill-Peña", phone="+15125550199", email="ruth@example.com"
    )
    return AppointmentFactory(code="R574P6XX", patient=patient, phone="", email="r.peña@example.com")


@pytest.mark.parametrize(
    "typed",
    [
        "R574 P6XX",
        "r574-p6xx",
        " r574p6xx ",
        "ruth",
        "pena ruth",
        "O'Neill Peña",
        "(512) 555-0199",
        "+1 512 555 0199",
        "0199",
        "Ruth@Example.com",
        "r.peña@example.com",
    ],
)
def test_a_single_visit_opens_however_it_is_asked_for(administrator, visit, typed):
    AppointmentFactory(patient=PatientFactory(given_name="Ana", email="a@example.com"), code="7K3MX2AB")
    response = administrator.post(FIND, {"find": typed})
    assert (response.status_code, response["Location"]) == (302, f"{LIST}{visit.pk}/change/")


def test_the_accession_number_finds_its_visit(administrator, visit):
    response = administrator.post(FIND, {"find": visit.accession.lower()})
    assert response["Location"] == f"{LIST}{visit.pk}/change/"


def found(client, typed):
    response = client.post(FIND, {"find": typed})
    assert response.status_code == 200
    return [row for row, _start in response.context["rows"]]


def test_several_visits_are_listed_the_coming_ones_first(administrator):
    ana = PatientFactory()
    days = (-2, 5, -3, 1)
    past, later, long_past, soon = (
        AppointmentFactory(patient=ana, starts_at=BOOKED_AT + dt.timedelta(days=day)) for day in days
    )
    assert found(administrator, "núñez") == [soon, later, past, long_past]


@pytest.mark.parametrize("typed", ["Nobody", "555", "%", "\x00x", "7K3M X2AC", "none@example.com"])
def test_what_is_not_there_is_not_found(administrator, visit, typed):
    HoldFactory()
    assert found(administrator, typed) == []


def test_a_long_result_is_cut_and_says_so(administrator):
    ana = PatientFactory()
    for day in range(51):
        AppointmentFactory(patient=ana, starts_at=STARTS_AT + dt.timedelta(days=day))
    response = administrator.post(FIND, {"find": "Ana"})
    assert len(response.context["rows"]) == 50
    assert "The first 50 are shown." in response.content.decode()


def test_no_person_and_no_code_can_stand_in_the_address(administrator, visit):
    page = administrator.get(LIST).content.decode()
    form = page.partition(f'action="{FIND}"')[0].rpartition("<form")[2]
    assert 'method="post"' in form
    assert 'name="q"' not in page
    assert administrator.get(FIND, {"find": "ruth"})["Location"] == LIST


def test_a_superuser_without_a_role_finds_nobody(client, visit):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert client.post(FIND, {"find": "ruth"}).status_code == 403


def test_the_list_begins_with_today(administrator):
    hours = (-30, -2, 2, 30)  # from 10 am in Austin
    yesterday, earlier, soon, tomorrow = (
        AppointmentFactory(starts_at=BOOKED_AT + dt.timedelta(hours=hour)) for hour in hours
    )
    shown = list(administrator.get(LIST).context["cl"].result_list)
    assert shown == [earlier, soon, tomorrow, yesterday]


def test_a_visit_shows_each_time_on_the_clock_of_its_location(administrator, visit):
    page = administrator.get(reverse("admin:scheduling_appointment_change", args=[visit.pk])).content.decode()
    for words in (
        "Tuesday, December 1, 2026, 9:40\xa0am CST",
        "Tuesday, December 1, 2026, 10:20\xa0am CST",
        "Tuesday, December 1, 2026, 9:10\xa0am CST",
        "Tuesday, November 24, 2026, 10:00\xa0am CST",
    ):
        assert words in page
    assert ">None<" not in page
    assert "3:40 p.m." not in page
    assert visit.location.name in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(administrator, rows, django_assert_num_queries):
    AppointmentFactory.create_batch(rows)
    administrator.get(LIST)
    with django_assert_num_queries(14):
        administrator.get(LIST)


def test_a_weight_is_read_by_clinical_roles_of_the_location_only(administrator):
    visit = AppointmentFactory(weight_lb=387, girth_in=58, extra_minutes=15, study_uid="2.25.1")
    page = f"{LIST}{visit.pk}/change/"
    assert "387" not in administrator.get(page).content.decode()
    user = UserFactory()
    AssignmentFactory(user=user, role=Assignment.Role.ADMINISTRATOR, location=None)
    AssignmentFactory(user=user, role=Assignment.Role.TECHNOLOGIST, location=visit.location)
    administrator.force_login(user)
    assert "387" in administrator.get(page).content.decode()
