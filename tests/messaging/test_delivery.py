"""The outbox under real workers: together, killed in mid-batch, and with its servers away."""

import datetime as dt
import sys
import threading
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from scheduling.actions import delivery
from scheduling.actions.delivery import LEASE, deliver_due
from scheduling.actions.messages import follow_booking
from scheduling.messaging.channels import open_channels
from scheduling.models import Appointment, Message
from scheduling.rules.actors import Actor
from scheduling.tasks import deliver_due_messages
from tests.factories.messages import visits_apart
from tests.factories.scheduling import AppointmentFactory
from tests.programs import environment, eventually, find_redis, running, start_delivering
from tests.smtp import running_mail_server, unused_port

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def near_future():
    """Whole processes read the real clock: visits ten days from now."""
    now = timezone.now().replace(microsecond=0)
    return {"appointment__created_at": now, "appointment__starts_at": now + dt.timedelta(days=10)}


def statuses() -> Counter:
    return Counter(Message.objects.values_list("status", flat=True))


def test_two_workers_at_once_send_each_message_once(mail_server, monkeypatch, near_future):
    monkeypatch.setattr(delivery, "BATCH", 5)  # so that both have something to claim
    visits_apart(40, **near_future)
    start = threading.Barrier(2)

    def work():
        start.wait()
        try:
            deliver_due_messages()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert statuses() == {"sent": 40}
    assert len(mail_server.ids) == len(set(mail_server.ids)) == 40
    assert mail_server.connections >= 8  # one a batch, and whoever finds nothing opens none


def test_a_cancel_does_not_wait_for_a_slow_mail_server(mail_server, near_future):
    visits_apart(1, **near_future)
    mail_server.seconds_to_answer = 1.5

    def work():
        try:
            deliver_due_messages()
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert eventually(lambda: mail_server.mails, within=5)
    assert Appointment.objects.select_for_update(nowait=True, no_key=True).count() == 1
    assert Message.objects.get().status == "sending"
    worker.join()
    assert Message.objects.get().status == "sent"


@pytest.mark.parametrize("taken", [True, False], ids=["mail taken, reply not read", "mail not taken"])
def test_kill_9_in_mid_batch_loses_nothing_and_repeats_at_most_one(mail_server, near_future, taken):
    count = 6
    visits_apart(count, **near_future)
    if taken:
        mail_server.seconds_to_answer = 0.4
    else:
        mail_server.seconds = 0.4
    worker = start_delivering(mail_server.url)
    assert eventually(lambda: mail_server.tries == 3, within=20)
    worker.kill()
    worker.wait()
    assert statuses() == {"sent": 2, "sending": 4}

    mail_server.seconds = mail_server.seconds_to_answer = 0
    with open_channels() as send:
        deliver_due(send=send, now=timezone.now())
        assert statuses() == {"sent": 2, "sending": 4}  # the lease still runs
        deliver_due(send=send, now=timezone.now() + LEASE)
    assert statuses() == {"sent": count}
    times = Counter(mail_server.ids)
    assert len(times) == count
    assert sorted(times.values()) == [1] * (count - 1) + [2 if taken else 1]


def test_celery_and_beat_deliver_and_go_on_after_broker_and_mail_were_away(near_future, tmp_path):
    redis = find_redis()
    if redis is None:
        pytest.skip("no Redis server on this machine")
    port = unused_port()
    start_redis = [redis, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with running_mail_server() as server:
        env = environment(REDIS_URL=f"redis://127.0.0.1:{port}/0", EMAIL_URL=server.url)
        celery = [sys.executable, "-m", "celery", "-A", "alliance", "worker", "-B", "--concurrency=1"]
        celery += ["--schedule", str(tmp_path / "beat"), "--loglevel", "error"]
        with running(start_redis) as broker, running(celery, env):
            visits_apart(1, **near_future)
            assert eventually(lambda: len(server.mails) == 1, within=30)
            server.stop()
            broker.terminate()
            broker.wait()

            visit = AppointmentFactory(
                created_at=timezone.now(), starts_at=timezone.now() + dt.timedelta(days=12)
            )
            follow_booking(appointment=visit, now=timezone.now(), by=Actor.patient("1"))
            assert visit.messages.filter(kind="confirmation").values_list("status", flat=True)[0] == "pending"

            server.start()
            with running(start_redis):
                assert eventually(lambda: len(server.mails) == 2, within=60)
    assert len(set(server.ids)) == 2
