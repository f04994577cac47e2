"""The desk moves to any time, and undoes it."""

import datetime as dt

import pytest

from scheduling.actions import messages
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.desk_moves import place_visit
from scheduling.actions.moving import move_visit
from scheduling.actions.undoing import undo_change
from scheduling.exceptions import (
    Clashes,
    EditConflict,
    IllegalMove,
    NotAnOpening,
    NothingToUndo,
    PatientBusy,
    SlotTaken,
)
from scheduling.models import Appointment, AuditEvent, Message, Task
from scheduling.rules.actors import Actor
from scheduling.rules.telling import UNDO_WITHIN, Telling
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable
from tests.factories.locations import ScannerFactory
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.factories.tasks import TaskFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = pytest.mark.django_db

DESK = Actor.staff(7)
MINUTE = dt.timedelta(minutes=1)
TEN = NINE_FORTY + 20 * MINUTE


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY, confirmed_at=NOW)


def place(visit, starts_at=TEN, *, scanner=None, now=NOW, **more):
    visit.refresh_from_db()
    scanner_id = (scanner or visit.scanner).pk
    return place_visit(
        visit_id=visit.pk,
        scanner_id=scanner_id,
        starts_at=starts_at,
        **{"version": visit.version, **more},
        now=now,
        by=DESK,
    )


def undo(visit, *, now=NOW, **more):
    visit.refresh_from_db()
    return undo_change(visit_id=visit.pk, **{"version": visit.version, **more}, now=now, by=DESK)


def mails(visit, **lookups):
    return list(Message.objects.unsent().filter(appointment=visit, **lookups).values_list("kind", "due_at"))


def rival(visit, starts_at, **more):
    return AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        patient=PatientFactory(given_name="Ben"),
        starts_at=starts_at,
        **more,
    )


def test_twenty_minutes_later_over_its_own_time(visit):
    moved = place(visit)
    assert (moved.starts_at, moved.overbooked, moved.confirmed_at) == (TEN, False, None)
    assert moved.ical_sequence == 1
    assert mails(visit, kind="moved") == [("moved", NOW + UNDO_WITHIN)]
    event = AuditEvent.objects.get(event="visit.moved")
    assert event.before["starts_at"] == NINE_FORTY.isoformat()
    assert event.after["starts_at"] == TEN.isoformat()


def test_to_where_it_is_changes_nothing(visit):
    assert place(visit, NINE_FORTY, version=99).version == visit.version
    assert not AuditEvent.objects.exists()


def test_over_another_visit_it_needs_a_reason_and_is_overbooked(visit):
    rival(visit, TEN + 60 * MINUTE)
    with pytest.raises(Clashes) as refused:
        place(visit, TEN + 30 * MINUTE)
    assert [clash.kind for clash in refused.value.clashes] == ["overlap"]
    moved = place(visit, TEN + 30 * MINUTE, reason="Referrer called")
    assert (moved.overbooked, moved.overbook_reason) == (True, "Referrer called")
    assert AuditEvent.objects.get(event="visit.moved").after["reason"] == "Referrer called"


def test_outside_the_hours_it_keeps_the_reason_and_the_constraint(visit):
    late = NINE_FORTY + 10 * 60 * MINUTE
    moved = place(visit, late, reason="Only after work")
    assert (moved.overbooked, moved.overbook_reason) == (False, "Only after work")


def test_back_on_a_free_time_it_is_an_ordinary_visit_again(visit):
    rival(visit, TEN + 60 * MINUTE)
    place(visit, TEN + 30 * MINUTE, reason="Referrer called")
    moved = place(visit, NINE_FORTY, reason="not needed")
    assert (moved.overbooked, moved.overbook_reason) == (False, "")


def test_to_another_location(visit):
    other, _exam = bookable()
    from_here = visit.scanner
    other.location.offerings.update(exam=visit.exam, price=77)
    moved = place(visit, NINE_FORTY, scanner=other)
    assert (moved.scanner, moved.price_shown) == (other, 77)
    assert undo(visit).scanner == from_here


