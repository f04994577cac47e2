"""Two desks and one queue, or one pair that changes places, in two real connections."""

import datetime as dt
import threading

import pytest
from django.db import connection

from scheduling.actions.moving import move_visit
from scheduling.actions.swapping import swap_visits
from scheduling.actions.walk_ins import join_queue, leave, take_in
from scheduling.exceptions import BookingError, EditConflict
from scheduling.models import Appointment, WalkIn
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, PATIENT, bookable
from tests.factories.locations import ScannerFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.factories.walk_ins import WalkInDraftFactory, waiting, xray_center

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
NOW = dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def at_once(*works):
    """What each answered or was refused with, in order."""
    ready, said = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        ready.wait()
        try:
            said[number] = work()
        except BookingError as refusal:
            said[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def entering(walk_in, room, user):
    return lambda: take_in(
        walk_in_id=walk_in.pk, scanner_id=room.pk, version=walk_in.version, now=NOW, by=Actor.staff(user)
    )


def test_two_desks_take_the_same_walk_in_into_two_rooms_and_one_is_told():
    room = xray_center()
    other = ScannerFactory(location=room.location, modality="XR", name="X-ray 2")
    walk_in = waiting(room, NOW)
    said = at_once(entering(walk_in, room, 1), entering(walk_in, other, 2))
    assert sorted(type(one) for one in said if isinstance(one, BookingError)) == [EditConflict]
    assert Appointment.objects.filter(status="arrived").count() == 1
    assert Appointment.objects.exclude(status="arrived").count() == 0


def test_two_desks_take_the_same_walk_in_into_one_room_and_both_are_answered():
    room = xray_center()
    walk_in = waiting(room, NOW)
    said = at_once(entering(walk_in, room, 1), entering(walk_in, room, 2))
    assert {one.pk for one in said} == {Appointment.objects.get().pk}


def test_two_walk_ins_are_taken_into_one_room_and_one_is_told():
    room = xray_center()
    one, other = waiting(room, NOW), waiting(room, NOW, "Bo")
    said = at_once(entering(one, room, 1), entering(other, room, 2))
    assert [type(each).__name__ for each in said].count("Clashes") == 1
    assert sorted(WalkIn.objects.values_list("status", flat=True)) == ["taken_in", "waiting"]


def test_taken_in_while_another_desk_takes_them_off_the_queue():
    room = xray_center()
    walk_in = waiting(room, NOW)
    by = Actor.staff(2)
    gone = lambda: leave(walk_in_id=walk_in.pk, version=0, because="tired", now=NOW, by=by)  # noqa: E731
    said = at_once(entering(walk_in, room, 1), gone)
    assert sum(isinstance(one, EditConflict) for one in said) == 1
    walk_in.refresh_from_db()
    assert (walk_in.status == "taken_in") == Appointment.objects.filter(status="arrived").exists()


def test_pressed_twice_at_once_there_is_one_place():
    room = xray_center()
    draft = WalkInDraftFactory(desk=room.location, exam=room.exam)
    user = draft.started_by
    join = lambda: join_queue(draft_id=draft.pk, user=user, now=NOW, by=Actor.staff(user.pk))  # noqa: E731
    said = at_once(join, join)
    assert {one.pk for one in said} == {WalkIn.objects.get().pk}


def test_a_swap_against_the_patients_own_move():
    """One of them is told; nobody is on a scanner with somebody else."""
    machine, exam = bookable()
    one = AppointmentFactory(scanner=machine, exam=exam, laterality="left", starts_at=NINE_FORTY)
    other = AppointmentFactory(
        scanner=machine,
        exam=exam,
        laterality="left",
        starts_at=NINE_FORTY + HOUR,
        patient=PatientFactory(given_name="Bo"),
    )
    clock = NINE_FORTY - 24 * HOUR

    def swap():
        versions = {one.pk: 0, other.pk: 0}
        return swap_visits(
            visit_id=one.pk, other_id=other.pk, versions=versions, now=clock, by=Actor.staff(1)
        )

    def move():
        return move_visit(
            visit_id=other.pk,
            location_id=machine.location_id,
            starts_at=NINE_FORTY + 3 * HOUR,
            version=0,
            now=clock,
            by=PATIENT,
        )

    said = at_once(swap, move)
    assert [type(each) for each in said if isinstance(each, BookingError)] == [EditConflict]
    starts = dict(Appointment.objects.values_list("pk", "starts_at"))
    swapped = {one.pk: NINE_FORTY + HOUR, other.pk: NINE_FORTY}
    moved = {one.pk: NINE_FORTY, other.pk: NINE_FORTY + 3 * HOUR}
    assert starts == (moved if isinstance(said[0], EditConflict) else swapped)
    assert not Appointment.objects.filter(overbooked=True).exists()


def test_two_desks_swap_the_same_two_in_both_orders():
    machine, exam = bookable()
    one, other = (
        AppointmentFactory(
            scanner=machine,
            exam=exam,
            laterality="left",
            starts_at=NINE_FORTY + number * HOUR,
            patient=PatientFactory(given_name=f"Bo {number}"),
        )
        for number in range(2)
    )

    def swapping(first, second):
        return lambda: swap_visits(
            visit_id=first.pk,
            other_id=second.pk,
            versions={first.pk: 0, second.pk: 0},
            now=NINE_FORTY - HOUR,
            by=Actor.staff(1),
        )

    said = at_once(swapping(one, other), swapping(other, one))
    assert sum(isinstance(each, EditConflict) for each in said) == 1
    starts = dict(Appointment.objects.values_list("pk", "starts_at"))
    assert starts == {one.pk: NINE_FORTY + HOUR, other.pk: NINE_FORTY}
