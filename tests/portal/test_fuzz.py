"""Every address of the patients' site, the demo's mailbox and the desk, with what nobody types: never an
error of ours. Prints how often it asked. `--long` asks a thousand times each.

Nothing is listed here. Addresses come from the address list, fields from the forms on their pages, and other
names from the source: what any form declares and what any view reads. So a new page is tried without a row.
"""

import ast
import importlib
import logging
import pkgutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote_from_bytes

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.actions.callbacks import Caller, request_callback
from scheduling.models import GoodHours
from tests.access.test_matrix import address_of, client_of, make_world, names_of, world
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, ready_draft
from tests.factories.safety import SAFETY, publish_safety
from tests.factories.scheduling import AppointmentFactory, DraftFactory, ExamFactory, OfferingFactory
from tests.factories.screening import publish_preset
from tests.once import made_once

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.django_db

EXAMPLES = 1000 if settings.default.max_examples >= 1000 else 6
ROOT = Path(__file__).resolve().parents[2]
EDGES = ("scheduling.portal", "scheduling.frontdesk", "scheduling.messaging", "scheduling.forms", "locations")
SENT_BY_READERS = {"POST", "GET", "FILES"}
READERS = {"query", "data", "typed"}  # what views call the fields they hand on
LONG = b"x" * 1_000_000


def names_in_forms() -> set[str]:
    """Of every form that is defined; dates of birth are sent in three parts."""
    for package in EDGES:
        module = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            importlib.import_module(found.name)
    names = set()
    for form in subclasses_of(forms.BaseForm):
        if form.__module__.startswith(("scheduling", "locations")):
            for name, field in getattr(form, "base_fields", {}).items():
                parts = getattr(field.widget, "widgets_names", None) or [""]
                names |= {f"{name}{part}" for part in parts}
    return names


def subclasses_of(one: type) -> set[type]:
    return {one, *(each for child in one.__subclasses__() for each in subclasses_of(child))}


def names_in_views() -> set[str]:
    """Read from the source: `request.POST["opening"]`, `request.GET.get("q")`, `"remove" in request.POST`."""
    found = set()
    for package in EDGES:
        for path in (ROOT / package.replace(".", "/")).rglob("*.py"):
            found |= {name for node in ast.walk(ast.parse(path.read_text())) for name in names_read_by(node)}
    return found


def names_read_by(node: ast.AST) -> list[str]:
    match node:
        case ast.Subscript(value=source, slice=ast.Constant(value=str(name))):
            return [name] if is_sent(source) else []
        case ast.Call(func=ast.Attribute(value=source), args=[ast.Constant(value=str(name)), *_]):
            return [name] if is_sent(source) else []
        case ast.Compare(left=ast.Constant(value=str(name)), comparators=[source]):
            return [name] if is_sent(source) else []
    return []


def is_sent(source: ast.expr) -> bool:
    return (isinstance(source, ast.Attribute) and source.attr in SENT_BY_READERS) or (
        isinstance(source, ast.Name) and source.id in READERS
    )


NAMES = sorted(names_in_forms() | names_in_views())


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


def fields_of(page) -> dict[str, bytes]:
    if not page.get("Content-Type", "").startswith("text/html"):
        return {}
    return {name: value.encode() for name, value in Fields(page.content.decode()).values.items()}


# --- what nobody types

NASTY = [
    b"", b" ", b"\0", b"a\0b", b"-1", b"0", b"9" * 40, b"9" * 5000, b"nan", b"1e999", b"true", b"null", b"[]",
    b"{}", b"0001-01-01T00:00Z", b"9999-12-31T23:59Z", b"0001-01-01", b"9999-12-31", b"2026-02-30",
    b"//example.org/\r\nX: y", b"'\"<script>", b"%s %(x)s {0} {{ x }}", b"../../etc/passwd", b"\xed\xa0\x80",
    b"\xff\xfe", b"\xc3", "١٩٨٠".encode(), "\u202e\u2066".encode(), "é".encode("utf-16"), LONG,
]  # fmt: skip
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=30).map(str.encode)
VALUES = st.one_of(
    st.sampled_from(NASTY),
    ANY_TEXT,
    st.binary(max_size=20),
    st.integers().map(lambda number: str(number).encode()),
    st.datetimes().map(lambda at: at.isoformat().encode()),
)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=4)
METHODS = st.sampled_from(["post"] * 6 + ["get"] * 4 + ["head", "put", "patch", "delete", "options"])
KINDS = st.sampled_from(["form"] * 6 + ["multipart"] * 2 + ["files", "broken multipart", "json", "text"])


@st.composite
def filled_in(draw, fields: dict[str, bytes]) -> list[tuple[str, bytes]]:
    """The page's own form: most fields as they were, some with something else, missing or sent twice."""
    sent = []
    for name, value in fields.items():
        match draw(st.sampled_from(["as it was", "as it was", "other", "missing", "twice"])):
            case "as it was":
                sent.append((name, value))
            case "other":
                sent.append((name, draw(VALUES)))
            case "twice":
                sent += [(name, value), (name, draw(VALUES))]
    return sent


def encoded(pairs: list[tuple[str, bytes]]) -> str:
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)


def body_of(kind: str, pairs: list[tuple[str, bytes]]) -> tuple[bytes, str]:
    if kind == "form":
        return encoded(pairs).encode(), "application/x-www-form-urlencoded"
    if kind in ("multipart", "files"):
        data = {
            name: SimpleUploadedFile("a.pdf", value)
            if kind == "files"
            else value.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()
            for name, value in pairs
        }
        return encode_multipart(BOUNDARY, data), MULTIPART_CONTENT
    types = {
        "broken multipart": "multipart/form-data; boundary=x",
        "json": "application/json",
        "text": "text/plain",
    }
    return b"{[\0" + b"".join(value for _name, value in pairs), types[kind]


