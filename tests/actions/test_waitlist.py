"""Joining, changing and leaving. It is Monday, November 30, 9 am in Austin."""

import datetime as dt
from dataclasses import replace

import pytest

from scheduling.actions import waitlist
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    DraftIncomplete,
    IllegalMove,
    NothingSuits,
    NotWaiting,
)
from scheduling.models import Appointment, AuditEvent, Draft, Message, WaitlistEntry
from scheduling.queries.waitlist import terms_of
from scheduling.rules.day_parts import DayPart
from scheduling.rules.waitlist import Terms, suits
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import OpenLocationFactory, ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import AppointmentFactory, OfferingFactory
from tests.factories.screening import MRI, AnswerSheetFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MONDAY = NOW.date()


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def draft(world):
    return ready_draft(*world, starts_at=None)


@pytest.fixture
def visit(world):
    return AppointmentFactory(
        scanner=world[0], exam=world[1], starts_at=NINE_FORTY + 7 * DAY, laterality="left"
    )


def terms(world, **changed) -> Terms:
    values = {
        "location_ids": frozenset({world[0].location_id}),
        "first_day": MONDAY,
        "last_day": MONDAY + 20 * DAY,
        "weekdays": frozenset(range(5)),
        "parts": frozenset({DayPart.MORNING, DayPart.EVENING}),
        "notice": 6 * HOUR,
    }
    return Terms(**{**values, **changed})


def join(draft, wanted, now=NOW):
    return waitlist.join_for_draft(draft_id=draft.pk, terms=wanted, now=now, by=PATIENT)


def join_visit(visit, wanted, now=NOW):
    return waitlist.join_for_visit(visit_id=visit.pk, terms=wanted, now=now, by=PATIENT)


def events():
    return list(AuditEvent.objects.order_by("pk").values_list("event", "after"))


# --- from the times


def test_a_draft_waits_with_what_it_says_and_nothing_is_asked_twice(world, draft):
    entry = join(draft, terms(world))

    assert (entry.draft, entry.appointment, entry.status) == (draft, None, "active")
    assert (entry.exam, entry.laterality, entry.contrast_answer) == (world[1], "left", "as_ordered")
    assert (entry.full_name, entry.birth_date) == ("Ana Núñez", dt.date(1980, 5, 17))
    assert (entry.by_email, entry.by_call, entry.email, entry.language) == (
        True,
        False,
        "ana@example.com",
        "en",
    )
    assert terms_of(entry) == terms(world)
    assert events() == [("waitlist.joined", {})]


def test_a_mail_says_so_and_helps_until_the_last_day(world, draft):
    entry = join(draft, terms(world))

    message = Message.objects.get()
    assert (message.waitlist_entry, message.kind, message.due_at) == (entry, "waitlist", NOW)
    assert message.drop_after == dt.datetime(2026, 12, 21, 6, tzinfo=dt.UTC)  # midnight in Austin


def test_without_an_email_no_mail_is_written(world, draft):
    Draft.objects.update(by_email=False, by_call=True, phone="+15125550147")

    assert str(join(draft, terms(world)).phone) == "+15125550147"
    assert not Message.objects.exists()


def test_joining_again_changes_what_would_suit_and_sends_nothing_more(world, draft):
    first = join(draft, terms(world))

    again = join(draft, terms(world, notice=24 * HOUR))

    assert again == first
    assert terms_of(again).notice == 24 * HOUR
    assert Message.objects.count() == 1
    assert [event for event, _ in events()] == ["waitlist.joined", "waitlist.changed"]


def test_after_leaving_one_can_join_again(world, draft):
    first = join(draft, terms(world))
    waitlist.leave(entry_id=first.pk, now=NOW, by=PATIENT)

    assert join(draft, terms(world)) != first


@pytest.mark.parametrize(
    "lacks",
    [{"given_name": ""}, {"birth_date": None}, {"by_email": False}, {"birth_date": dt.date(2015, 1, 1)}],
)
def test_whoever_cannot_be_offered_a_time_cannot_wait(world, draft, lacks):
    Draft.objects.update(**lacks)

    with pytest.raises(DraftIncomplete):
        join(draft, terms(world))


def test_a_booked_draft_does_not_wait(world, draft):
    AppointmentFactory(scanner=world[0], exam=world[1], draft=draft)

    with pytest.raises(AlreadyBooked):
        join(draft, terms(world))


def test_whoever_is_set_up_by_phone_does_not_wait_for_a_time_online(world, draft):
    AnswerSheetFactory(
        draft=draft, version=publish_safety(MRI), answers={"fit": ["pacemaker"]}, answered_at=NOW
    )

    with pytest.raises(BookingNotOffered):
        join(draft, terms(world))


