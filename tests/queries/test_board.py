import datetime as dt

import pytest

from scheduling.actions import audit
from scheduling.actions.arrivals import mark_arrived
from scheduling.actions.desk_moves import place_visit
from scheduling.actions.undoing import undo_change
from scheduling.actions.visits import note_export, note_view
from scheduling.models import Appointment, AuditEvent
from scheduling.queries.board import board_version, day_board
from scheduling.queries.history import history_of
from scheduling.rules.actors import Actor
from scheduling.rules.intervals import Interval
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import ClosureFactory, LocationFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, HoldFactory, OfferingFactory, PatientFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 12, 1)
MINUTE = dt.timedelta(minutes=1)


def times(intervals, zone):
    return [
        (one.start.astimezone(zone).strftime("%H:%M"), one.end.astimezone(zone).strftime("%H:%M"))
        for one in intervals
    ]


def test_a_day_with_a_visit_a_hold_and_downtime():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)
    hold = HoldFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + 2 * 60 * MINUTE, created_at=NOW)
    dead = NINE_FORTY + 4 * 60 * MINUTE
    HoldFactory(scanner=machine, exam=exam, starts_at=dead, created_at=NOW - 60 * MINUTE)
    ClosureFactory(
        location=machine.location,
        scanner=machine,
        kind="downtime",
        starts_at=NINE_FORTY + 5 * 60 * MINUTE,
        ends_at=NINE_FORTY + 6 * 60 * MINUTE,
    )
    board = day_board(machine.location, DAY, now=NOW)
    column = board.columns[0]
    assert [one.visit for one in column.visits] == [visit]
    assert list(column.holds) == [hold]
    zone = machine.location.zone
    assert times(column.free, zone) == [
        ("07:00", "09:40"),
        ("10:25", "11:40"),
        ("12:25", "14:40"),
        ("15:40", "19:00"),
    ]
    assert times([board.shown], zone) == [("07:00", "19:00")]


def test_today_only_what_is_ahead_is_free():
    machine, _exam = bookable()
    board = day_board(machine.location, dt.date(2026, 11, 30), now=NOW)
    assert board.columns[0].free[0].start == NOW


def test_free_time_begins_at_a_moment_that_can_still_be_booked():
    machine, _exam = bookable()
    now = NOW + dt.timedelta(minutes=2, seconds=17)
    board = day_board(machine.location, dt.date(2026, 11, 30), now=now)
    assert board.columns[0].free[0].start == NOW + dt.timedelta(minutes=5)


def test_yesterday_has_nothing_free():
    machine, _exam = bookable()
    assert day_board(machine.location, dt.date(2026, 11, 29), now=NOW).columns[0].free == []


def test_canceled_visits_are_listed_apart():
    machine, exam = bookable()
    canceled = AppointmentFactory(
        scanner=machine, exam=exam, starts_at=NINE_FORTY, status="canceled", canceled_at=NOW, canceled_by="x"
    )
    board = day_board(machine.location, DAY, now=NOW)
    assert list(board.canceled) == [canceled]
    assert board.visits == []


def test_a_scanner_out_of_use_is_shown_while_it_has_visits():
    machine, exam = bookable()
    retired = ScannerFactory(location=machine.location, is_active=False)
    empty = ScannerFactory(location=machine.location, is_active=False)
    AppointmentFactory(scanner=retired, exam=exam, starts_at=NINE_FORTY)
    scanners = {column.scanner: column for column in day_board(machine.location, DAY, now=NOW).columns}
    assert retired in scanners
    assert scanners[retired].free == []
    assert empty not in scanners


def test_a_location_without_hours_has_a_plain_day():
    location = LocationFactory()
    board = day_board(location, DAY, now=NOW)
    assert times([board.shown], location.zone) == [("08:00", "17:00")]
    assert board.columns == []


