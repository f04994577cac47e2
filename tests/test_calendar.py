import datetime as dt

import pytest
from icalendar import Calendar

from scheduling.calendar import visit_calendar
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, AppointmentFactory

DAY = "Tuesday\\, December 1\\, 2026\\, 9:40\xa0am CST"
DESCRIPTION = DAY + "\\nPlease arrive by 9:10\xa0am.\\nQuestions? Call (512) 555-0142."

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return AppointmentFactory(scanner__location__name="Lakeside", code="ABCD2345", ical_sequence=2)


def test_a_visit_as_a_calendar_file(visit):
    assert visit_calendar(visit, now=BOOKED_AT).decode().replace("\r\n ", "").splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Alliance//Visits//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "SUMMARY:Appointment\\, Alliance Lakeside",
        "DTSTART:20261201T154000Z",
        "DTEND:20261201T162000Z",
        "DTSTAMP:20261124T160000Z",
        "UID:ABCD2345@alliance.example",
        "SEQUENCE:2",
        "CLASS:PRIVATE",
        f"DESCRIPTION:{DESCRIPTION}",
        "LOCATION:1100 Congress Avenue\\, Austin\\, TX 78701",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_moved_visit_keeps_its_uid_and_a_canceled_one_says_so(visit):
    before = Calendar.from_ical(visit_calendar(visit, now=BOOKED_AT)).walk("VEVENT")[0]
    visit.starts_at, visit.ends_at = STARTS_AT + dt.timedelta(days=1), visit.ends_at + dt.timedelta(days=1)
    visit.ical_sequence, visit.status = 3, "canceled"
    after = Calendar.from_ical(visit_calendar(visit, now=BOOKED_AT)).walk("VEVENT")[0]
    assert (before["UID"], before["SEQUENCE"], before["STATUS"]) == (after["UID"], 2, "CONFIRMED")
    assert (after["SEQUENCE"], after["STATUS"]) == (3, "CANCELLED")
    assert after.decoded("DTSTART") == STARTS_AT + dt.timedelta(days=1)


def test_text_with_commas_and_line_ends_cannot_add_lines(visit):
    visit.scanner.location.name = "Lake, side;\nATTENDEE:mailto:x@example.com"
    lines = visit_calendar(visit, now=BOOKED_AT).decode().replace("\r\n ", "").splitlines()
    assert [line for line in lines if line.startswith("ATTENDEE")] == []
    event = Calendar.from_ical(visit_calendar(visit, now=BOOKED_AT)).walk("VEVENT")[0]
    assert event["SUMMARY"] == "Appointment, Alliance Lake, side;\nATTENDEE:mailto:x@example.com"


@pytest.mark.parametrize(("hour", "words"), [(6, "1:30\xa0am\xa0CDT"), (7, "1:30\xa0am\xa0CST")])
def test_the_hour_that_comes_twice_is_named_once(hour, words):
    visit = AppointmentFactory(starts_at=dt.datetime(2026, 11, 1, hour, 30, tzinfo=dt.UTC))
    event = Calendar.from_ical(visit_calendar(visit, now=BOOKED_AT)).walk("VEVENT")[0]
    assert event["DESCRIPTION"].splitlines()[0] == f"Sunday, November 1, 2026, {words}"
