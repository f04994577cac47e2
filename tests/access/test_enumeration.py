"""Nobody learns by trying who is a patient, who works here or what is booked: known and unknown get the same
answer, of the same length, after the same statements and in the same time; and no link can be guessed.

Prints what it counted. `--long` tries ten times as often.
"""

import datetime as dt
import re
import statistics
import time
from collections.abc import Callable
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from scheduling.queries.access import _links, visit_token
from scheduling.rules import codes
from tests.access.test_matrix import (
    VISITOR,
    address_of,
    client_of,
    draft_of,
    made,
    names_of,
    task_of,
    token_of,
    world,
)
from tests.factories.journey import NOW
from tests.factories.scheduling import AppointmentFactory
from tests.factories.tasks import TaskFactory

__all__ = ["made", "world"]  # the fixtures
pytestmark = pytest.mark.django_db

TRIES, WARM_UP = 25, 3
SLACK = 0.010  # seconds; and half of the slower median: a busy machine is no leak
BORN = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
WRONG = {**BORN, "birth_date_year": "1981"}
Ask = Callable[[], HttpResponse]


class QuickHasher(PBKDF2PasswordHasher):
    """Slow enough to be seen when it is left out."""

    iterations = 60_000


def body(answer: HttpResponse) -> str:
    return re.sub(
        r'name="csrfmiddlewaretoken" value="[^"]*"|name="made_at" value="[^"]*"', "", answer.content.decode()
    )


def told(answer: HttpResponse) -> tuple[int, str, int, str]:
    """Everything an answer says, but for signs that are new in each one."""
    return answer.status_code, answer.get("Location", ""), len(body(answer)), answer.get("Retry-After", "")


def once(ask: Ask) -> tuple[float, int, tuple[int, str, int, str]]:
    """Undone afterwards, so that no limit is reached and nobody finds what was done before."""
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        start = time.perf_counter()
        answer = ask()
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return seconds, len(statements), told(answer)


