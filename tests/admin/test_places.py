import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from locations.models import Assignment, OpeningHours
from scheduling.models import Appointment
from tests.factories.locations import AssignmentFactory, OpenLocationFactory, ScannerFactory, UserFactory
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, AppointmentFactory, HoldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, time_machine):
    """An administrator's, a week before the visits of the factories."""
    time_machine.move_to(BOOKED_AT, tick=False)
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    return client


@pytest.fixture
def scanner():
    return ScannerFactory(location=OpenLocationFactory(name="Riverside"))


def close(client, scanner, start="2026-12-01T08:00", end="2026-12-01T12:00", only=""):
    data = {"location": scanner.location_id, "scanner": only, "kind": "downtime"}
    data |= {"starts_at": start, "ends_at": end}
    return client.post(reverse("admin:locations_closure_add"), data)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def listed_behind(client, line):
    address = line.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    return list(client.get(address).context["cl"].result_list)


def test_a_saved_closure_says_how_many_visits_are_in_it_and_leads_to_them(client, scanner):
    inside = AppointmentFactory(scanner=scanner)
    AppointmentFactory(scanner=scanner, starts_at=STARTS_AT + dt.timedelta(days=1))
    AppointmentFactory()  # at another location
    HoldFactory(scanner=scanner, starts_at=STARTS_AT + dt.timedelta(hours=1))
    line = said(close(client, scanner))[-1]

    assert line.startswith("1 booked visit is in that time. It stays booked: call the patient.")
    assert listed_behind(client, line) == [inside]


def test_a_closure_of_one_scanner_leaves_its_neighbor_out(client, scanner):
    inside = AppointmentFactory(scanner=scanner)
    AppointmentFactory(scanner=ScannerFactory(location=scanner.location))
    line = said(close(client, scanner, only=scanner.pk))[-1]
    assert listed_behind(client, line) == [inside]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-12-01T08:00", "2026-12-01T09:40"), ("2026-12-01T10:20", "2026-12-01T12:00")],
)
def test_a_visit_that_only_touches_a_closure_is_not_in_it(client, scanner, start, end):
    AppointmentFactory(scanner=scanner)
    assert said(close(client, scanner, start, end))[-1] == "No booked visit is in that time."


def test_who_may_see_no_visits_gets_the_number_only(client, scanner):
    AppointmentFactory(scanner=scanner)
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    line = said(close(client, scanner))[-1]
    assert line == "1 booked visit is in that time. It stays booked: call the patient."


def tuesday(scanner):
    return OpeningHours.objects.get(location=scanner.location, scanner=None, kind="open", weekday=1)


def save_hours(client, hours, opens, closes):
    data = {"location": hours.location_id, "kind": "open", "weekday": 1, "opens": opens, "closes": closes}
    return client.post(reverse("admin:locations_openinghours_change", args=[hours.pk]), data)


def test_saved_hours_say_which_visits_they_no_longer_cover(client, scanner):
    outside = AppointmentFactory(scanner=scanner)  # Tuesday, 9:40 to 10:20
    AppointmentFactory(scanner=scanner, starts_at=STARTS_AT + dt.timedelta(hours=3))
    line = said(save_hours(client, tuesday(scanner), "10:00", "19:00"))[-1]

    assert line.startswith("1 booked visit is outside the opening hours.")
    assert listed_behind(client, line) == [outside]


@pytest.mark.parametrize("hours", [("09:40", "10:20"), ("07:00", "19:00")])
def test_hours_that_cover_every_visit_say_so(client, scanner, hours):
    AppointmentFactory(scanner=scanner)
    assert said(save_hours(client, tuesday(scanner), *hours))[-1] == (
        "Every booked visit is inside the opening hours."
    )


def test_a_scanner_with_hours_of_its_own_follows_these(client, scanner):
    AppointmentFactory(scanner=scanner)
    OpeningHours.objects.create(
        location=scanner.location, scanner=scanner, weekday=1, opens=9 * 60, closes=12 * 60
    )
    line = said(save_hours(client, tuesday(scanner), "13:00", "19:00"))[-1]
    assert line == "Every booked visit is inside the opening hours."


def test_deleted_hours_say_which_visits_they_leave(client, scanner):
    AppointmentFactory(scanner=scanner)
    address = reverse("admin:locations_openinghours_delete", args=[tuesday(scanner).pk])
    lines = said(client.post(address, {"post": "yes"}))
    assert lines[0].startswith("1 booked visit is outside the opening hours.")
    assert Appointment.objects.get().status == "booked"


def test_a_saved_scanner_says_how_many_visits_are_booked_on_it(client, scanner):
    visit = AppointmentFactory(scanner=scanner)
    data = {"name": "MRI 1", "modality": "MR", "dicom_modality": "MR", "turnover_minutes": 5}
    data |= {"character_set": "ISO_IR 192"}
    line = said(client.post(reverse("admin:locations_scanner_change", args=[scanner.pk]), data))[-1]
    assert line.startswith("1 visit is booked on this scanner.")
    assert listed_behind(client, line) == [visit]
