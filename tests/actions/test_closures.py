"""A scanner is down: seen first, then all of it at once."""

import datetime as dt

import pytest

from locations.models import Closure
from scheduling.actions.booking import confirm_booking
from scheduling.actions.changes import (
    HELD_FOR,
    apply_plan,
    discard_plan,
    forget_abandoned,
    look_again,
    plan_closure,
)
from scheduling.actions.closures import reopen
from scheduling.actions.fates import Chosen
from scheduling.actions.holds import expire_dead_holds, place_hold
from scheduling.actions.moving import move_visit
from scheduling.actions.visits import confirm_coming
from scheduling.exceptions import PlanChanged, SlotTaken
from scheduling.models import (
    Appointment,
    AuditEvent,
    ChangePlan,
    Fate,
    Message,
    Offering,
    Task,
    WaitlistEntry,
)
from scheduling.queries.drafts import digest_of
from scheduling.queries.impact_plan import fates_of, summary_of
from scheduling.rules.actors import Actor
from scheduling.rules.telling import UNDO_WITHIN
from scheduling.tasks import deliver_due_messages
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ClosureFactory, OpenLocationFactory, ScannerFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory, PatientFactory
from tests.messaging.conftest import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
MOVE, WAIT, CANCEL, KEEP = Fate.Choice.MOVE, Fate.Choice.WAIT, Fate.Choice.CANCEL, Fate.Choice.KEEP
SEVEN = NINE_FORTY - 160 * MINUTE
EVENING = SEVEN + 12 * 60 * MINUTE


@pytest.fixture
def machine():
    machine, exam = bookable(name="MRI 1")
    machine.exam, machine.user = exam, UserFactory()
    return machine


def visits_on(machine, count, *, start=NINE_FORTY, **fields):
    return [
        AppointmentFactory(
            scanner=machine,
            exam=machine.exam,
            laterality="left",
            patient=PatientFactory(given_name=f"Patient {number}"),
            starts_at=start + number * 45 * MINUTE,
            email=f"p{number}@example.com",
            **fields,
        )
        for number in range(count)
    ]


def plan(machine, *, starts=SEVEN, ends=EVENING, scanner=True, now=NOW):
    return plan_closure(
        location=machine.location,
        scanner=machine if scanner else None,
        kind=Closure.Kind.DOWNTIME,
        starts_at=starts,
        ends_at=ends,
        reason="Coil",
        user=machine.user,
        now=now,
        by=Actor.staff(machine.user.pk),
    )


def do(made, chosen=None, *, now=NOW):
    chosen = chosen or {fate.appointment_id: Chosen(Fate.Choice(fate.choice)) for fate in made.fates.all()}
    return apply_plan(plan_id=made.pk, chosen=chosen, now=now, by=Actor.staff(made.made_by_id))


def twin(machine, **fields):
    """A second scanner like the first, with all the day free."""
    return ScannerFactory(location=machine.location, name="MRI 2", **fields)


def test_nothing_is_closed_before_it_is_applied(machine):
    visits_on(machine, 1)
    made = plan(machine)
    assert not Closure.objects.exists()
    assert made.fates.get().choice == MOVE
    assert Appointment.objects.get(status="booked").starts_at == NINE_FORTY


def test_the_same_day_as_near_as_can_be_on_a_scanner_like_it(machine):
    visits_on(machine, 2)
    other = twin(machine)
    twin_of_another_strength = ScannerFactory(location=machine.location, field_strength_tesla=3)
    made = plan(machine)
    found = [(fate.hold.scanner, fate.hold.starts_at) for fate in fates_of(made)]
    assert found == [(other, NINE_FORTY), (other, NINE_FORTY + 45 * MINUTE)]
    assert not Appointment.objects.filter(scanner=twin_of_another_strength).exists()
    assert summary_of(made).same_day == 2


