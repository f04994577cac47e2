"""Each limit trips at its number, says when to come back, and can't be talked out of it; a family, a library
and everybody else go on. Prints what it counted; the flood over real HTTP is in tests/concurrency.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from locations.models import Assignment
from scheduling.actions import patients
from scheduling.actions.limits import count_attempt
from scheduling.forms.strangers import MADE_AT, TRAP, made_at
from scheduling.models import Appointment, Offering, Patient
from scheduling.portal import limits
from scheduling.portal.limits import Limit
from scheduling.portal.time_page import value_of
from scheduling.queries.access import visit_token
from scheduling.queries.drafts import digest_of
from scheduling.queries.openings import Wish, find_openings
from scheduling.rules import codes
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE, PROXY = "203.0.113.9", "198.51.100.77", "10.0.0.1"
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
BORN = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
WRONG = {**BORN, "birth_date_year": "1981"}
PERSON = {"booking_for": "self", "given_name": "Ana", "family_name": "Núñez", **BORN}
# What a client may claim about itself. Only what our proxy has written last is believed.
FORGED = {
    "HTTP_X_FORWARDED_FOR": "192.0.2.1",
    "HTTP_X_REAL_IP": "192.0.2.2",
    "HTTP_FORWARDED": "for=192.0.2.3",
    "HTTP_CLIENT_IP": "192.0.2.4",
    "HTTP_TRUE_CLIENT_IP": "192.0.2.5",
    "HTTP_CF_CONNECTING_IP": "192.0.2.6",
}
Headers = dict[str, str]


@pytest.fixture
def world(time_machine):
    time_machine.move_to(NOW, tick=False)
    machine, exam = bookable()
    return machine, exam, AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + 9 * DAY)


def someone(world, **answers) -> tuple[Client, object]:
    """A new browser with a draft that is ready to book."""
    client = Client()
    session = client.session
    session["visitor"] = visitor = f"browser {Appointment.objects.count()} {id(client)}"
    session.save()
    return client, ready_draft(*world[:2], visitor=visitor, **answers)


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def begin(world, **headers):
    answers = {"laterality": "left", "order_status": "have_it", MADE_AT: made_at(NOW - MINUTE)}
    return Client().post(reverse("portal:exam", args=[world[1].slug]), answers, **headers)


def fill_the_trap(world, **headers):
    answers = {"laterality": "left", "order_status": "have_it", TRAP: "x"}
    return Client().post(reverse("portal:exam", args=[world[1].slug]), answers, **headers)


def upload(world, **headers):
    client, draft = someone(world)
    paper = SimpleUploadedFile("order.txt", b"x")
    return client.post(url("draft-order", draft), {"files": [paper]}, **headers)


def ask_for_a_call(world, **headers):
    Offering.objects.update(minimum_age=60)
    client, draft = someone(world)
    caller = {"name": "Ana", "phone": "512-555-0147", "good_hours": "any", MADE_AT: made_at(NOW - MINUTE)}
    return client.post(url("callback", draft), caller, **headers)


def hold(world, **headers):
    client, draft = someone(world)
    return client.post(url("time", draft), {"opening": value_of(NINE_FORTY)}, **headers)


def confirm_something_else(world, **headers):
    client, draft = someone(world)
    return client.post(url("check", draft), {"digest": "0" * 64}, **headers)


def look_up(world, code=None, **headers):
    return Client().post(reverse("portal:find-visit"), {"code": code or codes.new_code(), **WRONG}, **headers)


def give_a_birth_date(world, **headers):
    return Client().post(reverse("portal:visit", args=[visit_token(world[2])]), WRONG, **headers)


def lose_a_link(world, contact="", **headers):
    contact = contact or f"{codes.new_code()}@example.org"
    sent = {"contact": contact, **BORN, MADE_AT: made_at(NOW - MINUTE)}
    return Client().post(reverse("portal:lost"), sent, **headers)


def book(world, **headers):
    """Ana once more, on a day of her own."""
    client, draft = someone(
        world, starts_at=NINE_FORTY + Appointment.objects.count() * DAY, email=world[2].email
    )
    return client.post(
        url("check", draft), {"digest": digest_of(draft.__class__.objects.get(pk=draft.pk))}, **headers
    )


@dataclass(frozen=True)
class Row:
    """`of`: whose tries count together: an address (None), or the thing that is tried."""

    limit: Limit
    ask: Callable
    of: Callable | None = None


def of_address(limit: Limit, ask: Callable) -> Row:
    return Row(limit, ask)


ROWS = {
    "DRAFTS": of_address(limits.DRAFTS, begin),
    "SEARCHES": of_address(
        limits.SEARCHES, lambda world, **headers: Client().get("/book/exam/", {"q": "knee"}, **headers)
    ),
    "PRESSED_AGAIN": of_address(limits.PRESSED_AGAIN, fill_the_trap),
    "UPLOADS": of_address(limits.UPLOADS, upload),
    "UPLOADED": of_address(limits.UPLOADED, upload),
    "CALLBACKS": of_address(limits.CALLBACKS, ask_for_a_call),
    "HOLDS": of_address(limits.HOLDS, hold),
    "BOOKINGS": of_address(limits.BOOKINGS, confirm_something_else),
    "FIND_VISIT": Row(
        limits.FIND_VISIT,
        lambda world, **headers: look_up(world, world[2].code, **headers),
        of=lambda world: world[2].code,
    ),
    "FIND_VISIT_BY_ADDRESS": of_address(limits.FIND_VISIT_BY_ADDRESS, look_up),
    "BIRTH_DATE": Row(limits.BIRTH_DATE, give_a_birth_date, of=lambda world: str(world[2].pk)),
    "LOST_LINK": Row(
        limits.LOST_LINK,
        lambda world, **headers: lose_a_link(world, world[2].email, **headers),
        of=lambda world: world[2].email,
    ),
    "LOST_LINK_BY_ADDRESS": of_address(limits.LOST_LINK_BY_ADDRESS, lose_a_link),
    "bookings of a patient": Row(
        Limit(kind="booking.patient", limit=patients.BOOKINGS_AN_HOUR, window=HOUR),
        book,
        of=lambda world: str(world[2].patient_id),
    ),
}
# Counted, but never a refusal by itself: the form is asked to be sent again (tests/portal/test_strangers.py).
NO_REFUSAL = {"HASTY"}
TRIED_BESIDE_THEIR_PAGES = {"WAITLIST", "WAITLIST_BY_EMAIL"}  # tests/portal/test_waitlist.py
AS_WRITTEN_DOWN = {  # what docs and design promise
    "FIND_VISIT": (5, 15 * MINUTE),
    "BIRTH_DATE": (5, 15 * MINUTE),
    "LOST_LINK": (5, HOUR),
    "bookings of a patient": (20, HOUR),
    "SEARCHES": (60, MINUTE),
}


def test_every_limit_of_the_portal_is_tried():
    named = {name for name, value in vars(limits).items() if isinstance(value, dict) and "kind" in value}
    assert named == {name for name in ROWS if name.isupper()} | NO_REFUSAL | TRIED_BESIDE_THEIR_PAGES


def test_the_numbers_are_those_that_were_promised():
    assert {
        name: (ROWS[name].limit["limit"], ROWS[name].limit["window"]) for name in AS_WRITTEN_DOWN
    } == AS_WRITTEN_DOWN


def use_up(row: Row, world, *, but: int) -> None:
    """As many tries as there may be, but for the last ones."""
    source = row.of(world) if row.of else HERE
    allowed = row.limit
    for _ in range(allowed["limit"] - but):
        count_attempt(**{**allowed, "limit": 10**6}, source=source, now=NOW)


def is_wait_page(answer, wait: dt.timedelta) -> bool:
    count, unit = (wait / MINUTE, "minute") if wait <= 90 * MINUTE else (wait / (60 * MINUTE), "hour")
    words = f"{count:.0f} {unit}{'' if count == 1 else 's'}"
    return (answer.status_code, answer["Retry-After"]) == (429, str(int(wait.total_seconds()))) and (
        words in answer.content.decode()
    )


@pytest.mark.parametrize("name", ROWS)
def test_a_limit_trips_at_its_number_and_says_when_it_ends(world, time_machine, name):
    row = ROWS[name]
    allowed, window = row.limit["limit"], row.limit["window"]
    use_up(row, world, but=1)

    assert row.ask(world, REMOTE_ADDR=HERE).status_code != 429
    refused = row.ask(world, REMOTE_ADDR=HERE)

    assert is_wait_page(refused, window)
    assert row.ask(world, REMOTE_ADDR=HERE, **FORGED).status_code == 429
    # Neighbors go on; what is guarded itself stays guarded wherever one comes from.
    assert (row.ask(world, REMOTE_ADDR=ELSEWHERE).status_code == 429) is (row.of is not None)
    time_machine.move_to(NOW + window, tick=False)
    assert row.ask(world, REMOTE_ADDR=HERE).status_code != 429
    print(f"rate limits: {name}: {allowed} in {window}, then 429")


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.of is None])
def test_behind_a_proxy_only_its_own_word_counts(world, settings, name):
    """BEHIND_TLS_PROXY: what the client wrote comes first, what the proxy saw comes last."""
    settings.MIDDLEWARE = ["alliance.middleware.ProxyAddress", *settings.MIDDLEWARE]
    row = ROWS[name]
    use_up(row, world, but=0)

    def ask(claimed: str, seen: str):
        forwarded = f"{claimed}, {seen}" if claimed else seen
        return row.ask(world, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded).status_code

    assert {ask(claimed, HERE) for claimed in ("", ELSEWHERE, "192.0.2.1, 192.0.2.2", "\0", "x" * 500)} == {
        429
    }
    assert ask(HERE, ELSEWHERE) != 429


def journey(world, number: int, time_machine, address=HERE) -> Appointment:
    """The whole way in a browser of its own, half a minute a page."""
    machine, exam, _visit = world
    client = Client(REMOTE_ADDR=address)
    page = client.get(reverse("portal:exam", args=[exam.slug]))
    stamp = page.content.decode().split('name="made_at" value="')[1].split('"')[0]
    time_machine.shift(30)
    sent = {"laterality": "left", "order_status": "have_it", MADE_AT: stamp}
    answer = client.post(reverse("portal:exam", args=[exam.slug]), sent)
    assert answer.status_code == 303
    draft_id = answer.url.split("/")[2]

    def step(name, fields, query=""):
        time_machine.shift(30)
        answer = client.post(reverse(f"portal:{name}", args=[draft_id]) + query, fields)
        assert answer.status_code == 303, (name, answer.status_code)
        return answer

    at = NINE_FORTY + (number % 8) * HOUR + number // 8 * DAY
    step("time", {"opening": value_of(at)}, f"?center={machine.location.slug}")
    step("patient", {**PERSON, "given_name": f"Child{number}"})
    step("contact", {"by_email": "on", "email": "family@example.org"})
    digest = client.get(reverse("portal:check", args=[draft_id])).context["digest"]
    booked = step("check", {"digest": digest})
    page = client.get(booked.url)
    assert "Your visit is booked" in page.content.decode()
    return Appointment.objects.get(draft=draft_id, status="booked")


def test_a_family_behind_one_address_books_five_visits_in_a_row(world, time_machine):
    visits = [journey(world, number, time_machine) for number in range(5)]

    assert len({visit.patient_id for visit in visits}) == 5
    assert {visit.email for visit in visits} == {"family@example.org"}


def test_a_library_goes_on_while_a_program_uses_its_address_up(world, time_machine):
    """The traps and the quick forms of a program are counted apart from what people do."""
    for _ in range(limits.PRESSED_AGAIN["limit"] + 5):
        fill_the_trap(world, REMOTE_ADDR=HERE)
    for _ in range(limits.HASTY["limit"] + 5):
        Client().post(reverse("portal:exam", args=[world[1].slug]), {"laterality": "left"}, REMOTE_ADDR=HERE)

    assert journey(world, 0, time_machine).status == "booked"


def test_a_flood_from_one_address_leaves_the_others_alone(world, time_machine):
    """With every limit of the address tripped, patients from elsewhere and the desk notice nothing."""
    for row in ROWS.values():
        if row.of is None:
            use_up(row, world, but=0)
            assert row.ask(world, REMOTE_ADDR=HERE).status_code == 429
    Offering.objects.update(minimum_age=0)  # what the asking for calls has changed

    assert journey(world, 0, time_machine, ELSEWHERE).status == "booked"
    member = AssignmentFactory(role=Assignment.Role.FRONT_DESK).user
    member.set_password("correct-horse-battery")
    member.save()
    form = {"login": member.email, "password": "correct-horse-battery"}
    assert Client().post("/desk/sign-in/", form, REMOTE_ADDR=ELSEWHERE).status_code == 303
    visit = AppointmentFactory(
        scanner=world[0], exam=world[1], patient=PatientFactory(), starts_at=NINE_FORTY + 20 * DAY
    )
    found = Client().post(reverse("portal:find-visit"), {"code": visit.code, **BORN}, REMOTE_ADDR=ELSEWHERE)
    assert found.status_code == 303


def test_the_helpers_above_do_what_they_say(world):
    """A try that was refused for another reason would let a limit pass for tripping."""
    assert begin(world).status_code == 303
    assert fill_the_trap(world).status_code == 422
    assert ask_for_a_call(world).status_code == 303
    Offering.objects.update(minimum_age=0)
    assert hold(world).status_code == 303
    assert confirm_something_else(world).status_code == 409
    assert look_up(world, world[2].code).status_code == 422
    assert lose_a_link(world).status_code == 303
    assert book(world).status_code == 303
    assert Patient.objects.count() == 1
    wish = Wish(exam_id=world[1].pk, laterality="left")
    days = {"first": NOW.date(), "last": NOW.date() + 2 * DAY}
    assert find_openings(wish=wish, location_id=world[0].location_id, now=NOW, **days)
