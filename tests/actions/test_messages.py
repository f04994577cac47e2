"""Which rows of the outbox each event writes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from scheduling.actions import messages
from scheduling.models import Message, Task
from scheduling.rules.actors import Actor
from scheduling.rules.telling import Telling
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, AppointmentFactory, PreparationFactory

pytestmark = pytest.mark.django_db

PATIENT = Actor.patient("1")
STAFF = Actor.staff(1)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NO_EMAIL = {"by_email": False, "email": "", "by_call": True, "phone": "+15125550147"}


def rows(visit, *fields):
    return list(visit.messages.order_by("due_at", "pk").values_list(*fields))


def test_booking_enqueues_a_confirmation_and_two_reminders():
    visit = AppointmentFactory(language="es")
    messages.follow_booking(appointment=visit, now=BOOKED_AT, by=PATIENT)
    assert rows(visit, "kind", "due_at", "drop_after", "channel", "ical_sequence", "language", "status") == [
        ("confirmation", BOOKED_AT, STARTS_AT, "email", 0, "es", "pending"),
        ("reminder_72h", STARTS_AT - 3 * DAY, STARTS_AT - 36 * HOUR, "email", 0, "es", "pending"),
        ("reminder_24h", STARTS_AT - DAY, STARTS_AT - HOUR / 2, "email", 0, "es", "pending"),
    ]
    assert not Task.objects.exists()


def test_reminders_come_before_fasting_begins():
    visit = AppointmentFactory()
    visit.exam.preparations.add(
        PreparationFactory(lead_minutes=120), PreparationFactory(lead_minutes=26 * 60)
    )
    messages.follow_booking(appointment=visit, now=BOOKED_AT, by=PATIENT)
    fasting = dt.datetime(2026, 11, 30, 13, 10, tzinfo=dt.UTC)  # 7:10 am
    evening_before = dt.datetime(2026, 11, 30, 1, 55, tzinfo=dt.UTC)  # 7:55 pm
    assert rows(visit, "kind", "due_at", "drop_after")[2] == ("reminder_24h", evening_before, fasting)


@pytest.mark.parametrize("contact", [NO_EMAIL, {"by_email": False}, {"email": ""}])
def test_a_visit_without_email_is_on_the_call_list_once(contact):
    visit = AppointmentFactory(**contact)
    messages.follow_booking(appointment=visit, now=BOOKED_AT, by=PATIENT)
    visit.ical_sequence = 1
    messages.follow_move(appointment=visit, now=BOOKED_AT + HOUR, by=PATIENT)
    assert rows(visit, "kind") == []
    assert list(Task.objects.values_list("kind", "appointment", "reason", "location")) == [
        ("not_delivered", visit.pk, "Call to confirm: no email", visit.scanner.location_id)
    ]


@pytest.mark.parametrize(
    ("tell", "reason"),
    [
        (Telling.MESSAGE, "Call to say the visit has a new time"),
        (Telling.BY_CENTER, "Call: we moved the visit. Ask whether the new time is good"),
        (Telling.CALL, "Call to say the visit has a new time"),
    ],
)
def test_the_call_is_about_the_newest_news(tell, reason):
    visit = AppointmentFactory(**NO_EMAIL)
    messages.follow_booking(appointment=visit, now=BOOKED_AT, by=STAFF)
    due_at = Task.objects.get().due_at
    visit.ical_sequence = 1
    for _twice in range(2):
        messages.follow_move(appointment=visit, tell=tell, now=BOOKED_AT + HOUR, by=STAFF)
    call = Task.objects.open().get()
    assert (call.reason, call.due_at) == (reason, due_at)
    assert Task.objects.exclude(pk=call.pk).get().outcome == "There is newer news to call about"


def test_a_correction_and_a_cancel_taken_back_are_called_about_as_what_they_are():
    visit = AppointmentFactory(**NO_EMAIL)
    messages.follow_correction(
        appointment=visit, has_moved=False, tell=Telling.MESSAGE, now=BOOKED_AT, by=STAFF
    )
    corrected = "Call to say that getting ready for the visit has changed"
    assert Task.objects.open().get().reason == corrected
    messages.follow_take_back(appointment=visit, now=BOOKED_AT + HOUR, by=STAFF)
    assert Task.objects.open().get().reason == "Call to say the visit takes place after all"


def test_a_move_withdraws_the_old_and_announces_the_new():
    visit = AppointmentFactory()
    messages.follow_booking(appointment=visit, now=BOOKED_AT, by=PATIENT)
    Message.objects.filter(kind="confirmation").update(status="sent", sent_at=BOOKED_AT)
    visit.starts_at, visit.arrive_at, visit.ical_sequence = STARTS_AT + DAY, visit.arrive_at + DAY, 1
    messages.follow_move(appointment=visit, now=BOOKED_AT + HOUR, by=PATIENT)
    assert rows(visit, "kind", "ical_sequence", "status", "due_at") == [
        ("confirmation", 0, "sent", BOOKED_AT),
        ("moved", 1, "pending", BOOKED_AT + HOUR),
        ("reminder_72h", 0, "withdrawn", STARTS_AT - 3 * DAY),
        ("reminder_72h", 1, "pending", STARTS_AT - 2 * DAY),
        ("reminder_24h", 0, "withdrawn", STARTS_AT - DAY),
        ("reminder_24h", 1, "pending", STARTS_AT),
    ]


def test_a_cancel_withdraws_everything_unsent_and_says_so():
    visit = AppointmentFactory()
    messages.follow_booking(appointment=visit, now=BOOKED_AT, by=PATIENT)
    messages.follow_cancel(appointment=visit, now=BOOKED_AT + HOUR, by=PATIENT)
    assert rows(visit, "kind", "status", "due_at", "drop_after") == [
        ("confirmation", "withdrawn", BOOKED_AT, STARTS_AT),
        ("canceled", "pending", BOOKED_AT + HOUR, STARTS_AT + DAY),
        ("reminder_72h", "withdrawn", STARTS_AT - 3 * DAY, STARTS_AT - 36 * HOUR),
        ("reminder_24h", "withdrawn", STARTS_AT - DAY, STARTS_AT - HOUR / 2),
    ]


@pytest.mark.parametrize(
    ("by", "reasons"), [(PATIENT, []), (STAFF, ["Call to say the visit is canceled: no email"])]
)
def test_a_canceled_visit_without_email_needs_a_call_unless_the_patient_canceled(by, reasons):
    visit = AppointmentFactory(**NO_EMAIL)
    messages.follow_cancel(appointment=visit, now=BOOKED_AT, by=by)
    assert list(Task.objects.values_list("reason", flat=True)) == reasons


def test_one_unsent_message_per_visit_kind_channel_and_sequence():
    message = MessageFactory()
    with pytest.raises(IntegrityError, match="message_one_unsent_per_key"), transaction.atomic():
        MessageFactory(appointment=message.appointment)
    MessageFactory(appointment=message.appointment, ical_sequence=1)
    assert Message.objects.count() == 2
