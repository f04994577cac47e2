"""Zone rules that change after a visit was booked, and servers whose clocks are an hour off.

Covered: what is stored is an instant, so new rules change the words and never the visit. Every action is
told the time by its caller, so a wrong clock can give a held time away too early or keep it too long, and
send a reminder an hour early or late; it can never book a time twice or lose a booking. Not prevented:
machines that disagree by more than a message's lease (five minutes) may both send the one in flight.
"""

import datetime as dt
import zoneinfo
from collections import Counter
from importlib import resources

import pytest
from django.db import connection

from scheduling.actions.booking import confirm_booking
from scheduling.actions.delivery import deliver_due
from scheduling.actions.holds import place_hold
from scheduling.exceptions import SlotTaken
from scheduling.models import Appointment, Message
from scheduling.queries.drafts import digest_of
from scheduling.wall_clock import time_words
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.messages import visits_apart
from tests.factories.scheduling import AppointmentFactory
from tests.invariants import check_calendar

HOUR = dt.timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def new_rules(tmp_path):
    """A time zone database in which Austin stays five hours behind for good, put in use by a call."""
    source = resources.files("tzdata") / "zoneinfo" / "Etc" / "GMT+5"
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "Chicago").write_bytes(source.read_bytes())

    def use():
        zoneinfo.reset_tzpath([tmp_path])
        zoneinfo.ZoneInfo.clear_cache()

    yield use
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


def stored(visit):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (starts_at AT TIME ZONE 'UTC')::text, occupied::text FROM scheduling_appointment "
            "WHERE id = %s",
            [visit.pk],
        )
        return cursor.fetchone()


def hold(draft, now):
    return place_hold(
        draft_id=draft.pk, location_id=draft.location_id, starts_at=NINE_FORTY, now=now, by=PATIENT
    )


def book(draft, now):
    draft.refresh_from_db()
    return confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=now, by=PATIENT)


def test_a_booking_stays_when_the_rules_of_its_zone_change(new_rules):
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam)
    before = stored(visit)
    assert time_words(visit.starts_at, visit.zone) == "9:40\xa0am"

    new_rules()

    again = Appointment.objects.with_place().get(pk=visit.pk)
    assert (again.starts_at, stored(again)) == (NINE_FORTY, before)
    assert time_words(again.starts_at, again.zone) == "10:40\xa0am"
    with pytest.raises(SlotTaken):
        hold(ready_draft(machine, exam), NOW)


def test_a_server_an_hour_ahead_takes_a_held_time_and_still_books_it_once():
    slow, fast = ready_draft(*(world := bookable())), ready_draft(*world)
    first = hold(slow, NOW)

    hold(fast, NOW + HOUR)
    visit = book(fast, NOW + HOUR).visit

    first.refresh_from_db()
    assert first.status == "expired"
    with pytest.raises(SlotTaken):
        book(slow, NOW)
    assert Appointment.objects.get(status="booked") == visit
    check_calendar()


def test_a_server_an_hour_behind_leaves_an_ended_hold_and_books_nothing_twice():
    first, late = ready_draft(*(world := bookable())), ready_draft(*world)
    hold(first, NOW)

    with pytest.raises(SlotTaken):
        hold(late, NOW + 11 * HOUR / 60 - HOUR)

    assert book(first, NOW + 11 * HOUR / 60).is_new
    assert Appointment.objects.filter(status="booked").count() == 1


def test_workers_an_hour_apart_repeat_the_message_in_flight_and_no_other():
    visits_apart(3)
    now = Message.objects.order_by("due_at").values_list("due_at", flat=True)[0]
    sent = []

    def send_slowly(message):
        if not sent:
            sent.append(message.pk)
            deliver_due(send=lambda other: sent.append(other.pk), now=now + HOUR)
        else:
            sent.append(message.pk)

    deliver_due(send=send_slowly, now=now)

    assert sorted(Counter(sent).values()) == [1, 1, 2]
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