def differences(known: Ask, unknown: Ask, *, tries: int = TRIES) -> tuple[list[str], str]:
    """Taken in turns, so that what slows the machine down slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    said: tuple[set, set] = (set(), set())
    for number in range(tries + WARM_UP):
        for which, ask in enumerate((known, unknown)):
            seconds, statements, answer = once(ask)
            if number >= WARM_UP:
                times[which].append(seconds)
                said[which].add((statements, answer))
    one, other = (statistics.median(each) for each in times)
    found = [f"answers: {said}"] if said[0] != said[1] or len(said[0]) != 1 else []
    if abs(one - other) > max(SLACK, max(one, other) / 2):
        found.append(f"medians: {one * 1000:.1f} and {other * 1000:.1f} ms")
    statements, (status, *_rest) = next(iter(said[0]))
    counted = (
        f"{tries} tries each, {status}, {statements} statements, {one * 1000:.1f} and {other * 1000:.1f} ms"
    )
    return found, counted


@pytest.fixture
def pairs(world, settings) -> dict[str, tuple[Ask, Ask]]:
    settings.PASSWORD_HASHERS = ["tests.access.test_enumeration.QuickHasher"]
    nurse = world.users["front desk"]
    nurse.set_password("right-password")
    nurse.save()
    left = world.users["technologist"]
    left.set_password("right-password")
    left.is_active = False
    left.save()
    visit, old = world.visit, an_old_visit(world)
    nobody, other = Client(), client_of(world, "another patient")
    desk = client_of(world, "desk elsewhere")
    check = "portal:check"

    def find(code, born):
        return lambda: nobody.post(reverse("portal:find-visit"), {"code": code, **born})

    def lost(contact, born=BORN):
        return lambda: nobody.post(reverse("portal:lost"), {"contact": contact, **born})

    def sign_in(email):
        return lambda: nobody.post(reverse("account_login"), {"login": email, "password": "wrong-password"})

    def get(client, name, **kwargs):
        return lambda: client.get(reverse(name, kwargs=kwargs))

    def with_other_end(token):
        return token[:-1] + ("A" if token[-1] != "A" else "B")

    return {
        "look-up, known and unknown code": (find(visit.code, WRONG), find(codes.new_code(), WRONG)),
        "look-up, old and unknown code": (find(old.code, BORN), find(codes.new_code(), BORN)),
        "lost link, known and unknown email": (lost(visit.email), lost("x" * 3 + visit.email[3:])),
        "lost link, right and wrong birth date": (lost(visit.email), lost(visit.email, WRONG)),
        "sign-in, known and unknown email": (
            sign_in(nurse.email),
            sign_in("x" * len(nurse.email[:-4]) + ".org"),
        ),
        "sign-in, known and someone who left": (sign_in(nurse.email), sign_in(left.email)),
        "link, forged for a visit and for none": (
            get(nobody, "portal:visit", token=with_other_end(visit_token(visit))),
            get(nobody, "portal:visit", token=with_other_end(_links().sign(codes.new_link_key()))),
        ),
        "link, old and of none": (
            get(nobody, "portal:visit", token=visit_token(old)),
            get(nobody, "portal:visit", token=_links().sign(codes.new_link_key())),
        ),
        "draft, foreign and missing": (
            get(other, check, draft_id=world.draft.pk),
            get(other, check, draft_id=uuid4()),
        ),
        "task, foreign and missing": (
            lambda: desk.post(f"/desk/tasks/{world.task.pk}/done/", {"outcome": "x"}),
            lambda: desk.post(f"/desk/tasks/{10**9}/done/", {"outcome": "x"}),
        ),
    }


def an_old_visit(world):
    """Over for longer than links and codes work."""
    visit = world.visit
    return AppointmentFactory(
        scanner=visit.scanner, exam=visit.exam, starts_at=NOW - dt.timedelta(days=60), status="done"
    )


def test_known_and_unknown_look_alike(pairs, is_long):
    faults = []
    for name, (known, unknown) in pairs.items():
        found, counted = differences(known, unknown, tries=TRIES * 10 if is_long else TRIES)
        print(f"enumeration: {name}: {counted}")
        faults += [f"{name}: {fault}" for fault in found]
    assert faults == []


@pytest.mark.parametrize(
    ("one", "other", "fault"),
    [
        ({"status": 200}, {"status": 404}, "answers"),
        ({"content": "no"}, {"content": "nope"}, "answers"),
        ({"sleep": 0.03}, {}, "medians"),
    ],
    ids=["status", "length", "time"],
)
def test_a_leak_is_noticed(one, other, fault):
    def ask(status=200, content="", sleep=0.0):
        time.sleep(sleep)
        return HttpResponse(content, status=status)

    found, _counted = differences(lambda: ask(**one), lambda: ask(**other), tries=3)
    assert [each.split(":")[0] for each in found] == [fault]


# What stands for one person's things in an address: who may not see it, and what would not be there.
MISSING = {
    "draft_id": uuid4,
    "document_id": uuid4,
    "task_id": lambda: 10**9,
    "visit_id": lambda: 10**9,
    "patient_id": lambda: 10**9,
    "other_id": lambda: 10**9,
    "merge_id": lambda: 10**9,
    "implant_id": lambda: 10**9,
    "entry_id": lambda: 10**9,
    "walk_in_id": lambda: 10**9,
    "order_id": uuid4,
    "version_id": lambda: 10**9,
    "publication_id": lambda: 10**9,
    "plan_id": lambda: 10**9,
    "closure_id": lambda: 10**9,
    "scanner_id": lambda: 10**9,
    "user_id": lambda: 10**9,
    "assignment_id": lambda: 10**9,
    "pk": lambda: 10**9,
    "center": lambda: "no-such-center",
    "token": lambda: _links().sign(codes.new_link_key()),
}
# Of pages for everybody, of the demo's mailbox, of a question in a form, of a part of a questionnaire, of
# the desk's queues, and of the catalogue.
OPEN = {
    "day",
    "queue",
    "slug",
    "name",
    "number",
    "step",
    "kind",
    "key",
    "table",
    "exam_id",
}
PRIVATE = [name for name in names_of(get_resolver().url_patterns) if not name.startswith("demo")]


def parameters_of(name: str) -> set[str]:
    namespace, _, short = name.rpartition(":")
    return {
        parameter
        for resolver in get_resolver().url_patterns
        if (getattr(resolver, "namespace", None) or "") == namespace and hasattr(resolver, "url_patterns")
        for pattern in resolver.url_patterns
        if pattern.name == short
        for parameter in pattern.pattern.converters
    }


def test_every_parameter_of_an_address_is_spoken_for():
    """A new one stands for something that is somebody's, or for something that everybody may see."""
    found = {each for name in names_of(get_resolver().url_patterns) for each in parameters_of(name)}
    assert found - OPEN == MISSING.keys()


