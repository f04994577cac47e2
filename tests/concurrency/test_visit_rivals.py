"""One visit, two hands: moved while someone books its new time, taken back while someone books its old one,
moved from two windows, and a move whose connection is killed half way. Real connections, real locks."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections, transaction

from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit, take_back
from scheduling.actions.holds import lock_scanners
from scheduling.actions.moving import move_visit
from scheduling.exceptions import BookingError, EditConflict, SlotTaken
from scheduling.models import Appointment, AuditEvent, Draft, Message
from scheduling.queries.drafts import digest_of
from tests.concurrency.test_small_races import in_thread
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory
from tests.invariants import check_calendar

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
LATER = NINE_FORTY + dt.timedelta(hours=2)
LATER_STILL = NINE_FORTY + dt.timedelta(hours=4)


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam)


def move(visit, starts_at=LATER):
    return move_visit(
        visit_id=visit.pk,
        location_id=visit.scanner.location_id,
        starts_at=starts_at,
        version=visit.version,
        now=NOW,
        by=PATIENT,
    )


def book(draft: Draft) -> None:
    draft = Draft.objects.get(pk=draft.pk)
    confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT)


def at_once(*works: Callable[[], object]) -> list[BookingError | None]:
    """What each met. The scanners are held until all stand before them, so that they surely meet."""
    met: list[BookingError | None] = [None] * len(works)

    def run(number: int) -> None:
        try:
            works[number]()
        except BookingError as refusal:
            met[number] = refusal

    with transaction.atomic():
        lock_scanners(Appointment.objects.values_list("scanner_id", flat=True))
        threads = [in_thread(lambda number=number: run(number)) for number in range(len(works))]
        for thread in threads:
            thread.join(0.3)
            assert thread.is_alive(), "it did not wait"
    for thread in threads:
        thread.join()
    check_calendar()
    return met


@pytest.mark.parametrize("first", ["move", "book"])
def test_a_move_against_a_booking_of_the_same_time(visit, first):
    draft = ready_draft(visit.scanner, visit.exam, starts_at=LATER, given_name="Ben")
    works = [lambda: move(visit), lambda: book(draft)]
    met = at_once(*(works if first == "move" else reversed(works)))

    assert sorted(type(refusal).__name__ for refusal in met) == ["NoneType", "SlotTaken"]
    visit.refresh_from_db()
    booked = Appointment.objects.filter(status="booked", starts_at=LATER).get()
    assert (visit.starts_at == LATER) == (booked == visit)
    assert visit.starts_at in (NINE_FORTY, LATER)


@pytest.mark.parametrize("first", ["take back", "book"])
def test_taking_back_against_a_booking_of_the_freed_time(visit, first):
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)
    draft = ready_draft(visit.scanner, visit.exam, given_name="Ben")
    works = [lambda: take_back(visit_id=visit.pk, now=NOW, by=PATIENT), lambda: book(draft)]
    met = at_once(*(works if first == "take back" else reversed(works)))

    assert sorted(type(refusal).__name__ for refusal in met) == ["NoneType", "SlotTaken"]
    visit.refresh_from_db()
    booked = Appointment.objects.filter(status="booked").get()
    assert (visit.status == "booked") == (booked == visit)


def test_two_moves_to_one_time_are_one_move(visit):
    """A double press in two threads: both land on the same answer."""
    assert at_once(lambda: move(visit), lambda: move(visit)) == [None, None]

    visit.refresh_from_db()
    assert (visit.starts_at, visit.ical_sequence) == (LATER, 1)
    assert AuditEvent.objects.filter(event="visit.moved").count() == 1
    assert Message.objects.filter(kind="moved").count() == 1


def test_two_moves_to_two_times_are_one_move_and_a_conflict(visit):
    met = at_once(lambda: move(visit), lambda: move(visit, LATER_STILL))

    assert {type(refusal) for refusal in met} == {type(None), EditConflict}
    visit.refresh_from_db()
    assert visit.starts_at == (LATER_STILL if met[0] else LATER)
    assert visit.ical_sequence == 1


def test_two_visits_that_want_one_time(visit):
    other = AppointmentFactory(
        scanner=visit.scanner, exam=visit.exam, patient__given_name="Ben", starts_at=LATER_STILL
    )
    met = at_once(lambda: move(visit), lambda: move(other))

    assert {type(refusal) for refusal in met} == {type(None), SlotTaken}
    assert Appointment.objects.filter(starts_at=LATER).count() == 1


def test_two_that_take_back_at_once_take_back_once(visit):
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT)
    again = [lambda: take_back(visit_id=visit.pk, now=NOW, by=PATIENT)] * 2

    assert at_once(*again) == [None, None]
    assert AuditEvent.objects.filter(event="visit.taken_back").count() == 1
    assert Message.objects.filter(kind="taken_back").count() == 1


def everything() -> list[object]:
    tables = (Appointment, AuditEvent, Message)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_a_move_that_is_killed_half_way_keeps_the_old_time(visit):
    """Its row is written and its messages are not, when its connection dies."""
    before, faults, pids = everything(), [], []
    outbox_is_locked, killed = threading.Event(), threading.Event()

    def keep_the_outbox_busy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE scheduling_message IN ACCESS EXCLUSIVE MODE")
            outbox_is_locked.set()
            killed.wait(20)

    def move_and_die() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        try:
            move(visit)
        except OperationalError as fault:
            faults.append(fault)

    busy = in_thread(keep_the_outbox_busy)
    assert outbox_is_locked.wait(20)
    moving = in_thread(move_and_die)
    moving.join(0.5)
    assert moving.is_alive()
    with connection.cursor() as cursor:
        cursor.execute("SELECT query, wait_event_type FROM pg_stat_activity WHERE pid = %s", pids)
        query, waits_for = cursor.fetchone()
        assert (waits_for, "scheduling_message" in query) == ("Lock", True), "it is not half way"
        cursor.execute("SELECT pg_terminate_backend(%s)", pids)
    killed.set()
    moving.join()
    busy.join()
    connections.close_all()

    assert len(faults) == 1
    assert everything() == before
    assert move(visit).starts_at == LATER
