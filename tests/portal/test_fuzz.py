"""Every address of the patients' site, the demo's mailbox and the desk, with what nobody types in every
field of every form and every query name: refused or ignored, never an error of ours."""

import logging
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from tests.access.test_matrix import address_of, client_of, names_of, world
from tests.factories.journey import NOW
from tests.factories.safety import publish_safety
from tests.factories.screening import MRI, publish_preset

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.django_db

QUERY = (
    "q",
    "near",
    "center",
    "day",
    "part",
    "all",
    "draft",
    "lat",
    "lon",
    "next",
    "page",
    "location",
    "kind",
    "hours",
)
# What a page reads of them; others get all names at once, where one bad value may hide the next.
READS = {
    "portal:home": ("near", "lat", "lon"),
    "portal:exams": ("q",),
    "portal:time": ("center", "day", "part", "all"),
    "locations:list": ("near", "lat", "lon"),
    "frontdesk:sign-in": ("next",),
    "frontdesk:tasks": ("location", "kind", "page"),
    "frontdesk:bursts": ("hours",),
}
# What a page takes that its own form may not show, because there is nothing to choose from.
TAKES = {
    "portal:time": ("opening",),
    "portal:check": ("digest",),
    "portal:safety": ("by_phone",),
    "portal:change-exam": ("exam",),
    "portal:draft-order": ("remove",),
    "portal:visit-order": ("remove",),
    "portal:draft-paying": ("remove",),
    "portal:visit-paying": ("remove",),
    "portal:other-exam": ("exam", "q"),
    "frontdesk:task-done": ("outcome",),
    "frontdesk:task-tried": ("tries",),
    "frontdesk:bursts": ("visit", "every"),
    "frontdesk:burst-review": ("reason",),
}

NUL = "a\0b"
LONG = "x" * 1_000_000
NASTY = {
    "empty": "",
    "nul": NUL,
    "long": LONG,
    "long number": "9" * 5000,
    "surrogate": b"\xed\xa0\x80".decode("utf-8", "replace"),
    "huge": "9" * 40,
    "below zero": "-1",
    "not a number": "nan",
    "infinite": "1e999",
    "year 1": "0001-01-01T00:00Z",
    "year 9999": "9999-12-31T23:59Z",
    "day of year 1": "0001-01-01",
    "last day": "9999-12-31",
    "other digits": "١٩٨٠",
    "away": "//example.org/\r\nX: y",
}
SHORT = ("nul", "long", "year 1", "last day")
ALONE = ("nul", "year 1")  # in the short walk, of each field


class Fields(HTMLParser):
    """What a browser would send of all forms on a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""
        self.feed(page)
        for nameless in ("", "csrfmiddlewaretoken"):
            self.values.pop(nameless, None)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = value
        elif tag in ("input", "textarea", "button") and (name not in self.values or "checked" in given):
            self.values[name] = value


@pytest.fixture
def ask(world, time_machine, tmp_path, settings):
    """One request, undone afterwards, of a browser with a draft, an opened visit and a desk signed in."""
    time_machine.move_to(NOW, tick=False)
    (tmp_path / "1.eml").write_text("Subject: x\nTo: a@example.org\n\nhello\n")
    settings.MAILBOX_DIR = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    known = client_of(world, "front desk")
    session = known.session
    session["visitor"] = world.draft.visitor
    session["open_visits"] = {str(world.visit.pk): NOW.isoformat()}
    session.save()

    def send(method: str, address: str, data=None, **options):
        client = Client(raise_request_exception=False)
        client.cookies.load(known.cookies.output(header="", sep=";"))
        with transaction.atomic():
            answer = getattr(client, method)(address, data or {}, **options)
            list(answer)  # a file that was read is closed
            transaction.set_rollback(True)
        return answer

    logging.disable(logging.CRITICAL)
    yield send
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", sorted(names_of(get_resolver().url_patterns)))
def test_nothing_sent_makes_an_error(world, ask, name, is_long):
    if ":covid" in name:
        publish_preset("a")
    if ":safety" in name:
        publish_safety(MRI)
    address = address_of(world, name)
    page = ask("get", address)
    fields = dict.fromkeys(TAKES.get(name, ()), "") | fields_of(page)

    together, alone = (NASTY, NASTY) if is_long else (SHORT, ALONE)
    sent = tried(ask, address, fields, queries=READS.get(name, ()), together=together, alone=alone)
    failed = [what for *what, status in sent if status >= 500]

    assert page.status_code < 500
    assert failed == []


def fields_of(page) -> dict[str, str]:
    return (
        Fields(page.content.decode()).values if page.get("Content-Type", "").startswith("text/html") else {}
    )


def tried(ask, address, fields, *, queries, together, alone):
    for case in together:
        value = NASTY[case]
        yield "get", "all", case, ask("get", address, dict.fromkeys(QUERY, value)).status_code
        yield "post", "all", case, ask("post", address, dict.fromkeys(fields, value)).status_code
        for query in queries:
            yield "get", query, case, ask("get", address, {query: value}).status_code
    for case in alone:
        for field in fields:
            yield "post", field, case, ask("post", address, {**fields, field: NASTY[case]}).status_code
    for query in queries:
        yield "post", f"?{query}", "nul", ask("post", f"{address}?{query}=%00", fields).status_code
    twice = {field: ["a", "b"] for field in fields}
    upload = {field: SimpleUploadedFile("a.txt", b"x") for field in fields}
    yield "post", "all", "twice", ask("post", address, twice).status_code
    yield "post", "all", "a file", ask("post", address, upload).status_code
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        yield "post", "body", kind, ask("post", address, b"{[\0", content_type=kind).status_code


def test_the_walk_finds_the_fields_of_forms(world, ask):
    shown = fields_of(ask("get", address_of(world, "portal:patient")))
    assert {"booking_for", "given_name", "birth_date_year"} <= shown.keys()
    assert "opening" in fields_of(ask("get", address_of(world, "portal:time")))