@pytest.mark.parametrize("name", [name for name in PRIVATE if parameters_of(name) & MISSING.keys()])
def test_foreign_and_missing_things_get_one_answer(world, name):
    """For every such address there is: made from the address list, so that a new one is tried, too."""
    address = address_of(world, name)
    for actor in ("another patient", "desk elsewhere", "anonymous"):
        client = client_of(world, actor)
        for parameter in parameters_of(name) & MISSING.keys():
            if parameter == "token":
                continue  # who has a link may open it; links that open nothing are compared below
            foreign, missing = str(here(world, name, parameter)), str(MISSING[parameter]())
            for method in ("get", "post"):
                answers = [
                    answered(client, method, address.replace(f"/{foreign}/", f"/{each}/"), without=each)
                    for each in (foreign, missing)
                ]
                assert answers[0] == answers[1], (actor, method, parameter)


def here(world, name: str, parameter: str) -> object:
    papers = world.papers["draft" if name == "portal:draft-document" else "visit"]
    return {
        "draft_id": draft_of(world, name).pk,
        "walk_in_id": world.walk_in.pk,
        "order_id": world.order.pk,
        "document_id": papers.pk,
        "task_id": task_of(world, name).pk,
        "visit_id": world.visit.pk,
        "patient_id": world.visit.patient_id,
        "other_id": world.other.patient_id,
        "merge_id": world.merge.pk,
        "implant_id": world.implant.pk,
        "entry_id": world.entry.pk,
        "version_id": world.version.pk,
        "publication_id": world.publication.pk,
        "center": world.location.slug,
        "plan_id": world.plan.pk,
        "closure_id": world.closure.pk,
        "scanner_id": world.visit.scanner_id,
        "user_id": world.users["front desk"].pk,
        "assignment_id": world.users["front desk"].assignments.get().pk,
        "pk": world.passkey.pk,
    }[parameter]


def answered(client, method, address, *, without: str) -> tuple[int, str, str]:
    """What was asked for may stand in the answer, such as where the sign-in leads to."""
    answer = ask_once(client, method, address)
    asked = re.compile(rf"(?<=/){re.escape(without)}(?=/)")  # a short number stands elsewhere, too
    return answer.status_code, asked.sub("", unquote(answer.get("Location", ""))), asked.sub("", body(answer))


def ask_once(client, method, address) -> HttpResponse:
    with transaction.atomic():
        answer = getattr(client, method)(address)
        list(answer)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", [name for name in PRIVATE if "token" in parameters_of(name)])
def test_links_that_open_nothing_get_one_answer(world, name, method):
    """Changed in any place, made up, cut, of somebody's own signing, or of a visit long over."""
    address = address_of(world, name)
    token = token_of(world, name)
    client = client_of(world, "the patient")
    flipped = [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        for place in range(0, len(token), 7)
    ]
    dead = [*flipped, token[:-1], token + "A", "x", MISSING["token"](), visit_token(an_old_visit(world))]

    answers = {(ask_once(client, method, address.replace(token, each)).status_code) for each in dead}
    bodies = {body(ask_once(client, method, address.replace(token, each))) for each in dead}

    assert answers == {404}
    assert len(bodies) == 1


def test_a_task_of_another_location_is_missing_for_the_desk(world):
    """The actor above has to be refused for the right reason."""
    desk = client_of(world, "desk elsewhere")
    mine = TaskFactory(location=world.users["desk elsewhere"].assignments.get().location)

    assert desk.post(f"/desk/tasks/{mine.pk}/done/", {"outcome": "x"}).status_code == 303
    assert desk.post(f"/desk/tasks/{world.task.pk}/done/", {"outcome": "x"}).status_code == 404
    assert client_of(world, "the patient").get(address_of(world, "portal:check")).status_code == 200
    assert world.draft.visitor == VISITOR
