"""Capacity follows the machines, and what the desk adds keeps the public away."""

import datetime as dt

import pytest

from scheduling.actions.holds import place_hold
from scheduling.exceptions import NotAnOpening, SlotTaken
from scheduling.models import Appointment
from scheduling.queries.openings import Wish, find_openings
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ClosureFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory, OfferingFactory

DAY = dt.date(2026, 12, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    """Two MRI and one CT scanner, with an exam for each kind."""
    magnet, knee = bookable()
    second = ScannerFactory(location=magnet.location)
    ct = ScannerFactory(location=magnet.location, modality="CT", dicom_modality="CT")
    head = ExamFactory(modality="CT", name="Head CT", minutes=20)
    OfferingFactory(exam=head, location=magnet.location)
    return magnet, second, ct, knee, head


def times(exam, location_id):
    found = find_openings(
        wish=Wish(exam_id=exam.pk),
        location_id=location_id,
        first=DAY,
        last=DAY,
        now=NOW,
        avoid_stranding=False,
    )
    return {one.starts_at for one in found}


def hold(exam, location, visitor):
    draft = ready_draft_of(exam, location, visitor)
    return place_hold(draft_id=draft.pk, location_id=location.pk, starts_at=NINE_FORTY, now=NOW, by=PATIENT)


def ready_draft_of(exam, location, visitor):
    machine = location.scanners.first()
    return ready_draft(machine, exam, laterality="", visitor=visitor)


def test_each_kind_has_as_many_places_as_machines(center):
    magnet, second, ct, knee, head = center
    location = magnet.location

    assert {hold(knee, location, "a").scanner, hold(knee, location, "b").scanner} == {magnet, second}
    assert hold(head, location, "c").scanner == ct
    for exam in (knee, head):
        with pytest.raises(SlotTaken):
            hold(exam, location, "d")


@pytest.mark.parametrize("how", ["switched off", "closed for service"])
def test_one_magnet_down_leaves_one_place(center, how):
    magnet, second, _ct, knee, head = center
    location = magnet.location
    if how == "switched off":
        magnet.is_active = False
        magnet.save()
    else:
        ClosureFactory(
            location=location,
            scanner=magnet,
            kind="downtime",
            starts_at=NINE_FORTY - dt.timedelta(hours=12),
            ends_at=NINE_FORTY + dt.timedelta(hours=12),
        )

    assert hold(knee, location, "a").scanner == second
    with pytest.raises(SlotTaken):
        hold(knee, location, "b")
    assert NINE_FORTY not in times(knee, location.pk)
    assert NINE_FORTY in times(head, location.pk)


def test_all_magnets_down_leaves_the_other_kind(center):
    magnet, second, _ct, knee, head = center
    for scanner in (magnet, second):
        scanner.is_active = False
        scanner.save()

    with pytest.raises(NotAnOpening):
        hold(knee, magnet.location, "a")
    assert times(knee, magnet.location_id) == set()
    assert NINE_FORTY in times(head, magnet.location_id)


def test_an_overbooked_visit_is_busy_for_the_public(center):
    """Both visits of the desk stand on one scanner; a third on the other one: no place is left."""
    magnet, second, _ct, knee, _head = center
    AppointmentFactory(scanner=magnet, exam=knee)
    AppointmentFactory(scanner=magnet, exam=knee, overbooked=True, overbook_reason="Stroke work-up")
    AppointmentFactory(scanner=second, exam=knee, overbooked=True, overbook_reason="Stroke work-up")

    assert NINE_FORTY not in times(knee, magnet.location_id)
    with pytest.raises(SlotTaken):
        hold(knee, magnet.location, "a")
    assert Appointment.objects.filter(starts_at=NINE_FORTY).count() == 3


def test_shorter_hours_lose_no_booking(center):
    """Closing at four instead of seven: three visits after four stay, and nothing new is offered there."""
    magnet, _second, _ct, knee, _head = center
    five = dt.datetime(2026, 12, 1, 23, tzinfo=dt.UTC)
    late = [
        AppointmentFactory(scanner=magnet, exam=knee, starts_at=five + n * dt.timedelta(minutes=45))
        for n in range(-1, 2)
    ]

    magnet.location.opening_hours.update(closes=16 * 60)

    assert list(Appointment.objects.filter(status="booked").order_by("starts_at")) == late
    assert max(times(knee, magnet.location_id)) == dt.datetime(2026, 12, 1, 21, 20, tzinfo=dt.UTC)