@pytest.mark.parametrize(
    ("old", "other", "answers", "is_proposed"),
    [
        ({"bore_cm": 70}, {"bore_cm": 60}, {}, False),
        ({"bore_cm": 70}, {"bore_cm": None}, {}, False),
        ({"bore_cm": 60}, {"bore_cm": 70}, {}, True),
        ({"weight_limit_lb": 450}, {"weight_limit_lb": 300}, {}, False),
        ({"weight_limit_lb": 450}, {"weight_limit_lb": 300}, {"weight_lb": 150}, True),  # known to fit
        ({"weight_limit_lb": 300}, {"weight_limit_lb": 450}, {}, True),
        ({"weight_limit_lb": None}, {"weight_limit_lb": 450}, {}, False),
        ({"weight_limit_lb": 450}, {"weight_limit_lb": None}, {}, True),
        ({"girth_limit_in": 60}, {"girth_limit_in": 50}, {}, False),
    ],
)
def test_a_scanner_like_it_is_as_wide_and_as_strong(machine, old, other, answers, is_proposed):
    for name, limit in old.items():
        setattr(machine, name, limit)
    machine.save()
    visits_on(machine, 1, **answers)
    second = twin(machine, **other)
    assert (plan(machine).fates.get().hold.scanner == second) == is_proposed


def test_another_day_where_the_same_has_none(machine):
    visits_on(machine, 1)
    made = plan(machine)
    summary = summary_of(made)
    assert (summary.total, summary.same_day, summary.another_day, summary.no_place) == (1, 0, 1, 0)
    assert made.fates.get().hold.starts_at == SEVEN + dt.timedelta(days=1)


def test_without_a_place_it_stands_on_top(machine):
    visits = visits_on(machine, 2)
    for visit, visit.weight_lb in zip(visits, (150, 400), strict=True):
        visit.save()
    machine.weight_limit_lb = 450
    machine.save()
    twin(machine, weight_limit_lb=300)
    made = plan(machine, ends=EVENING + dt.timedelta(days=20))
    fates = list(fates_of(made))
    assert [(fate.appointment, fate.hold is None, fate.choice) for fate in fates] == [
        (visits[1], True, WAIT),
        (visits[0], False, MOVE),
    ]


def test_a_proposed_time_is_nobody_elses_meanwhile(machine):
    visits_on(machine, 1)
    twin(machine)
    plan(machine)
    draft = ready_draft(machine, machine.exam, starts_at=None)
    with pytest.raises(SlotTaken):
        place_hold(
            draft_id=draft.pk, location_id=machine.location.pk, starts_at=NINE_FORTY, now=NOW, by=PATIENT
        )


def test_all_of_it_at_once(machine):
    """Twelve visits: nine move, two wait, one stays; who can be written to gets one mail."""
    visits = visits_on(machine, 12)
    for number in (3, 9):
        Appointment.objects.filter(pk=visits[number].pk).update(
            by_email=False, email="", by_call=True, phone="+15125550147"
        )
    twin(machine)
    made = plan(machine)
    keys = [visit.pk for visit in visits]
    chosen = {pk: Chosen(MOVE) for pk in keys[:9]}
    chosen |= {pk: Chosen(WAIT) for pk in keys[9:11]}
    chosen[keys[11]] = Chosen(KEEP, "On the emergency scanner")
    done = do(made, chosen)

    assert done.closure.reason == "Coil"
    moved = Appointment.objects.filter(pk__in=keys[:9])
    assert {(visit.status, visit.scanner.name, visit.overbooked) for visit in moved} == {
        ("booked", "MRI 2", False)
    }
    assert set(Appointment.objects.filter(pk__in=keys[9:11]).values_list("status", "cancel_asked_by")) == {
        ("canceled", "center")
    }
    assert WaitlistEntry.objects.active().count() == 2
    kept = Appointment.objects.get(pk=keys[11])
    assert (kept.status, kept.scanner, kept.overbook_reason) == (
        "booked",
        machine,
        "On the emergency scanner",
    )
    assert not Appointment.objects.filter(status="held").exists()

    now = NOW + UNDO_WITHIN
    mails = Message.objects.unsent().filter(due_at__lte=now).values_list("appointment", "kind")
    written = [pk for pk in keys[:11] if pk not in (keys[3], keys[9])]
    assert sorted(mails) == sorted(
        (pk, "center_moved" if pk in keys[:9] else "center_waiting") for pk in written
    )
    called = Task.objects.open().filter(kind="not_delivered").values_list("appointment", flat=True)
    assert set(called) == {keys[3], keys[9]}


