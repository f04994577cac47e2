"""What becomes of a row of the outbox when it is due. `send` here is a plain recorder: real SMTP is in
tests/messaging."""

import datetime as dt
import uuid

import pytest

from scheduling.actions import delivery, messages
from scheduling.actions.delivery import Refused, TryLater, deliver_due
from scheduling.models import Appointment, Message, Task, WaitlistEntry
from scheduling.rules.actors import Actor
from tests.factories.messages import MessageFactory, visits_apart
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, AppointmentFactory
from tests.factories.waitlist import WaitlistFactory, WaitlistMessageFactory

pytestmark = pytest.mark.django_db

STAFF = Actor.staff(1)
HOUR, MINUTE, DAY = dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(days=1)


class Recorder:
    """Takes what it is given, or raises what it is told to for a message."""

    def __init__(self, problems=None):
        self.sent = []
        self.problems = problems or {}

    def __call__(self, message):
        if message.pk in self.problems:
            raise self.problems[message.pk]
        self.sent.append(message.pk)


def state(message, *fields):
    return Message.objects.values_list(*fields or ["status"]).get(pk=message.pk)


def test_what_is_due_is_sent_once_and_marked():
    message = MessageFactory()
    later = MessageFactory(appointment=message.appointment, kind="reminder_24h", due_at=BOOKED_AT + MINUTE)
    send = Recorder()
    assert deliver_due(send=send, now=BOOKED_AT) is False
    assert deliver_due(send=send, now=BOOKED_AT) is False
    assert send.sent == [message.pk]
    assert state(message, "status", "sent_at", "attempts", "claim", "claimed_until", "outcome") == (
        "sent",
        BOOKED_AT,
        1,
        None,
        None,
        "",
    )
    assert state(later) == ("pending",)


def test_a_full_batch_says_that_there_may_be_more(monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    due = visits_apart(3)
    send = Recorder()
    assert deliver_due(send=send, now=BOOKED_AT) is True
    assert deliver_due(send=send, now=BOOKED_AT) is False
    assert send.sent == [each.pk for each in due]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "canceled", "canceled_at": BOOKED_AT, "canceled_by": "staff:1"},
        {"status": "no_show"},
        {"status": "arrived"},
        {"ical_sequence": 1},
        {"by_email": False},
        {"email": ""},
    ],
)
def test_a_message_that_no_longer_fits_the_visit_never_leaves(change):
    message = MessageFactory()
    Appointment.objects.filter(pk=message.appointment_id).update(**change)
    send = Recorder()
    deliver_due(send=send, now=BOOKED_AT)
    assert send.sent == []
    assert state(message, "status", "outcome") == ("withdrawn", "")


@pytest.mark.parametrize(("status", "sent"), [("canceled", True), ("booked", False)])
def test_news_of_a_cancel_needs_a_canceled_visit(status, sent):
    message = MessageFactory(kind="canceled")
    if status == "canceled":
        Appointment.objects.filter(pk=message.appointment_id).update(
            status="canceled", canceled_at=BOOKED_AT, canceled_by="staff:1"
        )
    deliver_due(send=Recorder(), now=BOOKED_AT)
    assert state(message) == ("sent" if sent else "withdrawn",)


def test_a_cancel_one_minute_before_the_reminder_is_due():
    visit = AppointmentFactory()
    reminder = MessageFactory(appointment=visit, kind="reminder_24h", due_at=STARTS_AT - DAY)
    visit.status, visit.canceled_at, visit.canceled_by = "canceled", STARTS_AT - DAY - MINUTE, "staff:1"
    visit.ical_sequence += 1
    visit.save()
    messages.follow_cancel(appointment=visit, now=STARTS_AT - DAY - MINUTE, by=STAFF)
    send = Recorder()
    deliver_due(send=send, now=STARTS_AT - DAY)
    assert send.sent == []  # staff may still undo it
    deliver_due(send=send, now=STARTS_AT - DAY + MINUTE)
    assert send.sent == [Message.objects.get(kind="canceled").pk]
    assert state(reminder) == ("withdrawn",)


def test_a_cancel_between_claim_and_send_stops_the_message():
    first, second = visits_apart(2)

    def send(message):
        visit = second.appointment
        Appointment.objects.filter(pk=visit.pk).update(
            status="canceled", canceled_at=BOOKED_AT, canceled_by="staff:1"
        )
        messages.withdraw_unsent(appointment=visit)

    deliver_due(send=send, now=BOOKED_AT)
    assert (state(first), state(second)) == (("sent",), ("withdrawn",))


