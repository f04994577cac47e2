"""What is sent after the lock waits for who typed it, and is never sent by itself."""

import datetime as dt

import pytest
from django.conf import settings

from scheduling.actions.phone import start_phone_draft
from scheduling.frontdesk.carried import CARRIED, KEPT
from scheduling.frontdesk.second_factor import VERIFIED
from scheduling.models import Appointment, VisitNote
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import AppointmentFactory

pytestmark = pytest.mark.django_db
IDLE = dt.timedelta(seconds=settings.STAFF_IDLE_SECONDS + 1)
SAID = "You were signed out before this was saved"


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def visit(clock):
    return AppointmentFactory(starts_at=NOW + dt.timedelta(hours=2))


@pytest.fixture
def dana(visit):
    return AssignmentFactory(location=visit.scanner.location).user


def sign_in(client, user):
    client.force_login(user)
    session = client.session
    session[VERIFIED] = True
    session.save()


def lock(client, clock, user):
    sign_in(client, user)
    client.get("/desk/signed-in/")
    clock.shift(IDLE)


def test_a_note_that_is_sent_after_the_lock_is_shown_as_typed_and_not_written(client, clock, dana, visit):
    lock(client, clock, dana)
    address = f"/desk/visits/{visit.pk}/note/"
    refused = client.post(address, {"text": "Brings her walker"})
    assert refused["Location"] == f"/desk/sign-in/?next={address}"
    sign_in(client, dana)
    page = client.get(address, follow=True).content.decode()
    assert "Brings her walker</textarea>" in page
    assert SAID in page
    assert not VisitNote.objects.exists()
    assert SAID not in client.get(f"/desk/visits/{visit.pk}/").content.decode()


def test_nobody_else_who_signs_in_there_sees_it(client, clock, dana, visit):
    lock(client, clock, dana)
    client.post(f"/desk/visits/{visit.pk}/note/", {"text": "Brings her walker"})
    sign_in(client, AssignmentFactory(location=visit.scanner.location).user)
    assert "walker" not in client.get(f"/desk/visits/{visit.pk}/").content.decode()
    assert CARRIED not in client.session


def test_what_is_sent_after_a_poll_has_locked_the_session_is_kept_too(client, clock, dana, visit):
    lock(client, clock, dana)
    assert client.get("/desk/signed-in/").status_code == 302
    address = f"/desk/patients/{visit.patient_id}/edit/"
    client.post(address, {"given_name": "Sigríður"})
    sign_in(client, dana)
    page = client.get(address).content.decode()
    assert 'value="Sigríður"' in page
    assert SAID in page


def test_it_is_not_kept_for_longer_than_a_shift(client, clock, dana, visit):
    lock(client, clock, dana)
    client.post(f"/desk/visits/{visit.pk}/note/", {"text": "Brings her walker"})
    clock.shift(KEPT + dt.timedelta(minutes=1))
    sign_in(client, dana)
    assert "walker" not in client.get(f"/desk/visits/{visit.pk}/").content.decode()


def test_a_visitor_who_never_was_signed_in_leaves_nothing(client, visit):
    client.post(f"/desk/visits/{visit.pk}/note/", {"text": "x"})
    assert CARRIED not in client.session


def test_an_order_is_shown_as_typed(client, clock, dana, visit):
    order = OrderFactory(location=visit.scanner.location)
    lock(client, clock, dana)
    client.post(f"/desk/orders/{order.pk}/", {"indication": "Fell off a ladder"})
    sign_in(client, dana)
    assert "Fell off a ladder" in client.get(f"/desk/orders/{order.pk}/").content.decode()


def test_a_booking_is_shown_as_typed_and_not_booked(client, clock, dana, visit):
    sign_in(client, dana)
    draft = start_phone_draft(
        exam=visit.exam,
        laterality=visit.laterality,
        order_status=Appointment.OrderStatus.HAVE_IT,
        location=visit.scanner.location,
        user=dana,
        language="en",
        now=NOW,
    )
    address = f"/desk/bookings/{draft.pk}/"
    assert client.get(address).status_code == 200
    clock.shift(IDLE)
    client.post(address, {"given_name": "Sigríður", "book": "1"})
    sign_in(client, dana)
    assert 'value="Sigríður"' in client.get(address).content.decode()
    draft.refresh_from_db()
    assert draft.given_name == ""