def test_the_mails_leave_once_and_say_what_happened(machine, mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    visits = visits_on(machine, 2)
    twin(machine)
    made = plan(machine)
    do(made, {visits[0].pk: Chosen(MOVE), visits[1].pk: Chosen(WAIT)})
    time_machine.move_to(NOW + UNDO_WITHIN, tick=False)
    deliver_due_messages()
    deliver_due_messages()
    subjects = sorted(mail["Subject"] for mail in mail_server.mails)
    assert subjects == [
        "We had to move your appointment: it is now on Tuesday, December 1",
        "Your appointment on Tuesday, December 1 is canceled",
    ]


def test_moved_is_not_agreed_until_the_patient_says_so(machine):
    visits = visits_on(machine, 1)
    Appointment.objects.update(confirmed_at=NOW)
    twin(machine)
    do(plan(machine))
    visits[0].refresh_from_db()
    assert visits[0].confirmed_at is None
    confirm_coming(visit_id=visits[0].pk, sequence=visits[0].ical_sequence, now=NOW, by=PATIENT)
    assert Fate.objects.get().appointment.confirmed_at == NOW


def test_a_visit_booked_meanwhile_is_caught(machine):
    visits_on(machine, 1)
    twin(machine)
    made = plan(machine)
    draft = ready_draft(
        machine,
        machine.exam,
        starts_at=NINE_FORTY + 120 * MINUTE,
        given_name="Late",
        email="late@example.com",
    )
    confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT)
    Appointment.objects.filter(draft=draft).update(scanner=machine)
    with pytest.raises(PlanChanged):
        do(made)
    assert not Closure.objects.exists()
    again = look_again(plan_id=made.pk, now=NOW, by=Actor.staff(machine.user.pk))
    assert again.fates.count() == 2
    assert do(again).applied_at == NOW


def test_a_visit_moved_meanwhile_is_caught_and_looked_at_again(machine):
    (visit,) = visits_on(machine, 1)
    twin(machine)
    made = plan(machine)
    move_visit(
        visit_id=visit.pk,
        location_id=machine.location.pk,
        starts_at=NINE_FORTY + 90 * MINUTE,
        version=0,
        now=NOW,
        by=PATIENT,
    )
    with pytest.raises(PlanChanged):
        do(made)


def test_a_proposal_that_ran_out_is_looked_for_again(machine):
    visits_on(machine, 1)
    twin(machine)
    made = plan(machine)
    late = NOW + HELD_FOR + MINUTE
    with pytest.raises(PlanChanged):
        do(made, now=late)
    look_again(plan_id=made.pk, now=late, by=Actor.staff(machine.user.pk))
    assert do(ChangePlan.objects.get(pk=made.pk), now=late).applied_at == late


def test_looking_again_keeps_what_is_held(machine):
    visits_on(machine, 1)
    twin(machine)
    made = plan(machine)
    before = made.fates.get().hold_id
    look_again(plan_id=made.pk, now=NOW + 10 * MINUTE, by=Actor.staff(machine.user.pk))
    fate = made.fates.get()
    assert (fate.hold_id, fate.hold.held_until) == (before, NOW + 10 * MINUTE + HELD_FOR)


def test_a_visit_that_was_canceled_meanwhile_is_no_longer_in_it(machine):
    (visit,) = visits_on(machine, 1)
    made = plan(machine)
    Appointment.objects.filter(pk=visit.pk).update(status="canceled", canceled_at=NOW, canceled_by="x")
    look_again(plan_id=made.pk, now=NOW, by=Actor.staff(machine.user.pk))
    assert made.fates.count() == 0
    assert not Appointment.objects.filter(status="held").exists()
    assert do(made, {}).closure is not None