def test_what_leaves_while_it_is_being_withdrawn_says_so():
    message = MessageFactory()

    def send(message):
        messages.withdraw_unsent(appointment=message.appointment)

    deliver_due(send=send, now=BOOKED_AT)
    assert state(message, "status", "outcome") == ("withdrawn", "left while it was being withdrawn")


def test_too_late_is_dropped_without_a_call():
    message = MessageFactory(drop_after=BOOKED_AT)
    send = Recorder()
    deliver_due(send=send, now=BOOKED_AT)
    assert (send.sent, state(message), Task.objects.count()) == ([], ("dropped",), 0)


def test_a_late_reminder_waits_for_the_end_of_the_quiet_hours():
    nine_pm, nine_am = STARTS_AT - 12 * HOUR - 40 * MINUTE, STARTS_AT - 40 * MINUTE
    message = MessageFactory(kind="reminder_24h", due_at=nine_pm - 2 * HOUR)
    send = Recorder()
    deliver_due(send=send, now=nine_pm)
    assert state(message, "status", "due_at", "attempts") == ("pending", nine_am, 0)
    deliver_due(send=send, now=nine_am)
    assert send.sent == [message.pk]


def test_a_confirmation_leaves_at_night():
    message = MessageFactory(due_at=BOOKED_AT)
    nine_pm = BOOKED_AT + 11 * HOUR
    deliver_due(send=Recorder(), now=nine_pm)
    assert state(message) == ("sent",)


