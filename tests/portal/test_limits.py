"""What one address may do, and that its neighbors and the desk notice nothing."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from scheduling.actions.limits import forget_addresses
from scheduling.models import Appointment, Attempts, Draft, Offering, Task
from scheduling.portal.limits import CALLBACKS, DRAFTS, LIVE_HOLDS, SEARCHES
from scheduling.portal.time_page import value_of
from scheduling.queries.drafts import digest_of
from scheduling.queries.openings import Wish, find_openings
from tests.factories.journey import NOW, ready_draft
from tests.factories.locations import ScannerFactory
from tests.factories.scheduling import ExamFactory, OfferingFactory
from tests.factories.screening import publish_preset

HERE, ELSEWHERE = "203.0.113.9", "203.0.113.10"
MINUTE = dt.timedelta(minutes=1)
HERE_AT_MOST = LIVE_HOLDS["here"]


def someone(world, number: int, **answers) -> tuple[Client, Draft]:
    """Another browser with a draft of its own."""
    client, visitor = Client(), f"browser {number}"
    session = client.session
    session["visitor"] = visitor
    session.save()
    names = {"given_name": f"P{number}", "email": f"p{number}@example.org"}
    return client, ready_draft(*world, visitor=visitor, **{**names, **answers})


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def hold(client, draft, starts_at, address=HERE):
    return client.post(url("time", draft), {"opening": value_of(starts_at)}, REMOTE_ADDR=address)


def hold_at(machine, client, draft, starts_at):
    address = f"{url('time', draft)}?center={machine.location.slug}"
    return client.post(address, {"opening": value_of(starts_at)}, REMOTE_ADDR=HERE)


def is_wait_page(answer, minutes: int) -> bool:
    """With the true time to wait, for browsers and for people."""
    assert answer.status_code == 429
    assert answer["Retry-After"] == str(minutes * 60)
    return f"Wait {minutes} minute{'' if minutes == 1 else 's'}, then try again" in answer.content.decode()


@pytest.fixture
def times(world):
    """Times that do not overlap."""
    machine, exam = world
    found = find_openings(
        wish=Wish(exam_id=exam.pk, laterality="left"),
        location_id=machine.location_id,
        first=NOW.date() + dt.timedelta(days=1),
        last=NOW.date() + dt.timedelta(days=5),
        now=NOW,
    )
    apart = []
    for opening in found:
        if not apart or opening.starts_at - apart[-1] >= 60 * MINUTE:
            apart.append(opening.starts_at)
    return apart


@pytest.fixture
def full(world, times):
    """The address holds all that it may."""
    people = [someone(world, number) for number in range(HERE_AT_MOST)]
    for (client, draft), at in zip(people, times, strict=False):
        assert hold(client, draft, at).status_code == 303
    return people


def held() -> int:
    return Appointment.objects.filter(status="held").count()


def test_one_address_cannot_hold_the_calendar(world, times, full):
    client, draft = someone(world, 99)

    assert HERE_AT_MOST == 15
    assert is_wait_page(hold(client, draft, times[HERE_AT_MOST]), 10)  # when the first hold ends

    assert held() == HERE_AT_MOST
    draft.refresh_from_db()
    assert (draft.given_name, draft.address_key) == ("P99", "")


def test_other_addresses_hold_on(world, times, full):
    client, draft = someone(world, 99)
    assert hold(client, draft, times[HERE_AT_MOST], ELSEWHERE).status_code == 303


def test_a_household_of_ipv6_is_one_address(world, times):
    for number in range(HERE_AT_MOST):
        address = f"2001:db8:1:2::{number + 1:x}"
        assert hold(*someone(world, number), times[number], address).status_code == 303

    assert is_wait_page(hold(*someone(world, 98), times[HERE_AT_MOST], "2001:db8:1:2:ffff::1"), 10)
    assert hold(*someone(world, 99), times[HERE_AT_MOST], "2001:db8:1:3::1").status_code == 303


def test_a_full_center_does_not_close_the_others_to_the_address(world, times, full, monkeypatch):
    """A phone network is one address for a town; at all centers together it may hold more."""
    exam, elsewhere = world[1], ScannerFactory()
    OfferingFactory(exam=exam, location=elsewhere.location)
    there = (elsewhere, exam)
    assert LIVE_HOLDS["everywhere"] == 60
    monkeypatch.setitem(LIVE_HOLDS, "everywhere", HERE_AT_MOST + 1)

    assert hold_at(elsewhere, *someone(there, 98), times[0]).status_code == 303
    assert is_wait_page(hold_at(elsewhere, *someone(there, 99), times[1]), 10)


def test_who_holds_a_time_may_choose_another(times, full):
    client, draft = full[0]
    assert hold(client, draft, times[HERE_AT_MOST]).status_code == 303
    assert held() == HERE_AT_MOST


def test_a_clinic_goes_on_as_its_patients_book(world, times, full):
    for client, draft in full[:2]:
        draft.refresh_from_db()
        booked = client.post(url("check", draft), {"digest": digest_of(draft)}, REMOTE_ADDR=HERE)
        assert booked.status_code == 303

    assert hold(*someone(world, 98), times[HERE_AT_MOST]).status_code == 303
    assert hold(*someone(world, 99), times[HERE_AT_MOST + 1]).status_code == 303


def test_holds_that_have_ended_do_not_count(world, times, full, clock):
    clock.shift(20 * MINUTE)
    assert hold(*someone(world, 99), times[HERE_AT_MOST]).status_code == 303


def test_a_lost_time_is_not_a_hold_of_the_address(world, times, full):
    client, draft = someone(world, 99)
    assert hold(client, draft, times[0], ELSEWHERE).status_code == 409
    draft.refresh_from_db()
    assert draft.address_key == ""


def test_the_address_is_forgotten_with_the_hold(world, times, full, clock):
    assert HERE not in str(list(Draft.objects.values()))
    assert forget_addresses(now=NOW) == 0

    assert forget_addresses(now=NOW + 20 * MINUTE) == HERE_AT_MOST

    assert not Draft.objects.exclude(address_key="").exists()


def used_up(limit, monkeypatch) -> None:
    """The next try of this kind is one too many, from any address that has tried before."""
    monkeypatch.setitem(limit, "limit", 2)


def test_searches(client, world, monkeypatch, clock):
    assert (SEARCHES["limit"], SEARCHES["window"]) == (60, MINUTE)
    used_up(SEARCHES, monkeypatch)

    def search(address):
        return client.get("/book/exam/", {"q": "knee"}, REMOTE_ADDR=address)

    assert [search(HERE).status_code for _ in range(2)] == [302, 302]  # to the one knee scan
    assert is_wait_page(search(HERE), 1)
    assert search(ELSEWHERE).status_code == 302
    assert client.get("/book/exam/", REMOTE_ADDR=HERE).status_code == 200
    clock.shift(MINUTE)
    assert search(HERE).status_code == 302


def test_drafts(world, monkeypatch):
    assert (DRAFTS["limit"], DRAFTS["window"]) == (300, 60 * MINUTE)
    used_up(DRAFTS, monkeypatch)
    exam = reverse("portal:exam", kwargs={"slug": world[1].slug})

    def begin(address):
        answers = {"laterality": "left", "order_status": "have_it"}
        return Client().post(exam, answers, REMOTE_ADDR=address)

    assert [begin(HERE).status_code for _ in range(2)] == [303, 303]
    assert is_wait_page(begin(HERE), 60)
    assert Draft.objects.count() == 2
    assert begin(ELSEWHERE).status_code == 303


def test_callbacks(world, monkeypatch):
    assert (CALLBACKS["limit"], CALLBACKS["window"]) == (20, 60 * MINUTE)
    used_up(CALLBACKS, monkeypatch)
    Offering.objects.update(minimum_age=60)
    answers = {"name": "Ana", "phone": "512-555-0147", "good_hours": "any"}

    def ask(number, address):
        client, draft = someone(world, number)
        again = [client.post(url("callback", draft), answers, REMOTE_ADDR=address) for _ in range(2)]
        assert again[0].status_code == again[1].status_code  # one draft is one call
        return again[0]

    assert [ask(number, HERE).status_code for number in range(2)] == [303, 303]
    assert is_wait_page(ask(3, HERE), 60)
    assert Task.objects.count() == 2
    assert ask(4, ELSEWHERE).status_code == 303


def test_past_the_calls_an_answer_is_kept_and_asks_to_call(world, monkeypatch):
    """The 21st in an hour is no call for the desk, and is not lost on whoever answered."""
    publish_preset("a")
    monkeypatch.setitem(CALLBACKS, "limit", 1)

    chest = ExamFactory(chest_respiratory=True)

    def answer(number, address=HERE):
        client, draft = someone((world[0], chest), number, order_status="none")
        client.post(url("covid-test", draft), {"why_chest": "yes"}, REMOTE_ADDR=address)
        draft.refresh_from_db()
        return draft, client.get(url("covid-outcome", draft), {"explain": ""}).content.decode()

    first, told = answer(1)
    second, told_past_it = answer(2)

    assert [task.draft for task in Task.objects.all()] == [first]
    assert (first.why_chest, second.why_chest) == ("yes", "yes")
    assert ("Tell us when we can call you" in told, "Ask us to call you" in told) == (True, False)
    assert ("Tell us when we can call you" in told_past_it, "Ask us to call you" in told_past_it) == (
        False,
        True,
    )
    answer(3, ELSEWHERE)
    assert Task.objects.count() == 2


def test_the_desk_signs_in_from_a_full_address(full, client):
    form = {"login": "nobody@example.org", "password": "x"}
    assert client.post("/desk/sign-in/", form, REMOTE_ADDR=HERE).status_code == 422
    assert Attempts.objects.exists()
