"""Two uploads at once, an upload while the draft is booked, and connections that are slow or break off."""

import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.urls import reverse

from scheduling.actions.booking import confirm_booking
from scheduling.actions.documents import NewFile, add_documents
from scheduling.exceptions import AlreadyBooked, TooManyFiles
from scheduling.models import Document, Draft
from scheduling.queries.documents import MOST
from scheduling.queries.drafts import digest_of
from scheduling.uploads.kinds import CleanFile, ContentType
from tests.concurrency.conftest import running_gunicorn
from tests.factories.documents import DocumentFactory, stored_names
from tests.factories.journey import NOW, PATIENT, bookable, ready_draft
from tests.files import jpeg
from tests.http import CSRF, HttpBrowser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def at_once(*works) -> list:
    """What each came to: what it returned, or the refusal it met."""
    ready, found = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        try:
            ready.wait()
            found[number] = work()
        except (TooManyFiles, AlreadyBooked) as refusal:
            found[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def add(draft, content: bytes):
    file = NewFile("order.jpg", CleanFile(ContentType.JPEG, content))
    return add_documents(owner=draft, kind=Document.Kind.ORDER, files=[file], now=NOW, by=PATIENT)


def test_two_uploads_do_not_both_take_the_last_place():
    draft = ready_draft(*bookable())
    for _ in range(MOST["order"] - 1):
        DocumentFactory(draft=draft)

    found = at_once(lambda: add(draft, b"one"), lambda: add(draft, b"two"))

    assert sorted(type(each).__name__ for each in found) == ["TooManyFiles", "list"]
    assert Document.objects.count() == MOST["order"]
    assert set(Document.objects.values_list("stored_as", flat=True)) <= stored_names()


def test_the_same_upload_twice_is_one_paper():
    draft = ready_draft(*bookable())
    at_once(lambda: add(draft, b"same"), lambda: add(draft, b"same"))
    assert Document.objects.count() == 1


def test_an_upload_while_the_draft_is_booked_goes_to_the_visit_or_is_refused():
    draft = ready_draft(*bookable())

    def book():
        fresh = Draft.objects.get(pk=draft.pk)
        return confirm_booking(draft_id=fresh.pk, digest=digest_of(fresh), now=NOW, by=PATIENT)

    upload, booking = at_once(lambda: add(draft, b"page"), book)

    papers = list(Document.objects.all())
    if isinstance(upload, AlreadyBooked):
        assert papers == []
    else:
        assert [paper.appointment for paper in papers] == [booking.visit]
    kinds = set(booking.visit.tasks.open().values_list("kind", flat=True))
    assert kinds == ({"match_order"} if papers else {"missing_order"})


def multipart(content: bytes) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{CSRF}\r\n'
    file = '--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    return head.encode() + file.encode() + content + b"\r\n--b--\r\n"


def begin_upload(base: str, path: str, session: str, length: int) -> socket.socket:
    address = urlsplit(base)
    line = socket.create_connection((address.hostname, address.port), timeout=30)
    line.sendall(
        f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: csrftoken={CSRF}; sessionid={session}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    return line


def test_a_slow_upload_outlives_the_servers_patience_and_one_that_breaks_off_harms_nobody():
    """gunicorn ends a worker that is silent for its timeout, here two seconds: a thread that waits for a
    patient's telephone must not look like that."""
    draft = ready_draft(*bookable(), visitor="this-browser")
    path = reverse("portal:draft-order", kwargs={"draft_id": draft.pk})
    whole = multipart(jpeg())
    # Loaded before its patience begins: on a busy machine that alone takes longer.
    with running_gunicorn(GUNICORN_CMD_ARGS="--timeout 2 --preload") as (base, _master):
        browser = HttpBrowser.of_visitor(base, "this-browser")
        broken = begin_upload(base, path, browser.session, len(whole))
        broken.sendall(whole[:150])
        broken.close()
        slow = begin_upload(base, path, browser.session, len(whole))
        for part in range(5):
            slow.sendall(whole[part * 60 : (part + 1) * 60])
            time.sleep(1)
            assert HttpBrowser(base).get("/visit/").status == 200
        slow.sendall(whole[300:])
        answer = slow.recv(200)
        slow.close()

    assert answer.startswith(b"HTTP/1.1 303"), answer
    assert Document.objects.get().original_name == "a.jpg"
    assert Document.objects.get().stored_as in stored_names()