def test_what_is_open_stands_on_the_visit():
    machine, exam = bookable()
    visit = AppointmentFactory(
        scanner=machine, exam=exam, starts_at=NINE_FORTY, interpreter_language="Spanish"
    )
    TaskFactory(kind="review", appointment=visit, location=machine.location)
    TaskFactory(kind="missing_order", appointment=visit, location=machine.location)
    items = day_board(machine.location, DAY, now=NOW).visits[0].items
    assert [(item.topic, item.state, item.level) for item in items] == [
        ("safety", "review", "stop"),
        ("order", "missing", "to_do"),
        ("interpreter", "needed", "good_to_know"),
    ]


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_queries_stays(count, django_assert_num_queries):
    machine, exam = bookable()
    for number in range(count):
        visit = AppointmentFactory(
            scanner=machine,
            exam=exam,
            patient=PatientFactory(given_name=f"N{number}"),
            starts_at=NINE_FORTY + number * 45 * MINUTE,
        )
        TaskFactory(kind="review", appointment=visit, location=machine.location)
    with django_assert_num_queries(11):
        board = day_board(machine.location, DAY, now=NOW)
        assert len(board.visits) == count


def test_every_change_raises_the_version():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)
    before = board_version(machine.location)
    mark_arrived(visit_id=visit.pk, version=visit.version, now=NINE_FORTY, by=Actor.staff(1))
    assert board_version(machine.location) > before
    assert board_version(LocationFactory()) == 0


def test_who_only_looks_leaves_the_version():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)
    before = board_version(machine.location)
    note_view(visit=visit, now=NOW, by=Actor.staff(1))
    note_export(location=machine.location, what="day sheet", day=DAY, now=NOW, by=Actor.staff(1))
    assert AuditEvent.objects.filter(location_id=machine.location_id).count() == 2
    assert board_version(machine.location) == before


def test_a_move_to_another_location_raises_the_version_of_both_and_so_does_its_undoing():
    machine, exam = bookable()
    there = ScannerFactory(location=OpenLocationFactory(slug="there"))
    OfferingFactory(exam=exam, location=there.location)
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY, laterality="left")
    places, by = (machine.location, there.location), Actor.staff(1)
    before = [board_version(place) for place in places]
    visit = place_visit(
        visit_id=visit.pk, scanner_id=there.pk, starts_at=NINE_FORTY, version=visit.version, now=NOW, by=by
    )
    moved = [board_version(place) for place in places]
    assert [was < now for was, now in zip(before, moved, strict=True)] == [True, True]
    assert [row.event for row in history_of(visit) if row.event.startswith("visit.")] == ["visit.moved"]
    undo_change(visit_id=visit.pk, version=visit.version, now=NOW, by=by)
    undone = [board_version(place) for place in places]
    assert [was < now for was, now in zip(moved, undone, strict=True)] == [True, True]


@pytest.mark.parametrize("count", [1, 130])
def test_the_version_rises_with_a_change_that_got_its_key_before_others(count):
    """Whose transaction took long: it is saved after those with higher keys."""
    place = LocationFactory()

    def event(pk):
        happened = audit.unsaved(
            event=AuditEvent.Event.NOTED, subject=None, location_id=place.pk, now=NOW, by=Actor.staff(1)
        )
        happened.pk = pk
        return happened

    AuditEvent.objects.bulk_create([event(10**6 + number) for number in range(0, 2 * count, 2)])
    before = board_version(place)
    AuditEvent.objects.bulk_create([event(10**6 + 2 * count - 3)])
    assert board_version(place) > before


def test_a_no_show_leaves_the_rest_of_its_time_free():
    machine, exam = bookable()
    now = NINE_FORTY + 15 * MINUTE
    AppointmentFactory(
        scanner=machine,
        exam=exam,
        starts_at=NINE_FORTY,
        status=Appointment.Status.NO_SHOW,
        occupied_until=now,
    )
    free = day_board(machine.location, DAY, now=now).columns[0].free
    assert free[0] == Interval(now, NINE_FORTY.replace(hour=1) + dt.timedelta(days=1) - 40 * MINUTE)
