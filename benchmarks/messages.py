"""Ten thousand mails due at once, over SMTP to a sink in a process of its own."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter, sleep

from django.conf import settings
from django.db import connection

from benchmarks.dataset import NOW
from benchmarks.report import Row
from scheduling.actions.delivery import deliver_due
from scheduling.messaging.channels import open_channels
from scheduling.models import Appointment, Message

DUE = 10_000
GOAL = "90 s"
SINK = """
import asyncio, sys
from aiosmtpd.smtp import SMTP

class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink()), "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(main())
"""


def measure(size: int) -> Iterator[Row]:
    if size < DUE:
        return
    with sink():
        for workers in (1, 2):
            enqueue()
            start = perf_counter()
            deliver(workers)
            took = round((perf_counter() - start) * 1000)
            sent = Message.objects.filter(status=Message.Status.SENT).count()
            assert sent == DUE, f"only {sent} of {DUE} left"
            yield Row(
                work=f"{DUE:,} due messages, {workers} worker{'s' if workers > 1 else ''}",
                size=size,
                median_ms=took,
                p95_ms=took,
                queries=0,
                results=sent,
                goal=GOAL,
            )
    Message.objects.all().delete()


def enqueue() -> None:
    Message.objects.all().delete()
    visits = Appointment.objects.filter(status=Appointment.Status.BOOKED, starts_at__gt=NOW)[:DUE]
    wanted = [(visit, kind) for kind in (Message.Kind.CONFIRMATION, Message.Kind.MOVED) for visit in visits]
    Message.objects.bulk_create(
        Message(
            appointment=visit,
            kind=kind,
            ical_sequence=visit.ical_sequence,
            due_at=NOW,
            drop_after=visit.starts_at,
            created_at=NOW,
        )
        for visit, kind in wanted[:DUE]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE scheduling_message")


def deliver(workers: int) -> None:
    """As many processes as workers: what Celery does, without Celery."""
    if workers == 1:
        deliver_all()
        return
    children = []
    for _ in range(workers):
        connection.close()
        child = os.fork()
        if child == 0:
            try:
                deliver_all()
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def deliver_all() -> None:
    more = True
    while more:
        with open_channels() as send:
            more = deliver_due(send=send, now=NOW)


@contextlib.contextmanager
def sink() -> Iterator[None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SINK, str(port)])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    try:
        while not accepts(port):
            sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