@pytest.mark.parametrize("fault", ["cannot", "over"])
def test_what_is_no_place_or_no_time(visit, fault):
    if fault == "cannot":
        with pytest.raises(NotAnOpening):
            place(visit, scanner=ScannerFactory(location=visit.location, modality="CT"))
        return
    with pytest.raises(NotAnOpening):
        place(visit, NOW - 16 * MINUTE)


def test_refusals(visit):
    with pytest.raises(EditConflict):
        place(visit, version=9)
    Appointment.objects.filter(pk=visit.pk).update(status="done")
    with pytest.raises(IllegalMove):
        place(visit)


def test_who_is_here_is_moved_too_and_has_come(visit):
    came = NINE_FORTY - 20 * MINUTE
    Appointment.objects.filter(pk=visit.pk).update(status="arrived", arrived_at=came)
    moved = place(visit, now=came)
    assert (moved.status, moved.confirmed_at) == ("arrived", NOW)


def test_who_is_here_and_moved_to_another_day_has_yet_to_come(visit):
    came = NINE_FORTY - 20 * MINUTE
    Appointment.objects.filter(pk=visit.pk).update(status="arrived", arrived_at=came)
    moved = place(visit, TEN + dt.timedelta(days=1), now=came)
    assert (moved.status, moved.arrived_at, moved.confirmed_at) == ("booked", None, None)


def test_over_another_visit_of_the_same_patient(visit):
    other = ScannerFactory(location=visit.location)
    AppointmentFactory(scanner=other, exam=visit.exam, patient=visit.patient, starts_at=TEN + 60 * MINUTE)
    with pytest.raises(PatientBusy):
        place(visit, TEN + 60 * MINUTE)
    assert place(visit, TEN + 60 * MINUTE, reason="Both at once").overlap_reason == "Both at once"


def test_i_will_call_leaves_a_task_instead_of_a_message(visit):
    place(visit, TEN + dt.timedelta(days=2), tell=Telling.CALL)
    assert mails(visit, kind="moved") == []
    assert Task.objects.open().get(appointment=visit).reason == "Call to say the visit has a new time"
    assert mails(visit) != []  # the reminders are of the new time


def test_undoing_a_move_brings_the_older_call_back(visit):
    Appointment.objects.filter(pk=visit.pk).update(by_email=False, by_call=True, phone="+15125550147")
    visit.refresh_from_db()
    messages.follow_booking(appointment=visit, now=NOW - MINUTE, by=DESK)
    moved = place(visit, TEN + dt.timedelta(days=2), tell=Telling.CALL)
    assert Task.objects.open().get().reason == "Call to say the visit has a new time"
    undo_change(visit_id=visit.pk, version=moved.version, now=NOW + MINUTE, by=DESK)
    assert Task.objects.open().get().reason == "Call to confirm: no email"


def test_nobody_is_told(visit):
    place(visit, tell=Telling.NOBODY)
    assert mails(visit, kind="moved") == []
    assert not Task.objects.open().filter(kind="not_delivered").exists()


def test_the_history_says_that_nobody_was_told(visit):
    place(visit, tell=Telling.NOBODY)
    assert AuditEvent.objects.get(event="visit.moved").after["told"] is False


def test_without_email_a_call_is_on_the_list_and_gone_when_undone(visit):
    Appointment.objects.filter(pk=visit.pk).update(by_email=False, email="")
    place(visit, tell=Telling.NOBODY)
    assert not Task.objects.open().exists()
    place(visit, NINE_FORTY + 60 * MINUTE)
    assert Task.objects.open().get().kind == "not_delivered"
    undo(visit)
    assert not Task.objects.open().exists()


# ---- undo


