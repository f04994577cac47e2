"""The constraint has the last word: rows that came in past the locks, by an import or a shell, are
refused in the same words as a lost race."""

import datetime as dt

import pytest
from django.db import IntegrityError

from scheduling.actions import booking, holds, placing
from scheduling.exceptions import PatientBusy, SlotTaken
from scheduling.queries.openings import Opening
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = pytest.mark.django_db
LATER = NINE_FORTY + dt.timedelta(minutes=120)


@pytest.fixture
def world():
    return bookable()


def test_hold_on_a_time_that_was_just_written(world):
    machine, exam = world
    AppointmentFactory(scanner=machine, exam=exam)
    opening = Opening(NINE_FORTY, machine.location_id, machine.pk, 40, 5, 30)

    with pytest.raises(SlotTaken):
        holds.insert_hold(ready_draft(machine, exam), opening, now=NOW, by=PATIENT)


def test_move_onto_a_time_that_was_just_written(world):
    machine, exam = world
    AppointmentFactory(scanner=machine, exam=exam)
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=LATER, patient__given_name="Ben")
    moved_by = visit.starts_at - NINE_FORTY
    visit.starts_at, visit.ends_at = visit.starts_at - moved_by, visit.ends_at - moved_by
    visit.occupied_until, visit.arrive_at = visit.occupied_until - moved_by, visit.arrive_at - moved_by

    with pytest.raises(SlotTaken):
        placing.save_on_calendar(visit)


def test_booking_for_someone_who_was_just_booked_elsewhere(world):
    machine, exam = world
    hold = holds.place_hold(
        draft_id=ready_draft(machine, exam).pk,
        location_id=machine.location_id,
        starts_at=NINE_FORTY,
        now=NOW,
        by=PATIENT,
    )
    AppointmentFactory(scanner=bookable()[0], exam=exam, patient=PatientFactory())

    with pytest.raises(PatientBusy):
        booking._write_visit(hold, hold.draft, "", now=NOW, by=PATIENT)


def test_other_broken_rules_are_faults_and_no_lost_race(world, monkeypatch):
    """A refusal must not hide what is a mistake of ours."""
    machine, exam = world
    other = AppointmentFactory(scanner=machine, exam=exam, starts_at=LATER, patient__given_name="Ben")
    opening = Opening(NINE_FORTY, machine.location_id, machine.pk, 0, 5, 30)
    with pytest.raises(IntegrityError, match="appointment_ends_after_start"):
        holds.insert_hold(ready_draft(machine, exam), opening, now=NOW, by=PATIENT)

    other.arrive_at = other.starts_at + dt.timedelta(minutes=1)
    with pytest.raises(IntegrityError, match="appointment_arrive_before_start"):
        placing.save_on_calendar(other)

    draft = ready_draft(machine, exam)
    hold = holds.place_hold(
        draft_id=draft.pk, location_id=machine.location_id, starts_at=NINE_FORTY, now=NOW, by=PATIENT
    )
    monkeypatch.setattr(booking.codes, "new_code", lambda: other.code)
    with pytest.raises(IntegrityError, match="appointment_code_unique"):
        booking._write_visit(hold, draft, "", now=NOW, by=PATIENT)
