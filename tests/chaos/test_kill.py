"""Parts are killed at random moments while people book: what was acknowledged stays, nothing is doubled.

Run by `python3 dev.py chaos` (pytest --long), not by the ordinary tests.
"""

import contextlib
import http.client
import os
import queue
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from scheduling.actions.delivery import LEASE, deliver_due
from scheduling.messaging.channels import open_channels
from scheduling.models import Appointment, Draft, Message
from scheduling.queries.drafts import digest_of
from scheduling.queries.openings import Wish, find_openings
from tests.concurrency.conftest import mail_server, running_gunicorn
from tests.factories.journey import bookable, ready_draft
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import AppointmentFactory
from tests.http import HttpBrowser
from tests.invariants import check_everything
from tests.programs import eventually, start_delivering

__all__ = ["mail_server"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
CLIENTS, BOOKINGS, KILLS = 8, 300, 10


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(status[1]) == pid and status[0] != "Z":
                found.append(int(entry.name))
    return found


def kill_a_worker(master: subprocess.Popen) -> None:
    workers = children_of(master.pid)
    if workers:
        os.kill(random.choice(workers), signal.SIGKILL)


def kill_a_backend(master: subprocess.Popen) -> None:
    """A database connection dies in mid-work, as it does when PostgreSQL ends one by force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY random() LIMIT 1"
        )


def drafts_to_book() -> list[Draft]:
    """Each for a time of its own, but for every tenth, which two people want."""
    machine, exam = bookable()
    now = timezone.now()
    found = find_openings(
        wish=Wish(exam_id=exam.pk, laterality="left"),
        location_id=machine.location_id,
        first=now.date(),
        last=now.date() + 60 * (LEASE * 288),
        now=now,
        avoid_stranding=False,
    )
    times, free_from = [], now
    for one in found:
        if one.starts_at >= free_from:
            times.append(one.starts_at)
            free_from = one.occupied_until
    wanted = [time for n, time in enumerate(times) for _ in range(2 if n % 10 == 0 else 1)][:BOOKINGS]
    return [
        ready_draft(machine, exam, starts_at=at, given_name=f"P{n}", visitor=f"v{n}")
        for n, at in enumerate(wanted)
    ]


class Client(threading.Thread):
    """Confirms drafts one after the other; an unknown outcome is asked for again with the same key."""

    def __init__(self, base: str, work: "queue.Queue[tuple[Draft, str, HttpBrowser]]", told: dict) -> None:
        super().__init__()
        self.base, self.work, self.told = base, work, told
        self.retries = 0

    def run(self) -> None:
        while True:
            try:
                draft, digest, browser = self.work.get_nowait()
            except queue.Empty:
                return
            path = reverse("portal:check", kwargs={"draft_id": draft.pk})
            self.told[draft.pk] = self.answer(browser, path, digest)

    def answer(self, browser: HttpBrowser, path: str, digest: str) -> tuple[int, str]:
        ends = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                reply = browser.post(path, {"digest": digest})
                if reply.status < 500:
                    return reply.status, reply.location
            assert time.monotonic() < ends, "the service did not come back"
            self.retries += 1
            time.sleep(0.1)


@pytest.mark.parametrize("kill", [kill_a_worker, kill_a_backend], ids=["web process", "database backend"])
def test_bookings_survive(kill):
    drafts = drafts_to_book()
    told: dict = {}
    with running_gunicorn() as (base, master):
        work: queue.Queue = queue.Queue()
        for draft in drafts:
            draft.refresh_from_db()
            work.put((draft, digest_of(draft), HttpBrowser.of_visitor(base, draft.visitor)))
        clients = [Client(base, work, told) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        kills = 0
        while any(client.is_alive() for client in clients):
            time.sleep(random.uniform(0.1, 0.6))
            if kills < KILLS:
                kill(master)
                kills += 1
        for client in clients:
            client.join()

    statuses = Counter(status for status, _location in told.values())
    print(f"{kill.__name__} {kills} times: {dict(statuses)}, {sum(c.retries for c in clients)} retries")
    assert set(told) == {draft.pk for draft in drafts}
    assert set(statuses) == {303, 409}
    booked = {row.draft_id for row in Appointment.objects.filter(status="booked")}
    assert booked == {draft_id for draft_id, (status, _location) in told.items() if status == 303}
    assert Appointment.objects.filter(status="booked").values("starts_at").distinct().count() == len(booked)
    check_everything()


def test_mails_survive_their_worker(mail_server):
    """Killed at random moments again and again; each kill repeats at most the one message in flight."""
    now = timezone.now()
    first = MessageFactory(appointment__created_at=now, appointment__starts_at=now + LEASE * 2000)
    visit = first.appointment
    for hour in range(1, 200):
        other = AppointmentFactory(
            scanner=visit.scanner,
            exam=visit.exam,
            created_at=now,
            starts_at=visit.starts_at + hour * LEASE * 12,
        )
        MessageFactory(appointment=other)
    mail_server.seconds_to_answer = 0.02
    for _ in range(KILLS):
        before = mail_server.tries
        worker = start_delivering(mail_server.url)
        assert eventually(lambda least=before: mail_server.tries > least, within=30)
        time.sleep(random.uniform(0, 0.3))
        worker.kill()
        worker.wait()
        Message.objects.filter(status="sending").update(claimed_until=now)  # as if the lease had run out
    mail_server.seconds_to_answer = 0
    with open_channels() as send:
        while deliver_due(send=send, now=timezone.now()):
            pass

    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    times = Counter(mail_server.ids)
    repeated = sum(times.values()) - len(times)
    print(f"worker killed {KILLS} times: {len(times)} mails, {repeated} repeated")
    assert len(times) == 200
    assert repeated <= KILLS
