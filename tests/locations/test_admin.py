import datetime as dt

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from locations.models import Closure, Location, Notice, OpeningHours, Scanner, User
from tests.factories.locations import (
    ClosureFactory,
    LocationFactory,
    NoticeFactory,
    OpenLocationFactory,
    ScannerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MODELS = [Closure, Location, Notice, OpeningHours, Scanner]
WARNING = "Visits that are booked already do not move when you change this."


@pytest.fixture
def administrator(client):
    user = UserFactory(is_staff=True, is_superuser=True, email="admin@alliance.example")
    client.force_login(user)
    return client


@pytest.fixture
def one_of_each():
    scanner = ScannerFactory(location=OpenLocationFactory(name="Riverside"), name="MRI 1")
    closure = ClosureFactory(location=scanner.location, scanner=scanner)
    hours = scanner.location.opening_hours.first()
    rows = (closure, scanner.location, NoticeFactory(), hours, scanner)
    return {type(row): row for row in rows}


def page(client, model, name, *args, **query):
    url = reverse(f"admin:locations_{model._meta.model_name}_{name}", args=args)
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_admin_lists_searches_adds_and_changes(administrator, one_of_each, model):
    row = one_of_each[model]
    address = reverse(f"admin:locations_{model._meta.model_name}_change", args=[row.pk])
    assert address in page(administrator, model, "changelist")
    assert "0 results" in page(administrator, model, "changelist", q="no such thing")
    page(administrator, model, "add")
    page(administrator, model, "change", row.pk)


@pytest.mark.parametrize("model", [Closure, Location, OpeningHours, Scanner])
def test_admin_warns_where_visits_could_be_touched(administrator, one_of_each, model):
    assert WARNING in page(administrator, model, "change", one_of_each[model].pk)


@pytest.mark.parametrize("model", MODELS)
def test_admin_lists_take_the_same_queries_for_1_and_3_rows(
    administrator, one_of_each, model, django_assert_num_queries
):
    if model is OpeningHours:
        OpeningHours.objects.exclude(pk=one_of_each[model].pk).delete()
    with CaptureQueriesContext(connection) as one:
        page(administrator, model, "changelist")
    if model is Location:
        LocationFactory.create_batch(2)
    else:
        for number in (1, 2):
            row = one_of_each[model]
            row.pk = None
            if model is Scanner:
                row.name = f"CT {number}"
            if model is OpeningHours:
                row.weekday += 1
            row.save(force_insert=True)
    with django_assert_num_queries(len(one)):
        page(administrator, model, "changelist")


def test_admin_reads_hours_to_midnight(administrator):
    location = LocationFactory()
    url = reverse("admin:locations_openinghours_add")
    data = {"location": location.pk, "kind": "open", "weekday": "0", "opens": "20:00", "closes": "24:00"}
    response = administrator.post(url, data)
    assert response.status_code == 302
    hours = location.opening_hours.get()
    assert (hours.opens, hours.closes) == (1200, 1440)
    assert '<input type="text" name="closes" value="24:00"' in page(
        administrator, OpeningHours, "change", hours.pk
    )


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"opens": "19:00", "closes": "07:00"}, "Closing must be after opening. A night is two rows."),
        ({"closes": "24:30"}, "The day ends at 24:00."),
        ({"opens": "06:00", "closes": "08:00"}, "These hours overlap others of the same day."),
        (
            {"weekday": "6", "effective_from": "2027-02-01", "effective_until": "2027-01-01"},
            "This must be after the first day.",
        ),
    ],
)
def test_admin_says_what_is_wrong_with_hours(administrator, values, error):
    location = LocationFactory()
    OpeningHours.objects.create(location=location, weekday=0, opens=420, closes=1140)
    data = {"location": location.pk, "kind": "open", "weekday": "0", "opens": "20:00", "closes": "21:00"}
    response = administrator.post(reverse("admin:locations_openinghours_add"), data | values)
    assert response.status_code == 200
    assert error in response.content.decode()


def test_admin_reads_closures_on_the_clock_of_the_location(administrator):
    location = LocationFactory(time_zone="America/Los_Angeles")
    data = {"location": location.pk, "kind": "downtime"}
    data |= {"starts_at": "2027-07-04T09:00", "ends_at": "2027-07-04T12:30"}
    assert administrator.post(reverse("admin:locations_closure_add"), data).status_code == 302
    closure = location.closures.get()
    assert closure.starts_at == dt.datetime(2027, 7, 4, 16, tzinfo=dt.UTC)
    assert closure.ends_at == dt.datetime(2027, 7, 4, 19, 30, tzinfo=dt.UTC)
    assert "2027-07-04 12:30" in page(administrator, Closure, "changelist")
    html = page(administrator, Closure, "change", closure.pk)
    assert 'value="2027-07-04T09:00"' in html
    administrator.post(
        reverse("admin:locations_closure_change", args=[closure.pk]), data | {"reason": "Coil"}
    )
    closure.refresh_from_db()
    assert (closure.reason, closure.starts_at) == ("Coil", dt.datetime(2027, 7, 4, 16, tzinfo=dt.UTC))


