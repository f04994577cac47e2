import datetime as dt

import pytest

from scheduling.actions import holds
from scheduling.exceptions import AlreadyBooked, NoMoreExtensions, NotAnOpening, SlotTaken
from scheduling.models import Appointment, AuditEvent
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ClosureFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory

MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return bookable()


def hold(draft, *, starts_at=NINE_FORTY, now=NOW, location_id=None):
    return holds.place_hold(
        draft_id=draft.pk,
        location_id=location_id or draft.location_id,
        starts_at=starts_at,
        now=now,
        by=PATIENT,
    )


def test_hold_keeps_the_time_with_turnover_for_ten_minutes(world):
    machine, exam = world

    held = hold(ready_draft(machine, exam))

    assert held.status == Appointment.Status.HELD
    assert held.scanner == machine
    assert (held.starts_at, held.ends_at) == (NINE_FORTY, NINE_FORTY + 40 * MINUTE)
    assert held.occupied_until == NINE_FORTY + 45 * MINUTE
    assert held.held_until == NOW + 10 * MINUTE
    assert AuditEvent.objects.get().event == AuditEvent.Event.HOLD_PLACED


def test_hold_writes_place_and_time_to_the_draft(world):
    machine, exam = world
    draft = ready_draft(machine, exam, starts_at=None)

    hold(draft)

    draft.refresh_from_db()
    assert (draft.location_id, draft.starts_at) == (machine.location_id, NINE_FORTY)


def test_second_visitor_is_told_that_the_time_is_taken(world):
    hold(ready_draft(*world))

    with pytest.raises(SlotTaken):
        hold(ready_draft(*world))


def test_double_submit_of_a_time_is_one_hold(world):
    draft = ready_draft(*world)

    first, second = hold(draft), hold(draft, now=NOW + MINUTE)

    assert first == second
    assert Appointment.objects.count() == 1


def test_expired_hold_frees_the_time_for_others(world):
    first = hold(ready_draft(*world))

    second = hold(ready_draft(*world), now=NOW + 10 * MINUTE)

    first.refresh_from_db()
    assert first.status == Appointment.Status.EXPIRED
    assert second.status == Appointment.Status.HELD


def test_another_time_frees_the_first(world):
    draft = ready_draft(*world)
    first = hold(draft)

    second = hold(draft, starts_at=NINE_FORTY + 60 * MINUTE)

    first.refresh_from_db()
    assert first.status == Appointment.Status.EXPIRED
    assert second.starts_at == NINE_FORTY + 60 * MINUTE


def test_hold_of_a_time_that_overlaps_the_own_hold(world):
    draft = ready_draft(*world)
    hold(draft)

    moved = hold(draft, starts_at=NINE_FORTY + 10 * MINUTE)

    assert moved.starts_at == NINE_FORTY + 10 * MINUTE
    assert Appointment.objects.filter(status="held").count() == 1


def test_one_hold_per_visitor_over_all_drafts(world):
    first = ready_draft(*world, visitor="one")
    second = ready_draft(*world, visitor="one")
    hold(first)

    hold(second, starts_at=NINE_FORTY + 60 * MINUTE)

    assert Appointment.objects.get(status="held").draft == second


def test_changed_side_takes_the_longer_time(world):
    machine, exam = world
    draft = ready_draft(machine, exam)
    hold(draft)
    draft.laterality = "both"
    draft.save()

    held = hold(draft)

    assert held.ends_at == NINE_FORTY + 75 * MINUTE


@pytest.mark.parametrize(
    "starts_at",
    [
        pytest.param(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), id="3 am"),
        pytest.param(dt.datetime(2026, 12, 1, 15, 7, tzinfo=dt.UTC), id="09:07"),
        pytest.param(NOW - 60 * MINUTE, id="past"),
        pytest.param(NOW + 60 * MINUTE, id="inside the minimum notice"),
        pytest.param(dt.datetime(2027, 6, 1, 15, tzinfo=dt.UTC), id="beyond the horizon"),
        pytest.param(dt.datetime(2026, 12, 2, 0, 30, tzinfo=dt.UTC), id="ends after closing"),
    ],
)
def test_time_that_was_never_offered_is_refused(world, starts_at):
    with pytest.raises(NotAnOpening):
        hold(ready_draft(*world), starts_at=starts_at)

    assert Appointment.objects.count() == 0


def test_closed_day_is_refused(world):
    machine, exam = world
    ClosureFactory(
        location=machine.location, starts_at=NINE_FORTY - 300 * MINUTE, ends_at=NINE_FORTY + 300 * MINUTE
    )

    with pytest.raises(NotAnOpening):
        hold(ready_draft(machine, exam))


def test_location_without_the_exam_is_refused(world):
    other = ScannerFactory()

    with pytest.raises(NotAnOpening):
        hold(ready_draft(*world), location_id=other.location_id)