def test_applying_twice_is_once(machine):
    visits_on(machine, 1)
    twin(machine)
    made = plan(machine)
    do(made)
    assert do(made, {}).applied_at == NOW
    assert Closure.objects.count() == 1


def test_a_choice_is_needed_for_every_visit(machine):
    visits_on(machine, 1)
    with pytest.raises(PlanChanged):
        do(plan(machine), {0: Chosen(CANCEL)})


def test_the_whole_location_with_its_scanners(machine):
    other = twin(machine)
    visits_on(machine, 1)
    AppointmentFactory(
        scanner=other, exam=machine.exam, patient=PatientFactory(given_name="Ben"), starts_at=NINE_FORTY
    )
    made = plan(machine, scanner=False)
    assert summary_of(made).total == 2
    done = do(made, {fate.appointment_id: Chosen(CANCEL) for fate in made.fates.all()})
    assert done.closure.scanner is None
    assert Appointment.objects.filter(status="canceled").count() == 2


@pytest.fixture
def elsewhere(machine):
    """Two other locations with a scanner like it: the nearer one is full that day."""
    found = []
    for degrees, name in ((0.1, "Near"), (0.5, "Far")):
        place = OpenLocationFactory(name=name, latitude=machine.location.latitude + degrees)
        OfferingFactory(exam=machine.exam, location=place)
        found.append(ScannerFactory(location=place, name=f"MRI {name}"))
    ClosureFactory(location=found[0].location, scanner=None, starts_at=SEVEN, ends_at=EVENING)
    return found


def look(made, places, chosen=None, *, now=NOW):
    by = Actor.staff(made.made_by_id)
    return look_again(plan_id=made.pk, elsewhere=places, chosen=chosen, now=now, by=by)


def test_the_same_day_elsewhere_before_another_day_at_home(machine, elsewhere):
    near, far = elsewhere
    (visit,) = visits_on(machine, 1)
    made = look(plan(machine), [far.location, near.location])
    (fate,) = fates_of(made)
    assert (fate.hold.scanner, fate.hold.starts_at, fate.is_elsewhere) == (far, NINE_FORTY, True)
    assert (summary_of(made).same_day, summary_of(made).elsewhere) == (1, 1)
    assert Appointment.objects.filter(status="held").count() == 1  # what was held at home is free again

    do(made)
    visit.refresh_from_db()
    assert (visit.scanner, visit.starts_at) == (far, NINE_FORTY)


def test_home_comes_first_and_of_others_the_nearer_one(machine, elsewhere):
    near, far = elsewhere
    Closure.objects.all().delete()
    visits_on(machine, 2)
    made = look(plan(machine), [far.location, near.location])
    assert [fate.hold.scanner for fate in fates_of(made)] == [near, near]
    twin(machine)
    look(made, [])
    assert [fate.hold.scanner.name for fate in fates_of(look(made, [far.location]))] == ["MRI 2", "MRI 2"]


def test_another_day_at_home_before_another_day_elsewhere(machine, elsewhere):
    visits_on(machine, 1)
    ClosureFactory(location=elsewhere[1].location, scanner=None, starts_at=SEVEN, ends_at=EVENING)
    made = look(plan(machine), [one.location for one in elsewhere])
    assert made.fates.get().hold.scanner == machine


@pytest.mark.parametrize("unlike", ["strength", "age", "arrived"])
def test_nobody_is_sent_where_the_scan_is_not_the_same(machine, elsewhere, unlike):
    (visit,) = visits_on(machine, 1)
    far = elsewhere[1]
    if unlike == "strength":
        far.field_strength_tesla = 3
        far.save()
    elif unlike == "age":
        Offering.objects.filter(location=far.location).update(minimum_age=99)
    else:
        Appointment.objects.filter(pk=visit.pk).update(status="arrived", arrived_at=NOW)
    made = look(plan(machine), [far.location])
    assert made.fates.get().hold.scanner == machine


