"""Mail over real SMTP, with the failures of real servers."""

import pytest

from scheduling.actions.delivery import deliver_due
from scheduling.messaging.channels import open_channels
from scheduling.models import Message, Task
from tests.factories.messages import MessageFactory, visits_apart
from tests.factories.scheduling import BOOKED_AT

pytestmark = pytest.mark.django_db


def deliver():
    with open_channels() as send:
        return deliver_due(send=send, now=BOOKED_AT)


def states():
    return list(Message.objects.order_by("pk").values_list("status", "outcome"))


def test_a_mail_as_it_arrives(mail_server):
    message = MessageFactory()
    deliver()
    (mail,) = mail_server.mails
    assert mail_server.recipients == ["ana@example.com"]
    assert mail["From"] == "Alliance <visits@alliance.example>"
    assert mail["To"] == "ana@example.com"
    assert mail["Subject"] == "Your appointment on Tuesday, December 1"
    assert mail["Message-ID"] == f"<message-{message.pk}-0@alliance.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert mail.get_body(("plain",)).get_content().startswith("Your visit is booked.\n")
    assert "Your visit is booked</h1>" in mail.get_body(("html",)).get_content()
    assert states() == [("sent", "")]


def test_one_connection_a_batch_and_none_without_messages(mail_server):
    deliver()
    assert mail_server.connections == 0
    visits_apart(3)
    deliver()
    assert (mail_server.connections, len(mail_server.mails)) == (1, 3)


def test_a_refused_connection_leaves_everything_pending(mail_server):
    visits_apart(2)
    mail_server.stop()
    deliver()
    assert states() == [("pending", "ConnectionRefusedError")] * 2


def test_mail_leaves_when_the_server_is_back(mail_server):
    message = MessageFactory()
    mail_server.stop()
    deliver()
    mail_server.start()
    Message.objects.update(due_at=BOOKED_AT)
    deliver()
    assert mail_server.ids == [f"<message-{message.pk}-0@alliance.example>"]


@pytest.mark.parametrize("reply", ["451 try again", "452 full", "421 closing"])
def test_a_temporary_refusal_of_a_recipient_is_tried_again(mail_server, reply):
    first, _second = visits_apart(2)
    first.appointment.email = "full@example.com"
    first.appointment.save()
    mail_server.refused = {"full@example.com": reply}
    deliver()
    assert states() == [("pending", f"SMTP {reply[:3]}"), ("sent", "")]
    assert mail_server.recipients == ["ana@example.com"]


@pytest.mark.parametrize("reply", ["550 no such user", "553 bad name"])
def test_a_permanent_refusal_of_a_recipient_is_on_the_call_list(mail_server, reply):
    first, _second = visits_apart(2)
    first.appointment.email = "nobody@example.com"
    first.appointment.save()
    mail_server.refused = {"nobody@example.com": reply}
    deliver()
    assert states() == [("failed", f"SMTP {reply[:3]}"), ("sent", "")]
    assert Task.objects.get().appointment_id == first.appointment_id
    assert mail_server.connections == 1


@pytest.mark.parametrize(("answer", "status"), [("451 later", "pending"), ("554 spam", "failed")])
def test_a_refused_text(mail_server, answer, status):
    visits_apart(2)
    mail_server.answer = answer
    deliver()
    assert states() == [(status, f"SMTP {answer[:3]}")] * 2


def test_a_connection_dropped_in_mid_message_costs_one_message_a_pause(mail_server):
    visits_apart(3)
    mail_server.drops = 1
    deliver()
    assert states() == [("pending", "SMTPServerDisconnected"), ("sent", ""), ("sent", "")]
    assert (mail_server.connections, len(mail_server.mails)) == (2, 2)


def test_a_lost_reply_repeats_the_mail_under_the_same_id(mail_server):
    message = MessageFactory()
    mail_server.drops_after_accepting = 1
    deliver()
    Message.objects.update(due_at=BOOKED_AT)
    deliver()
    assert states() == [("sent", "")]
    assert mail_server.ids == [f"<message-{message.pk}-0@alliance.example>"] * 2


def test_a_server_that_hangs_is_left(mail_server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    MessageFactory()
    mail_server.seconds = 1
    deliver()
    assert states() == [("pending", "SMTPServerDisconnected")]


def test_a_refused_sender_is_our_fault_and_fails_no_message(mail_server):
    visits_apart(2)
    mail_server.refused_sender = "550 who are you"
    deliver()
    assert states() == [("pending", "SMTP 550")] * 2
    assert mail_server.connections == 1
