"""A scanner with twelve visits goes down while two patients book online. Real connections, real locks."""

import datetime as dt
from collections import Counter
from threading import Barrier

import pytest

from locations.models import Closure
from scheduling.actions.booking import confirm_booking
from scheduling.actions.changes import apply_plan, look_again, plan_closure
from scheduling.actions.fates import Chosen
from scheduling.actions.holds import place_hold
from scheduling.exceptions import NotAnOpening, PlanChanged, SlotTaken
from scheduling.models import Appointment, Draft, Fate, Message, Task, WaitlistEntry
from scheduling.queries.drafts import digest_of
from scheduling.queries.impact_plan import fates_of
from scheduling.queries.openings import find_openings
from scheduling.queries.wishes import wish_of
from scheduling.rules.actors import Actor
from scheduling.rules.telling import UNDO_WITHIN
from tests.concurrency.test_small_races import in_thread
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import ScannerFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.invariants import check_calendar

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

SEVEN = NINE_FORTY - dt.timedelta(minutes=160)
EVENING = SEVEN + dt.timedelta(hours=12)
LENGTH = dt.timedelta(minutes=45)  # with the turnover
DAY = NINE_FORTY.date()
UNREACHABLE = (3, 9)  # of the twelve: no email


@pytest.fixture
def machine():
    machine, exam = bookable(name="MRI 1")
    machine.exam, machine.user = exam, UserFactory()
    ScannerFactory(location=machine.location, name="MRI 2")
    return machine


@pytest.fixture
def visits(machine):
    """Without a gap from seven to four: who books online that day gets one of the last hours, or MRI 2."""
    found = []
    for number in range(12):
        reached = {"by_call": True, "phone": "+15125550147", "email": "", "by_email": False}
        found.append(
            AppointmentFactory(
                scanner=machine,
                exam=machine.exam,
                laterality="left",
                patient=PatientFactory(given_name=f"Patient {number}"),
                starts_at=SEVEN + number * LENGTH,
                **(reached if number in UNREACHABLE else {"email": f"p{number}@example.com"}),
            )
        )
    return found


def book_online(draft, machine, start):
    """As a patient does whose time is taken again and again: the next in the list."""
    start.wait(timeout=10)
    by = Actor.patient(f"draft {draft.pk}")
    for _ in range(40):
        place = machine.location.pk
        free = find_openings(wish=wish_of(draft), location_id=place, first=DAY, last=DAY, now=NOW)
        for opening in free:
            try:
                place_hold(draft_id=draft.pk, location_id=place, starts_at=opening.starts_at, now=NOW, by=by)
                digest = digest_of(Draft.objects.get(pk=draft.pk))
                confirm_booking(draft_id=draft.pk, digest=digest, now=NOW, by=by)
            except (SlotTaken, NotAnOpening):
                continue
            return
    raise AssertionError("no time was left")


def close(machine, visits, start):
    """As the desk does: previewed, chosen, applied; and looked at again where somebody booked meanwhile."""
    by = Actor.staff(machine.user.pk)
    plan = plan_closure(
        location=machine.location,
        scanner=machine,
        kind=Closure.Kind.DOWNTIME,
        starts_at=SEVEN,
        ends_at=EVENING,
        reason="Coil",
        user=machine.user,
        now=NOW,
        by=by,
    )
    wanted = {visit.pk: Chosen(Fate.Choice.WAIT) for visit in visits[9:11]}
    wanted[visits[11].pk] = Chosen(Fate.Choice.KEEP, "Inpatient: on the emergency magnet")
    start.wait(timeout=10)
    for _ in range(5):
        usual = {fate.appointment_id: Chosen(Fate.Choice(fate.choice)) for fate in fates_of(plan)}
        try:
            return apply_plan(plan_id=plan.pk, chosen=usual | wanted, now=NOW, by=by)
        except PlanChanged:
            plan = look_again(plan_id=plan.pk, now=NOW, by=by)
    raise AssertionError("it never got to closing")


def test_twelve_visits_find_a_place_while_two_patients_book_online(machine, visits):
    drafts = [
        ready_draft(machine, machine.exam, starts_at=None, given_name=name, email=f"{name}@example.com")
        for name in ("Ben", "Eva")
    ]
    start = Barrier(3)
    threads = [in_thread(lambda draft=draft: book_online(draft, machine, start)) for draft in drafts]
    threads.append(in_thread(lambda: close(machine, visits, start)))
    for thread in threads:
        thread.join(30)

    check_calendar()
    assert Closure.objects.count() == 1
    assert not Appointment.objects.filter(status="held").exists()
    booked = list(Appointment.objects.filter(draft__in=drafts, status="booked"))
    assert len(booked) == len(drafts)  # online, and once each
    fates = Fate.objects.filter(appointment__in=visits)
    assert Counter(fates.values_list("choice", flat=True)) == {"move": 9, "wait": 2, "keep": 1}
    still = Appointment.objects.filter(scanner=machine, status="booked", starts_at__lt=EVENING)
    assert [visit for visit in still if visit.starts_at >= SEVEN] == [visits[11]]
    assert WaitlistEntry.objects.active().count() == 2

    due = Message.objects.unsent().filter(due_at__lte=NOW + UNDO_WITHIN)
    mails = Counter(due.values_list("appointment", flat=True))
    reachable = {visits[n].pk for n in range(11) if n not in UNREACHABLE} | {visit.pk for visit in booked}
    assert mails == dict.fromkeys(reachable, 1)
    called = Task.objects.open().filter(kind=Task.Kind.NOT_DELIVERED)
    assert set(called.values_list("appointment", flat=True)) == {visits[n].pk for n in UNREACHABLE}
