"""Two people at once on one visit or one person, in two real connections."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from scheduling.actions.booking import confirm_booking
from scheduling.actions.callbacks import Caller, request_call_about_order
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.holds import lock_draft
from scheduling.actions.limits import count_attempt
from scheduling.actions.tasks import close_task
from scheduling.exceptions import PatientBusy, TooManyVisits
from scheduling.models import Appointment, Attempts, Draft, GoodHours, Offering, Patient, Task
from scheduling.portal.limits import CALLBACKS
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory, OfferingFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


HOUR = dt.timedelta(hours=1)


def in_thread(work) -> threading.Thread:
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_cancel_while_the_desk_closes_a_task_of_the_visit():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam)
    task = Task.objects.create(
        kind="review", appointment=visit, location=visit.location, reason="x", due_at=NOW, created_at=NOW
    )

    with transaction.atomic():
        close_task(task_id=task.pk, outcome="called", now=NOW, by=Actor.staff(1))
        canceling = in_thread(lambda: cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=PATIENT))
        canceling.join(0.5)
        assert canceling.is_alive()
    canceling.join()

    visit.refresh_from_db()
    task.refresh_from_db()
    assert (visit.status, task.outcome) == ("canceled", "called")


def test_one_person_booking_at_two_centers_at_once_is_one_patient_with_one_visit():
    """The second waits for the first, finds its patient, and is refused by the overlap constraint."""
    machine, exam = bookable()
    other = bookable()[0]
    OfferingFactory(exam=exam, location=other.location)
    first, second = ready_draft(machine, exam), ready_draft(other, exam, visitor="second tab")
    refusals = []

    def book_second():
        fresh = Draft.objects.get(pk=second.pk)
        try:
            confirm_booking(draft_id=fresh.pk, digest=digest_of(fresh), now=NOW, by=PATIENT)
        except PatientBusy as refusal:
            refusals.append(refusal)

    with transaction.atomic():
        fresh = Draft.objects.get(pk=first.pk)
        confirm_booking(draft_id=fresh.pk, digest=digest_of(fresh), now=NOW, by=PATIENT)
        booking = in_thread(book_second)
        booking.join(0.5)
        assert booking.is_alive()
    booking.join()

    assert len(refusals) == 1
    assert Patient.objects.count() == 1
    assert Appointment.objects.filter(status="booked").count() == 1


def test_two_tabs_that_would_each_be_the_last_allowed_visit():
    """The second waits for the first under the lock of their one identity, and counts it."""
    machine, exam = bookable(location__future_visits_limit=1)
    tabs = [
        ready_draft(machine, exam, visitor=f"tab {hour}", starts_at=NINE_FORTY + hour * 2 * HOUR)
        for hour in range(2)
    ]
    barrier, outcomes = threading.Barrier(2), []

    def book(draft):
        fresh = Draft.objects.get(pk=draft.pk)
        barrier.wait()
        try:
            confirm_booking(draft_id=fresh.pk, digest=digest_of(fresh), now=NOW, by=PATIENT)
            outcomes.append("booked")
        except TooManyVisits:
            outcomes.append("call")

    for booking in [in_thread(lambda draft=draft: book(draft)) for draft in tabs]:
        booking.join()

    assert sorted(outcomes) == ["booked", "call"]
    assert Appointment.objects.filter(status="booked").count() == 1
    assert Draft.objects.filter(given_name="Ana").count() == 2


def test_a_request_to_be_called_that_is_sent_twice_at_once_is_one_task():
    center = bookable()[0].location
    caller = Caller(name="Ana", phone="+15125550147", phone_as_typed="512-555-0147", good_hours=GoodHours.ANY)

    def ask():
        request_call_about_order(order="Esophagram", location=center, caller=caller, now=NOW, by=PATIENT)

    with transaction.atomic():
        ask()
        second = in_thread(ask)
        second.join(0.5)
        assert second.is_alive()
    second.join()

    assert Task.objects.get().note == "Esophagram"


def test_who_waits_for_a_draft_keeps_no_counter_from_its_neighbors():
    """Counted before anything is locked: else two browsers behind one address could wait for each other."""
    machine, exam = bookable()
    Offering.objects.update(minimum_age=60)
    draft = ready_draft(machine, exam, visitor="browser")
    client, caller = Client(), {"name": "Ana", "phone": "512-555-0147", "good_hours": "any"}
    address = reverse("portal:callback", kwargs={"draft_id": draft.pk})

    with time_machine.travel(NOW, tick=False):
        session = client.session
        session["visitor"] = "browser"
        session.save()
        with transaction.atomic():
            lock_draft(draft.pk)
            asking = in_thread(lambda: client.post(address, caller))
            asking.join(1)
            assert asking.is_alive()
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            count_attempt(source="127.0.0.1", now=NOW, **CALLBACKS)
        asking.join()

    assert Task.objects.get().draft == draft
    assert max(Attempts.objects.values_list("count", flat=True)) == 2