def test_a_move_is_undone_with_its_message(visit):
    MessageFactory(appointment=visit, kind="confirmation", status="sent", sent_at=NOW)
    place(visit, reason="", tell=Telling.MESSAGE)
    back = undo(visit, now=NOW + UNDO_WITHIN)
    assert (back.starts_at, back.confirmed_at, back.overbooked) == (NINE_FORTY, NOW, False)
    assert mails(visit, kind__in=["moved", "confirmation"]) == []
    assert {kind for kind, _due in mails(visit)} <= {"reminder_72h", "reminder_24h"}
    assert AuditEvent.objects.filter(event="visit.change_undone").count() == 1


def test_undoing_a_move_brings_back_why_the_patient_is_in_two_places(visit):
    AppointmentFactory(patient=visit.patient, exam=visit.exam, starts_at=TEN + 60 * MINUTE)
    place(visit, TEN + 60 * MINUTE, reason="Both at once")
    assert place(visit, TEN + 20 * MINUTE, now=NOW + MINUTE).overlap_reason == ""
    assert undo(visit, now=NOW + MINUTE).overlap_reason == "Both at once"


def test_what_had_not_been_announced_is_announced_after_an_undo(visit):
    MessageFactory(appointment=visit, kind="confirmation", due_at=NOW)
    place(visit)
    undo(visit)
    assert [kind for kind, _due in mails(visit, kind__in=["moved", "confirmation"])] == ["confirmation"]


def test_after_two_minutes_it_is_too_late(visit):
    place(visit)
    with pytest.raises(NothingToUndo):
        undo(visit, now=NOW + UNDO_WITHIN + MINUTE / 60)


def test_only_the_last_change_by_staff_is_undone(visit):
    with pytest.raises(NothingToUndo):
        undo(visit)
    place(visit)
    visit.refresh_from_db()
    move_visit(
        visit_id=visit.pk,
        location_id=visit.location.pk,
        starts_at=NINE_FORTY + 60 * MINUTE,
        version=visit.version,
        now=NOW,
        by=PATIENT,
    )
    with pytest.raises(NothingToUndo):
        undo(visit)


def test_an_undo_is_not_undone(visit):
    place(visit)
    undo(visit)
    with pytest.raises(NothingToUndo):
        undo(visit)


def test_somebody_has_the_old_time(visit):
    place(visit, NINE_FORTY + 120 * MINUTE)
    rival(visit, NINE_FORTY)
    with pytest.raises(SlotTaken):
        undo(visit)
    with pytest.raises(EditConflict):
        undo(visit, version=99)


def test_a_cancel_is_undone_with_what_it_ended(visit):
    TaskFactory(kind="missing_order", appointment=visit, location=visit.location)
    waiting = WaitlistFactory(draft=None, appointment=visit)
    cancel_visit(
        visit_id=visit.pk, reason="Wrong patient", asked_by="center", version=visit.version, now=NOW, by=DESK
    )
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_asked_by) == ("canceled", "center")
    assert mails(visit) == [("canceled", NOW + UNDO_WITHIN)]
    back = undo(visit)
    assert (back.status, back.cancel_asked_by, back.starts_at) == ("booked", "", NINE_FORTY)
    assert mails(visit, kind="canceled") == []
    assert [task.kind for task in Task.objects.open()] == ["missing_order"]
    waiting.refresh_from_db()
    assert waiting.status == "active"


def test_a_canceled_overbook_is_overbooked_again(visit):
    rival(visit, TEN + 60 * MINUTE)
    place(visit, TEN + 30 * MINUTE, reason="Urgent")
    visit.refresh_from_db()
    cancel_visit(visit_id=visit.pk, reason="x", now=NOW, by=DESK)
    assert undo(visit).overbooked is True


def test_a_cancel_from_an_old_page_is_refused(visit):
    with pytest.raises(EditConflict):
        cancel_visit(visit_id=visit.pk, reason="x", version=9, now=NOW, by=DESK)
