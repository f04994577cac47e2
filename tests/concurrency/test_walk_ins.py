"""Two desks and one queue, in two real connections."""

import datetime as dt
import threading

import pytest
from django.db import connection

from scheduling.actions.walk_ins import join_queue, leave, take_in
from scheduling.exceptions import BookingError, EditConflict
from scheduling.models import Appointment, WalkIn
from scheduling.rules.actors import Actor
from tests.factories.locations import ScannerFactory
from tests.factories.walk_ins import WalkInDraftFactory, waiting, xray_center

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
NOW = dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC)


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