def test_booked_draft_holds_nothing_more(world):
    machine, exam = world
    draft = ready_draft(machine, exam)
    AppointmentFactory(scanner=machine, exam=exam, draft=draft)

    with pytest.raises(AlreadyBooked):
        hold(draft, starts_at=NINE_FORTY + 60 * MINUTE)


def test_least_capable_scanner_is_taken_first(world):
    machine, exam = world
    machine.has_contrast = True
    machine.save()
    plain = ScannerFactory(location=machine.location, has_contrast=False)

    assert hold(ready_draft(machine, exam)).scanner == plain
    assert hold(ready_draft(machine, exam)).scanner == machine


def test_extending_ten_times_and_not_eleven(world):
    draft = ready_draft(*world)
    hold(draft)
    now = NOW
    for _ in range(10):
        now += 9 * MINUTE
        extended = holds.extend_hold(draft_id=draft.pk, now=now, by=PATIENT)
        assert extended.held_until == now + 10 * MINUTE

    with pytest.raises(NoMoreExtensions):
        holds.extend_hold(draft_id=draft.pk, now=now, by=PATIENT)


def test_extending_an_ended_hold_gives_none(world):
    draft = ready_draft(*world)
    hold(draft)

    assert holds.extend_hold(draft_id=draft.pk, now=NOW + 11 * MINUTE, by=PATIENT) is None


def test_each_page_renews_but_not_for_ever(world):
    draft = ready_draft(*world)
    first = hold(draft)

    renewed = holds.renew_hold(draft_id=draft.pk, now=NOW + 5 * MINUTE)
    assert renewed.held_until == NOW + 15 * MINUTE

    now = NOW + 5 * MINUTE
    while now < NOW + 109 * MINUTE:
        now += 8 * MINUTE
        renewed = holds.renew_hold(draft_id=draft.pk, now=now) or renewed
    assert renewed.held_until == first.created_at + 110 * MINUTE


def test_renewing_without_a_hold_does_nothing(world):
    assert holds.renew_hold(draft_id=ready_draft(*world).pk, now=NOW) is None


def test_releasing_frees_the_time(world):
    draft = ready_draft(*world)
    hold(draft)

    holds.release_hold(draft_id=draft.pk, now=NOW, by=PATIENT)
    holds.release_hold(draft_id=draft.pk, now=NOW, by=PATIENT)

    assert hold(ready_draft(*world)).status == Appointment.Status.HELD


def test_sweep_ends_dead_holds_only(world):
    machine, exam = world
    dead = hold(ready_draft(machine, exam))
    live = hold(ready_draft(machine, exam), starts_at=NINE_FORTY + 60 * MINUTE, now=NOW + 5 * MINUTE)

    assert holds.expire_dead_holds(now=NOW + 11 * MINUTE) == 1

    dead.refresh_from_db()
    live.refresh_from_db()
    assert (dead.status, live.status) == (Appointment.Status.EXPIRED, Appointment.Status.HELD)


def test_live_hold_survives_the_minimum_notice_passing(world):
    """Held 2 h 5 min ahead with 2 h notice; five minutes later it is still the patient's."""
    draft = ready_draft(*world)
    soon = dt.datetime(2026, 11, 30, 17, 5, tzinfo=dt.UTC)
    held = hold(draft, starts_at=soon)

    again = hold(draft, starts_at=soon, now=NOW + 6 * MINUTE)

    assert again == held


def test_hold_never_outlives_the_start(world):
    """With half an hour of notice, a hold that pages keep renewing ends when the scan would begin."""
    machine, exam = world
    machine.location.minimum_notice_minutes = 30
    machine.location.save()
    draft = ready_draft(machine, exam)
    almost = NINE_FORTY - 35 * MINUTE
    hold(draft, now=almost)

    for minutes in (9, 18, 27, 34):
        renewed = holds.renew_hold(draft_id=draft.pk, now=almost + minutes * MINUTE)

    assert renewed.held_until == NINE_FORTY
    assert holds.renew_hold(draft_id=draft.pk, now=NINE_FORTY) is None
    with pytest.raises(NotAnOpening):
        hold(draft, now=NINE_FORTY)


def test_hold_whose_scanner_goes_down_is_refused_though_another_is_free(world):
    """Only the locked scanner may be written to; the page then offers the same time on the other one."""
    machine, exam = world
    spare = ScannerFactory(location=machine.location, has_contrast=True)
    draft = ready_draft(machine, exam)
    assert hold(draft).scanner == machine
    ClosureFactory(
        location=machine.location,
        scanner=machine,
        starts_at=NINE_FORTY - 60 * MINUTE,
        ends_at=NINE_FORTY + 60 * MINUTE,
    )

    with pytest.raises(SlotTaken):
        hold(draft, now=NOW + MINUTE)

    assert hold(ready_draft(machine, exam)).scanner == spare
