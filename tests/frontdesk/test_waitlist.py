"""The desk's list of who waits. It is Monday, November 30, 9 am in Austin."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import Assignment
from scheduling.models import AuditEvent, WaitlistEntry
from tests.factories.journey import NINE_FORTY, NOW
from tests.factories.locations import AssignmentFactory, LocationFactory
from tests.factories.scheduling import AppointmentFactory, FullDraftFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = pytest.mark.django_db

WAITLIST = "/desk/tasks/waitlist/"


@pytest.fixture
def austin():
    return LocationFactory(name="Austin")


@pytest.fixture
def desk(client, austin):
    client.force_login(AssignmentFactory(location=austin, role=Assignment.Role.FRONT_DESK).user)
    return client


def waiting(*centers, **values):
    return WaitlistFactory(locations=list(centers), **values)


def shown(response):
    return [row.entry for row in response.context["rows"]]


def take_off(client, entry, because="not_reached", query=""):
    return client.post(f"{WAITLIST}{entry.pk}/remove/{query}", {"because": because})


def test_who_waits_the_longest_first(desk, austin):
    late = waiting(austin, created_at=NOW)
    early = waiting(austin, created_at=NOW - dt.timedelta(days=1))
    waiting(austin, status="left", ended_at=NOW)
    waiting(LocationFactory())

    assert shown(desk.get(WAITLIST)) == [early, late]


def test_whoever_could_come_to_several_centers_is_listed_once(client, austin):
    dallas = LocationFactory(name="Dallas")
    entry = waiting(austin, dallas)
    client.force_login(AssignmentFactory(location=None, role=Assignment.Role.ADMINISTRATOR).user)

    assert shown(client.get(WAITLIST)) == [entry]
    assert shown(client.get(f"{WAITLIST}?location={dallas.pk}")) == [entry]
    assert shown(client.get(f"{WAITLIST}?location={LocationFactory().pk}")) == []


def test_what_is_needed_to_call_them(desk, austin):
    draft = FullDraftFactory(starts_at=None, phone="+15125550147", phone_as_typed="512-555-0147 ext. 9")
    suits = {"notice_hours": 48, "weekdays": [5, 6], "parts": ["morning"]}
    waiting(austin, draft=draft, phone="+15125550147", by_call=True, **suits)
    page = desk.get(WAITLIST).content.decode()

    for words in ("Ana Núñez", "Born May 17, 1980", 'href="tel:+15125550147"', "512-555-0147 ext. 9"):
        assert words in page
    for words in ("Likes: phone call, email", draft.exam.display_name, "2 days ahead", "no time yet"):
        assert words in page
    assert "Monday, November 30 to Sunday, December 6<br>Saturday or Sunday, Morning" in page


def test_the_visit_that_stays_booked_meanwhile(desk, austin):
    visit = AppointmentFactory(starts_at=NINE_FORTY)
    waiting(austin, draft=None, appointment=visit)

    page = desk.get(WAITLIST).content.decode()
    assert "Tue, Dec 1, 9:40\xa0am" in page
    assert visit.spoken_code in page


def test_each_page_costs_the_same_however_many_wait(desk, austin):
    counts = []
    for _ in range(3):
        waiting(austin, draft=None, appointment=AppointmentFactory())
        with CaptureQueriesContext(connection) as queries:
            desk.get(WAITLIST)
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_the_desk_takes_somebody_off(desk, austin):
    entry = waiting(austin)

    answer = take_off(desk, entry, query=f"?location={austin.pk}")

    assert (answer.status_code, answer.url) == (303, f"{WAITLIST}?location={austin.pk}")
    assert "Taken off the waitlist." in desk.get(answer.url).content.decode()
    entry.refresh_from_db()
    assert (entry.status, entry.removed_because) == ("removed", "not_reached")
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_kind, event.location_id) == ("waitlist.ended", "staff", austin.pk)
    assert event.after == {"status": "removed", "because": "not_reached"}


@pytest.mark.parametrize("because", ["", "other"])
def test_a_reason_is_needed(desk, austin, because):
    entry = waiting(austin)

    answer = take_off(desk, entry, because)

    assert answer.status_code == 422
    assert f'href="#because-{entry.pk}"' in answer.content.decode()
    assert WaitlistEntry.objects.get().is_active


def test_somebody_who_left_meanwhile(desk, austin):
    entry = waiting(austin, status="left", ended_at=NOW)

    answer = take_off(desk, entry)

    assert answer.status_code == 409
    assert "That person was not waiting any more" in answer.content.decode()
    assert WaitlistEntry.objects.get().status == "left"


def test_nobody_waits(desk, austin):
    assert "Patients who find no time that suits them" in desk.get(WAITLIST).content.decode()
    assert "Show all your locations" in desk.get(f"{WAITLIST}?location={austin.pk}").content.decode()


@pytest.mark.parametrize(("role", "is_linked"), [("front_desk", True), ("technologist", False)])
def test_who_calls_them_has_the_list_beside_the_tasks(client, austin, role, is_linked):
    client.force_login(AssignmentFactory(location=austin, role=role).user)

    assert (f'href="{WAITLIST}"' in client.get("/desk/tasks/").content.decode()) is is_linked