def test_only_centers_that_can_do_the_scan_count(world, draft):
    without_scanner = OpenLocationFactory()
    OfferingFactory(exam=world[1], location=without_scanner)
    both = frozenset({world[0].location_id, without_scanner.pk})

    assert list(join(draft, terms(world, location_ids=both)).locations.all()) == [world[0].location]
    with pytest.raises(NothingSuits):
        join(draft, terms(world, location_ids=frozenset({without_scanner.pk})))


def test_days_that_never_come_are_refused(world, draft):
    with pytest.raises(NothingSuits):
        join(draft, terms(world, last_day=MONDAY + DAY, weekdays=frozenset({6})))


# --- from a visit


def test_a_visit_waits_for_something_earlier_only(world, visit):
    entry = join_visit(visit, terms(world))

    assert (entry.appointment, entry.draft, entry.full_name) == (visit, None, "Ana Núñez")
    assert (entry.laterality, entry.email, entry.last_day) == (
        "left",
        "ana@example.com",
        dt.date(2026, 12, 8),
    )
    found = terms_of(entry)
    assert found.before == visit.starts_at
    asked = {"location_id": world[0].location_id, "zone": visit.zone, "now": NOW}
    earlier, later = visit.starts_at - HOUR, visit.starts_at + HOUR
    assert suits(found, starts_at=earlier, arrive_at=earlier, **asked)
    assert not suits(found, starts_at=later, arrive_at=later, **asked)


def test_a_visit_waits_with_what_its_scanner_must_have(world, visit):
    Appointment.objects.update(weight_lb=320, girth_in=60, wide_bore=False, extra_minutes=15)

    entry = join_visit(visit, terms(world))

    assert (entry.weight_lb, entry.girth_in, entry.wide_bore, entry.extra_minutes) == (320, 60, False, 15)


def test_a_visit_joins_once(world, visit):
    assert join_visit(visit, terms(world)) == join_visit(visit, terms(world))


def test_a_visit_that_is_not_ahead_does_not_wait(world, visit):
    with pytest.raises(IllegalMove):
        join_visit(visit, terms(world), now=visit.starts_at + HOUR)


def test_a_canceled_visit_does_not_wait(world, visit):
    Appointment.objects.update(status="canceled", canceled_at=NOW, canceled_by="staff:1")

    with pytest.raises(IllegalMove):
        join_visit(visit, terms(world))


# --- by the link


def test_other_terms(world, draft):
    other = ScannerFactory()
    OfferingFactory(exam=world[1], location=other.location)
    entry = join(draft, terms(world))
    wanted = terms(world, location_ids=frozenset({other.location_id}), first_day=MONDAY + 3 * DAY)

    changed = waitlist.change_terms(entry_id=entry.pk, terms=wanted, now=NOW, by=PATIENT)

    assert terms_of(changed) == wanted
    assert WaitlistEntry.objects.get().full_name == "Ana Núñez"


def test_terms_of_a_visits_entry_end_with_the_visit(world, visit):
    entry = join_visit(visit, terms(world))
    wanted = replace(terms(world), last_day=MONDAY + 30 * DAY)

    changed = waitlist.change_terms(entry_id=entry.pk, terms=wanted, now=NOW, by=PATIENT)

    assert changed.last_day == dt.date(2026, 12, 8)


def test_terms_that_nothing_can_suit_change_nothing(world, draft):
    entry = join(draft, terms(world))

    with pytest.raises(NothingSuits):
        waitlist.change_terms(
            entry_id=entry.pk, terms=terms(world, location_ids=frozenset()), now=NOW, by=PATIENT
        )

    assert terms_of(WaitlistEntry.objects.get()) == terms(world)


def test_an_ended_entry_cannot_be_changed(world):
    entry = WaitlistFactory(status="filled", ended_at=NOW)

    with pytest.raises(NotWaiting):
        waitlist.change_terms(entry_id=entry.pk, terms=terms(world), now=NOW, by=PATIENT)


def test_leaving(world, draft):
    entry = join(draft, terms(world))

    left = waitlist.leave(entry_id=entry.pk, now=NOW + HOUR, by=PATIENT)

    assert (left.status, left.ended_at) == ("left", NOW + HOUR)
    assert events()[-1] == ("waitlist.ended", {"status": "left"})


def test_leaving_twice_is_leaving_once(world, draft):
    entry = join(draft, terms(world))
    waitlist.leave(entry_id=entry.pk, now=NOW, by=PATIENT)

    waitlist.leave(entry_id=entry.pk, now=NOW + HOUR, by=PATIENT)

    assert WaitlistEntry.objects.get().ended_at == NOW
    assert [event for event, _ in events()].count("waitlist.ended") == 1


def test_history_names_nobody(world, draft):
    join(draft, terms(world))

    row = AuditEvent.objects.get()
    assert (row.object_kind, row.location_id) == ("waitlistentry", world[0].location_id)
    assert "Ana" not in str(row.after)
