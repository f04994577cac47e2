"""A flood from one address over real HTTP, with Redis down: it is refused, and nobody else waits for it.

Loopback has many addresses: the flood comes from one, patients from another. Counts are printed (pytest -s).
"""

import http.client
import statistics
import threading
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest

from scheduling.portal.limits import FIND_VISIT_BY_ADDRESS
from scheduling.rules import codes
from tests.concurrency.conftest import running_server
from tests.factories.journey import bookable
from tests.factories.scheduling import AppointmentFactory
from tests.http import CSRF
from tests.smtp import unused_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
FLOOD, PATIENTS = "127.0.0.66", "127.0.0.77"
CLIENTS = 4
BORN = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}


def look_up(base: str, address: str, code: str, **headers: str) -> tuple[int, float]:
    """One try from this address: its status and its seconds."""
    server = urlsplit(base)
    connection = http.client.HTTPConnection(
        server.hostname, server.port, timeout=30, source_address=(address, 0)
    )
    form = urlencode({"code": code, **BORN, "csrfmiddlewaretoken": CSRF})
    sent = {
        "Cookie": f"csrftoken={CSRF}",
        "Content-Type": "application/x-www-form-urlencoded",
        **headers,
    }
    start = time.perf_counter()
    try:
        connection.request("POST", "/visit/", form, sent)
        status = connection.getresponse().status
    finally:
        connection.close()
    return status, time.perf_counter() - start


def patients_of(base: str, known: str, count: int) -> tuple[Counter[int], float]:
    """Who has mislaid the link; with the median of what it took."""
    replies = [look_up(base, PATIENTS, known) for _ in range(count)]
    return Counter(status for status, _seconds in replies), statistics.median(
        each for _status, each in replies
    )


def test_a_flood_from_one_address_with_redis_down(is_long):
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam)
    flooded: Counter[int] = Counter()
    stop = threading.Event()
    seconds = 20 if is_long else 2
    with running_server(REDIS_URL=f"redis://127.0.0.1:{unused_port()}/0") as base:

        def flood(number: int) -> None:
            """Each try claims to come from somewhere else."""
            tries = 0
            while not stop.is_set():
                tries += 1
                claimed = {"X-Forwarded-For": f"192.0.2.{tries % 250}", "X-Real-IP": f"198.51.100.{number}"}
                flooded[look_up(base, FLOOD, codes.new_code(), **claimed)[0]] += 1

        calm, before = patients_of(base, visit.code, 10)
        threads = [threading.Thread(target=flood, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        during, meanwhile = patients_of(base, visit.code, 10)
        stop.set()
        for thread in threads:
            thread.join()

    print(
        f"flood: {sum(flooded.values())} tries of {CLIENTS} clients: {dict(flooded)}; patients meanwhile: "
        f"{dict(during)}, median {before * 1000:.0f} and {meanwhile * 1000:.0f} ms"
    )
    assert flooded[422] == FIND_VISIT_BY_ADDRESS["limit"]  # counted over all processes and threads
    assert flooded[429] > 0
    assert set(flooded) == {422, 429}
    assert (calm, during) == (Counter({303: 10}), Counter({303: 10}))