def test_temporary_problems_are_tried_again_with_growing_pauses_and_then_called():
    message = MessageFactory()
    send = Recorder({message.pk: TryLater("SMTP 451")})
    now, pauses = BOOKED_AT, []
    while deliver_due(send=send, now=now) is False and state(message) == ("pending",):
        (due_at,) = state(message, "due_at")
        pauses.append((due_at - now) // MINUTE)
        now = due_at
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert state(message, "status", "attempts", "outcome") == ("failed", 12, "SMTP 451")
    assert list(Task.objects.values_list("kind", "appointment", "reason")) == [
        ("not_delivered", message.appointment_id, "Call about the visit: the email could not be delivered")
    ]


def test_given_up_as_soon_as_the_next_try_would_be_too_late():
    message = MessageFactory(drop_after=BOOKED_AT + MINUTE)
    deliver_due(send=Recorder({message.pk: TryLater("SMTP 451")}), now=BOOKED_AT)
    assert state(message) == ("failed",)
    assert Task.objects.count() == 1


def test_a_permanent_refusal_goes_to_the_call_list_at_once_and_blocks_nobody():
    refused, other = visits_apart(2)
    send = Recorder({refused.pk: Refused("SMTP 550")})
    deliver_due(send=send, now=BOOKED_AT)
    assert send.sent == [other.pk]
    assert state(refused, "status", "attempts", "outcome") == ("failed", 1, "SMTP 550")
    task = Task.objects.get()
    assert (task.kind, task.appointment_id) == ("not_delivered", refused.appointment_id)


def test_a_refused_cancellation_asks_for_another_call():
    message = MessageFactory(kind="canceled")
    Appointment.objects.filter(pk=message.appointment_id).update(
        status="canceled", canceled_at=BOOKED_AT, canceled_by="staff:1"
    )
    deliver_due(send=Recorder({message.pk: Refused("SMTP 550")}), now=BOOKED_AT)
    assert Task.objects.get().reason == (
        "Call to say the visit is canceled: the email could not be delivered"
    )


def test_no_call_about_a_visit_that_was_canceled_while_its_message_was_refused():
    message = MessageFactory()

    def send(message):
        Appointment.objects.filter(pk=message.appointment_id).update(
            status="canceled", canceled_at=BOOKED_AT, canceled_by="staff:1"
        )
        raise Refused("SMTP 550")

    deliver_due(send=send, now=BOOKED_AT)
    assert (state(message), Task.objects.count()) == (("failed",), 0)


def test_no_call_about_a_message_that_was_withdrawn_while_it_was_refused():
    message = MessageFactory()

    def send(message):
        messages.withdraw_unsent(appointment=message.appointment)
        raise Refused("SMTP 550")

    deliver_due(send=send, now=BOOKED_AT)
    assert (state(message), Task.objects.count()) == (("withdrawn",), 0)


def test_a_poisoned_message_is_put_off_and_the_others_leave(caplog):
    first, poisoned, last = visits_apart(3)
    send = Recorder({poisoned.pk: KeyError("ana@example.com")})
    deliver_due(send=send, now=BOOKED_AT)
    assert send.sent == [first.pk, last.pk]
    assert state(poisoned, "status", "due_at", "outcome") == ("pending", BOOKED_AT + MINUTE, "KeyError")
    assert f"message {poisoned.pk} was not sent: KeyError in __call__" in caplog.text
    assert "ana@example.com" not in caplog.text


def server_down():
    return TryLater("ConnectionRefusedError", server_down=True)


def minutes_of_outage(message, *, since, until):
    """Every minute, while the server answers nobody."""
    for minute in range((until - since) // MINUTE):
        deliver_due(send=Recorder({message.pk: server_down()}), now=since + minute * MINUTE)


def test_a_server_that_is_down_is_asked_once_a_batch():
    first, second = visits_apart(2)
    asked = []

    def send(message):
        asked.append(message.pk)
        raise server_down()

    assert deliver_due(send=send, now=BOOKED_AT) is False
    assert asked == [first.pk]
    for message in (first, second):
        assert state(message, "status", "due_at", "attempts", "outcome") == (
            "pending",
            BOOKED_AT + MINUTE,
            0,
            "ConnectionRefusedError",
        )


def test_an_outage_costs_no_message_a_try_and_all_leave_a_minute_after_it():
    visit = AppointmentFactory(starts_at=BOOKED_AT + 10 * DAY)
    message = MessageFactory(appointment=visit)
    ends = BOOKED_AT + 2 * DAY
    for hours in range(48):
        deliver_due(send=Recorder({message.pk: server_down()}), now=BOOKED_AT + hours * HOUR)
    deliver_due(send=Recorder({message.pk: server_down()}), now=ends)
    assert state(message, "status", "attempts") == ("pending", 0)
    deliver_due(send=Recorder(), now=ends + MINUTE)
    assert state(message, "status", "attempts", "sent_at") == ("sent", 1, ends + MINUTE)


def test_an_outage_does_not_undo_the_tries_that_were_answered():
    message = MessageFactory()
    deliver_due(send=Recorder({message.pk: TryLater("SMTP 451")}), now=BOOKED_AT)
    deliver_due(send=Recorder({message.pk: server_down()}), now=BOOKED_AT + MINUTE)
    deliver_due(send=Recorder({message.pk: TryLater("SMTP 451")}), now=BOOKED_AT + 2 * MINUTE)
    assert state(message, "attempts", "due_at") == (2, BOOKED_AT + 4 * MINUTE)


@pytest.mark.parametrize(
    ("kind", "visit_in", "silence"),
    [("confirmation", 7 * DAY, 6 * HOUR), ("confirmation", 4 * HOUR, 2 * HOUR), ("moved", DAY, 6 * HOUR)],
)
def test_after_a_long_outage_the_desk_is_asked_to_call_once(kind, visit_in, silence):
    visit = AppointmentFactory(starts_at=BOOKED_AT + visit_in)
    message = MessageFactory(appointment=visit, kind=kind)
    minutes_of_outage(message, since=BOOKED_AT, until=BOOKED_AT + silence)
    assert Task.objects.count() == 0
    told = BOOKED_AT + silence
    minutes_of_outage(message, since=told, until=told + 2 * MINUTE)
    assert list(Task.objects.values_list("appointment", "reason", "created_at")) == [
        (visit.pk, "Call about the visit: the email could not be delivered", told)
    ]
    Task.objects.update(closed_at=told, closed_by="staff:1")
    minutes_of_outage(message, since=told + 2 * MINUTE, until=told + 4 * MINUTE)
    assert (Task.objects.count(), state(message, "status", "attempts")) == (1, ("pending", 0))


def test_a_reminder_in_an_outage_waits_without_a_call_until_it_helps_no_more():
    message = MessageFactory(kind="reminder_24h", drop_after=BOOKED_AT + 4 * HOUR)
    minutes_of_outage(message, since=BOOKED_AT, until=BOOKED_AT + 4 * HOUR - MINUTE)
    assert (state(message), Task.objects.count()) == (("pending",), 0)
    minutes_of_outage(message, since=BOOKED_AT + 4 * HOUR - MINUTE, until=BOOKED_AT + 4 * HOUR)
    assert (state(message), Task.objects.count()) == (("failed",), 1)


def test_each_message_of_a_long_batch_has_its_own_time():
    first, second = visits_apart(2)
    Message.objects.filter(pk=second.pk).update(drop_after=BOOKED_AT + MINUTE)
    seconds = iter(range(0, 600, 20))
    deliver_due(
        send=Recorder(),
        now=BOOKED_AT,
        clock=lambda: BOOKED_AT + dt.timedelta(seconds=20 + next(seconds)),
    )
    assert state(first, "status", "sent_at") == ("sent", BOOKED_AT + dt.timedelta(seconds=40))
    assert state(second) == ("dropped",)


def test_a_batch_that_takes_long_gives_the_rest_back(monkeypatch):
    first, second = visits_apart(2)
    monkeypatch.setattr(delivery, "BATCH_SECONDS", -1)
    assert deliver_due(send=Recorder(), now=BOOKED_AT) is True
    assert [state(each, "status", "attempts", "claim") for each in (first, second)] == [
        ("pending", 0, None)
    ] * 2


def test_the_claims_of_a_dead_worker_return_after_its_lease():
    lease_ends = BOOKED_AT + 5 * MINUTE
    message = MessageFactory(status="sending", claim=uuid.uuid4(), claimed_until=lease_ends, attempts=1)
    send = Recorder()
    deliver_due(send=send, now=lease_ends - MINUTE)
    assert send.sent == []
    deliver_due(send=send, now=lease_ends)
    assert send.sent == [message.pk]
    assert state(message, "status", "attempts") == ("sent", 2)


def test_a_message_that_kills_its_worker_again_and_again_is_given_up():
    message = MessageFactory(status="sending", claim=uuid.uuid4(), claimed_until=BOOKED_AT, attempts=12)
    send = Recorder()
    deliver_due(send=send, now=BOOKED_AT)
    assert (send.sent, state(message)) == ([], ("failed",))
    assert Task.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_five_queries_a_message(count, django_assert_num_queries):
    visits_apart(count)
    # The claim: begin, select, update, commit. A message: begin, lock, select, commit; mark.
    with django_assert_num_queries(4 + 5 * count):
        deliver_due(send=Recorder(), now=BOOKED_AT)


def test_news_of_a_cancel_that_fails_after_the_visit_would_have_begun_needs_no_call():
    message = MessageFactory(kind="canceled", drop_after=STARTS_AT + DAY)
    Appointment.objects.filter(pk=message.appointment_id).update(
        status="canceled", canceled_at=BOOKED_AT, canceled_by="staff:1"
    )
    deliver_due(send=Recorder({message.pk: Refused("SMTP 550")}), now=STARTS_AT + HOUR)
    assert (state(message), Task.objects.count()) == (("failed",), 0)


# --- about somebody who waits


def test_whoever_waits_gets_the_message():
    message = WaitlistMessageFactory()
    send = Recorder()
    deliver_due(send=send, now=BOOKED_AT)
    assert (send.sent, state(message)) == ([message.pk], ("sent",))


@pytest.mark.parametrize(
    "change", [{"status": "left", "ended_at": BOOKED_AT}, {"by_email": False, "by_call": True}, {"email": ""}]
)
def test_whoever_waits_no_longer_or_has_no_email_gets_none(change):
    message = WaitlistMessageFactory()
    WaitlistEntry.objects.update(**change)
    send = Recorder()
    deliver_due(send=send, now=BOOKED_AT)
    assert (send.sent, state(message)) == ([], ("withdrawn",))


@pytest.mark.parametrize("of", ["draft", "appointment"])
def test_an_address_that_refuses_the_waitlists_message_is_a_call_for_the_center(of):
    visit = {"draft": None, "appointment": AppointmentFactory()} if of == "appointment" else {}
    message = WaitlistMessageFactory(waitlist_entry=WaitlistFactory(phone="+15125550147", **visit))
    deliver_due(send=Recorder({message.pk: Refused("SMTP 550")}), now=BOOKED_AT)
    task = Task.objects.get()
    assert (task.kind, task.reason) == (
        "not_delivered",
        "Call about the waitlist: the email could not be delivered",
    )
    assert getattr(task, of) == getattr(message.waitlist_entry, of)
    assert task.location == message.waitlist_entry.center


def test_nobody_is_called_about_a_place_on_the_list_that_was_given_up_meanwhile():
    message = WaitlistMessageFactory()

    def send(_message):
        WaitlistEntry.objects.update(status="left", ended_at=BOOKED_AT)
        raise Refused("SMTP 550")

    deliver_due(send=send, now=BOOKED_AT)
    assert (state(message), Task.objects.count()) == (("failed",), 0)


def test_a_place_on_the_list_waits_out_a_long_failure_of_the_server_without_a_call():
    message = WaitlistMessageFactory()
    down = Recorder({message.pk: TryLater("SMTP 421", server_down=True)})
    deliver_due(send=down, now=STARTS_AT - HOUR)
    assert (state(message), Task.objects.count()) == (("pending",), 0)