def test_the_mail_names_the_other_center_and_its_address(machine, elsewhere, mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    visits_on(machine, 1)
    far = elsewhere[1].location
    do(look(plan(machine), [far]))
    time_machine.move_to(NOW + UNDO_WITHIN, tick=False)
    deliver_due_messages()
    (mail,) = mail_server.mails
    text = mail.get_body(("plain",)).get_content()
    assert f"Go to Far, not to {machine.location.name}." in text
    assert far.address in text
    assert f"Go to Far, not to {machine.location.name}." in mail.get_body(("html",)).get_content()


def test_what_was_chosen_stays_when_one_looks_again(machine, elsewhere):
    keep, wait, drop = visits_on(machine, 3)
    made = plan(machine)
    chosen = {keep.pk: Chosen(KEEP, "Inpatient"), wait.pk: Chosen(WAIT), drop.pk: Chosen(CANCEL)}
    look(made, [elsewhere[1].location], chosen)
    look(made, [elsewhere[1].location])
    found = {fate.appointment_id: Chosen(Fate.Choice(fate.choice), fate.reason) for fate in fates_of(made)}
    assert found == chosen


def test_who_waited_for_want_of_a_place_moves_where_there_is_one(machine, elsewhere):
    visits_on(machine, 1)
    made = plan(machine, ends=EVENING + dt.timedelta(days=20))
    assert made.fates.get().choice == WAIT
    assert look(made, [elsewhere[1].location]).fates.get().choice == MOVE


def test_giving_it_up_frees_the_proposals(machine):
    visits_on(machine, 1)
    made = plan(machine)
    discard_plan(plan_id=made.pk, now=NOW, by=Actor.staff(machine.user.pk))
    assert not ChangePlan.objects.exists()
    assert not Appointment.objects.filter(status="held").exists()


def test_back_up_early(machine):
    done = do(plan(machine), {})
    reopen(closure_id=done.closure_id, now=NINE_FORTY, by=Actor.staff(machine.user.pk))
    assert Closure.objects.get().ends_at == NINE_FORTY
    reopen(closure_id=done.closure_id, now=NINE_FORTY + MINUTE, by=Actor.staff(machine.user.pk))
    events = AuditEvent.objects.filter(object_kind="closure").order_by("pk").values_list("event", flat=True)
    assert list(events) == ["closure.made", "closure.ended"]


def test_not_closing_after_all(machine):
    done = do(plan(machine), {})
    reopen(closure_id=done.closure_id, now=NOW, by=Actor.staff(machine.user.pk))
    assert not Closure.objects.exists()
    assert ChangePlan.objects.get().closure is None


def test_who_was_to_come_today_is_called_as_well(machine):
    (visit, here) = visits_on(machine, 2)
    Appointment.objects.filter(pk=here.pk).update(status="arrived", arrived_at=NINE_FORTY)
    twin(machine)
    now = NINE_FORTY - 240 * MINUTE
    made = plan(machine, now=now)
    do(made, now=now)
    task = Task.objects.open().get()
    assert (task.appointment, task.kind) == (visit, "not_delivered")
    assert task.reason == "Call at once: the visit is today, and the center had to change it"


def test_a_preview_that_nobody_came_back_to_is_forgotten_with_its_proposals(machine):
    visits_on(machine, 1)
    twin(machine)
    plan(machine)
    done = do(plan(machine, starts=SEVEN + dt.timedelta(days=9), ends=EVENING + dt.timedelta(days=9)), {})
    expire_dead_holds(now=NOW + HELD_FOR)
    assert forget_abandoned(now=NOW + dt.timedelta(hours=23)) == 0
    assert forget_abandoned(now=NOW + dt.timedelta(days=1, minutes=1)) == 1
    assert ChangePlan.objects.get() == done
    assert not Appointment.objects.filter(status="expired").exists()