# --- whom they are sent for

DRAFTS = ("ready", "begun", "chest", "by phone", "booked")
VISITS = ("coming", "canceled", "over", "arrived")


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with made_once(make_states, django_db_blocker) as world:
        yield world


@pytest.fixture
def states(world):
    return world.states


def make_states():
    """Drafts and visits of one browser, in the states that the pages tell apart; all forms are asked."""
    world = make_world()
    publish_preset("a")
    publish_safety(SAFETY)
    world.location.screening_on = True
    world.location.save()
    machine, mine = world.visit.scanner, {"visitor": world.draft.visitor}
    lungs = ExamFactory(chest_respiratory=True)
    OfferingFactory(exam=lungs, location=world.location)
    for_grown_ups = ExamFactory()
    OfferingFactory(exam=for_grown_ups, location=world.location, minimum_age=90)
    called = ready_draft(machine, for_grown_ups, laterality="", phone="+15125550147", **mine)
    caller = Caller(name="Ana", phone="+15125550147", phone_as_typed="", good_hours=GoodHours.ANY)
    request_callback(draft_id=called.pk, location=world.location, caller=caller, now=NOW, by=PATIENT)
    booked = ready_draft(machine, world.exam, **mine)
    at = {"scanner": machine, "exam": world.exam}
    days = [NINE_FORTY.replace(day=day) for day in (21, 22, 23)]
    over = NINE_FORTY.replace(month=11, day=20)
    drafts = {
        "ready": world.draft,
        "begun": DraftFactory(exam=world.exam, **mine),
        "chest": ready_draft(machine, lungs, laterality="", **mine),
        "by phone": called,
        "booked": booked,
    }
    visits = {
        "coming": AppointmentFactory(draft=booked, starts_at=days[0], **at),
        "canceled": AppointmentFactory(
            starts_at=days[1], status="canceled", canceled_at=NOW, canceled_by="patient:visit 1", **at
        ),
        "over": AppointmentFactory(starts_at=over, status="done", **at),
        "arrived": AppointmentFactory(starts_at=days[2], status="arrived", **at),
    }
    world.states = (drafts, visits)
    return world


@pytest.fixture
def ask(world, states, time_machine, tmp_path, settings):
    """One request, undone afterwards, of a browser with drafts and opened visits and a desk signed in."""
    time_machine.move_to(NOW, tick=False)
    (tmp_path / "1.eml").write_text("Subject: x\nTo: a@example.org\n\nhello\n")
    settings.MAILBOX_DIR = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    known = client_of(world, "front desk")
    session = known.session
    session["visitor"] = world.draft.visitor
    session["open_visits"] = {str(visit.pk): NOW.isoformat() for visit in [world.visit, *states[1].values()]}
    session.save()

    def send(method: str, address: str, data: bytes = b"", kind: str = "application/x-www-form-urlencoded"):
        client = Client(raise_request_exception=False)
        client.cookies.load(known.cookies.output(header="", sep=";"))
        with transaction.atomic():
            answer = client.generic(method.upper(), address, data, kind)
            list(answer)  # a file that was read is closed
            transaction.set_rollback(True)
        return answer

    logging.disable(logging.CRITICAL)
    yield send
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", sorted(names_of(get_resolver().url_patterns)))
def test_nothing_sent_makes_an_error(world, states, ask, name):
    drafts, visits = states
    pages: dict[tuple[str, str], tuple[str, dict[str, bytes]]] = {}
    answered: Counter[int] = Counter()

    def page_of(draft: str, visit: str) -> tuple[str, dict[str, bytes]]:
        """The address in that state, and the fields of its page: looked at once."""
        if (draft, visit) not in pages:
            where = SimpleNamespace(**{**vars(world), "draft": drafts[draft], "visit": visits[visit]})
            address = address_of(where, name)
            page = ask("get", address)
            assert page.status_code < 500
            pages[draft, visit] = address, fields_of(page)
        return pages[draft, visit]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.data(), st.sampled_from(DRAFTS), st.sampled_from(VISITS), METHODS, KINDS, PAIRS, PAIRS)
    def send(data, draft, visit, method, kind, query, extra):
        address, fields = page_of(draft, visit)
        body, content_type = body_of(kind, data.draw(filled_in(fields)) + extra)
        answer = ask(method, f"{address}?{encoded(query)}" if query else address, body, content_type)
        answered[answer.status_code] += 1
        assert answer.status_code < 500

    send()
    print(f"fuzz: {name}: {sum(answered.values())} requests, {dict(sorted(answered.items()))}")


def test_names_are_found_in_forms_pages_and_views(world, ask):
    shown = fields_of(ask("get", address_of(world, "portal:patient")))
    assert {"booking_for", "given_name", "birth_date_year"} <= shown.keys()
    assert {"given_name", "birth_date_year", "code", "reason", "hours"} <= names_in_forms()
    assert {"opening", "digest", "part", "day", "center", "near", "remove"} <= names_in_views()


def test_an_error_of_ours_is_noticed(ask, world, settings, monkeypatch):
    """A view that falls over a NUL: the walk above would see it."""
    monkeypatch.setattr("scheduling.portal.views.home.lowest_price_by_modality", lambda: 1 / 0)
    assert ask("get", "/").status_code == 500
