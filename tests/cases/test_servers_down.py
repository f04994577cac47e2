"""Mail server and broker have no part in booking: with both gone a visit is confirmed at once."""

import time

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling.actions.delivery import deliver_due
from scheduling.messaging.channels import open_channels
from scheduling.models import Appointment, Message
from scheduling.queries.drafts import digest_of
from tests.concurrency.conftest import mail_server, running_server
from tests.concurrency.test_rivals import first_time
from tests.factories.journey import bookable, ready_draft
from tests.http import HttpBrowser
from tests.smtp import unused_port

__all__ = ["mail_server"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def test_booking_without_mail_server_and_broker(settings, mail_server):
    machine, exam = bookable()
    draft = ready_draft(machine, exam, starts_at=first_time(machine, exam), visitor="one")
    closed = {
        "REDIS_URL": f"redis://127.0.0.1:{unused_port()}/0",
        "EMAIL_URL": f"smtp://127.0.0.1:{unused_port()}",
    }
    with running_server(**closed) as base:
        browser = HttpBrowser.of_visitor(base, "one")
        path = reverse("portal:check", kwargs={"draft_id": draft.pk})
        assert browser.get(path).status == 200  # the first page of a new process is not what is measured
        began = time.monotonic()
        reply = browser.post(path, {"digest": digest_of(draft)})
        seconds = time.monotonic() - began

    print(f"confirmed without mail server and broker in {seconds:.3f} s")
    assert reply.status == 303
    assert seconds < 2
    assert Appointment.objects.get().status == "booked"

    settings.EMAIL_PORT = unused_port()
    now = timezone.now()
    with open_channels() as send:
        deliver_due(send=send, now=now)
    confirmation = Message.objects.get(kind="confirmation")
    assert (confirmation.status, confirmation.attempts) == ("pending", 0)
    assert mail_server.mails == []

    settings.EMAIL_PORT = mail_server.port
    with open_channels() as send:
        deliver_due(send=send, now=confirmation.due_at)
    assert [mail["To"] for mail in mail_server.mails] == ["ana@example.com"]