def test_admin_says_what_is_wrong_with_a_closure(administrator):
    location = LocationFactory()
    data = {"location": location.pk, "kind": "downtime"}
    data |= {"starts_at": "2027-07-04T09:00", "ends_at": "2027-07-04T09:00"}
    response = administrator.post(reverse("admin:locations_closure_add"), data)
    assert response.status_code == 200
    assert "The end must be after the start." in response.content.decode()


def notice(client, name="add", *args, **values):
    data = {"text_en": "We close early", "text_es": "Cerramos temprano", "level": "info"}
    data |= {"zone": "America/Chicago", "shown_from": "2027-07-04T09:00", "shown_until": "2027-07-05T09:00"}
    return client.post(reverse(f"admin:locations_notice_{name}", args=args), data | values)


def test_admin_reads_a_notices_times_in_the_zone_that_was_chosen(administrator):
    LocationFactory(time_zone="America/Los_Angeles")
    assert notice(administrator, zone="America/Los_Angeles").status_code == 302
    row = Notice.objects.get()
    assert row.shown_from == dt.datetime(2027, 7, 4, 16, tzinfo=dt.UTC)
    assert "2027-07-04 11:00 CDT" in page(administrator, Notice, "changelist")

    html = page(administrator, Notice, "change", row.pk)
    assert '<option value="America/Chicago" selected>America/Chicago</option>' in html
    assert 'value="2027-07-04T11:00"' in html
    notice(administrator, "change", row.pk, shown_from="2027-07-04T11:00", shown_until="2027-07-05T11:00")
    row.refresh_from_db()
    assert row.shown_from == dt.datetime(2027, 7, 4, 16, tzinfo=dt.UTC)


def test_a_new_notice_begins_now_on_the_clock_of_the_organization(administrator, settings, time_machine):
    settings.HOME_TIME_ZONE = "America/New_York"
    time_machine.move_to(dt.datetime(2026, 12, 1, 15, 40, tzinfo=dt.UTC), tick=False)
    administrator.force_login(User.objects.get())
    html = page(administrator, Notice, "add")
    assert 'name="shown_from" value="2026-12-01T10:40"' in html
    assert '<option value="info" selected>' in html


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"text_es": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
        (
            {"zone": "Mars/Olympus"},
            "Select a valid choice. Mars/Olympus is not one of the available choices.",
        ),
        ({"shown_until": "2027-07-04T09:00"}, "The end must be after the start."),
        ({"shown_until": ""}, "This field is required."),
    ],
)
def test_admin_says_what_is_wrong_with_a_notice(administrator, values, error):
    response = notice(administrator, **values)
    assert response.status_code == 200
    assert error in response.content.decode()


def test_admin_offers_only_the_scanners_of_the_location(administrator, one_of_each):
    elsewhere = ScannerFactory(name="Elsewhere 1")
    html = page(administrator, Location, "change", one_of_each[Location].pk)
    assert f'<option value="{one_of_each[Scanner].pk}">MRI 1</option>' in html
    assert f'<option value="{elsewhere.pk}">' not in html


def test_admin_keeps_a_scanner_at_its_location(administrator, one_of_each):
    scanner, other = one_of_each[Scanner], LocationFactory()
    data = {"location": other.pk, "name": "MRI 2", "modality": "MR", "dicom_modality": "MR"}
    data |= {"character_set": "ISO_IR 192", "turnover_minutes": "5"}
    url = reverse("admin:locations_scanner_change", args=[scanner.pk])
    assert administrator.post(url, data).status_code == 302
    before = scanner.location_id
    scanner.refresh_from_db()
    assert (scanner.name, scanner.location_id) == ("MRI 2", before)


def test_accounts_of_staff_are_not_in_the_admin(administrator):
    """No raw edit passes the rules of their own screens by."""
    assert administrator.get("/admin/locations/user/").status_code == 404
    assert administrator.get("/admin/locations/assignment/").status_code == 404
    answer = administrator.get("/admin/password_change/")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/account/password/")


def test_every_model_of_the_app_is_in_the_admin():
    registered = {model for model in admin.site._registry if model._meta.app_label == "locations"}
    assert registered == set(MODELS)
