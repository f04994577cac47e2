"""Two records become one while somebody books as the one that goes, in two real connections."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from scheduling.actions.booking import confirm_booking
from scheduling.actions.merging import merge_patients
from scheduling.exceptions import AlreadyMerged, BookingError, EditConflict
from scheduling.models import Appointment, Draft, Patient
from scheduling.queries.drafts import digest_of
from scheduling.queries.merging import seen_of
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import UserFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
DAY = dt.timedelta(days=1)


@pytest.fixture
def world():
    machine, exam = bookable()
    ana, anna = PatientFactory(), PatientFactory(given_name="Anna", family_name="Nunez", phone="+15125550199")
    for number, patient in enumerate((ana, anna), start=2):
        AppointmentFactory(patient=patient, scanner=machine, exam=exam, starts_at=NINE_FORTY + number * DAY)
    known = {"given_name": "Anna", "family_name": "Nunez", "phone": "+15125550199", "by_call": True}
    return ana, anna, ready_draft(machine, exam, email="", by_email=False, **known)


def in_thread(work) -> tuple[threading.Thread, list[BookingError]]:
    refusals: list[BookingError] = []

    def run():
        try:
            work()
        except BookingError as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, refusals


def merge(kept, merged, seen, user):
    by = Actor.staff(user.pk)
    merge_patients(kept_id=kept.pk, merged_id=merged.pk, choices={}, seen=seen, user=user, now=NOW, by=by)


def book(draft):
    fresh = Draft.objects.get(pk=draft.pk)
    confirm_booking(draft_id=fresh.pk, digest=digest_of(fresh), now=NOW, by=PATIENT)


def test_who_books_as_the_merged_record_waits_and_is_the_one_that_stayed(world):
    ana, anna, draft = world
    with transaction.atomic():
        merge(ana, anna, seen_of(ana, anna), UserFactory())
        booking, refusals = in_thread(lambda: book(draft))
        booking.join(0.5)
        assert booking.is_alive()
    booking.join()
    assert refusals == []
    assert Appointment.objects.get(draft=draft).patient == ana
    assert Patient.objects.count() == 2


def test_a_merge_that_waited_for_a_booking_shows_it_first(world):
    ana, anna, draft = world
    seen, user = seen_of(ana, anna), UserFactory()
    with transaction.atomic():
        book(draft)
        merging, refusals = in_thread(lambda: merge(ana, anna, seen, user))
        merging.join(0.5)
        assert merging.is_alive()
    merging.join()
    assert [type(one) for one in refusals] == [EditConflict]
    assert Appointment.objects.get(draft=draft).patient == anna


def test_two_desks_merge_one_way_and_the_other(world):
    ana, anna, _draft = world
    seen, user = seen_of(ana, anna), UserFactory()
    with transaction.atomic():
        merge(ana, anna, seen, user)
        merging, refusals = in_thread(lambda: merge(anna, ana, seen, user))
        merging.join(0.5)
        assert merging.is_alive()
    merging.join()
    assert [type(one) for one in refusals] == [AlreadyMerged]
    assert Appointment.objects.filter(patient=ana).count() == 2
