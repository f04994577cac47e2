"""A lost link: the same answer for everybody, a mail to the visit's own address only."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scheduling.actions.links import answer_link_requests
from scheduling.forms.strangers import MADE_AT, made_at
from scheduling.messaging.render import render
from scheduling.models import Appointment, AuditEvent, LinkRequest, Message
from scheduling.queries.access import visit_token
from tests.factories.journey import NINE_FORTY, NOW
from tests.factories.scheduling import AppointmentFactory, PatientFactory

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
BORN = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
LOST, SENT = "/visit/lost/", "/visit/lost/sent/"


@pytest.fixture
def visit(world):
    return AppointmentFactory(scanner=world[0], exam=world[1], phone="+15125550147")


def ask(client, contact, **born):
    """On a page that was opened a minute ago."""
    return client.post(LOST, {"contact": contact, **BORN, MADE_AT: made_at(NOW - MINUTE), **born})


def mails():
    """What the worker sends: who gets it, and the visits it is about."""
    answer_link_requests(now=NOW)
    return list(Message.objects.filter(kind="links"))


@pytest.mark.parametrize(
    "contact", ["ana@example.com", " ANA@Example.com ", "(512) 555-0147", "+1 512.555.0147"]
)
def test_the_link_is_sent_to_the_address_of_the_visit(client, visit, contact):
    answer = ask(client, contact)

    assert (answer.status_code, answer.url) == (303, SENT)
    (message,) = mails()
    assert message.appointment == visit
    content = render(message)
    assert reverse("portal:visit", args=[visit_token(visit)]) in content.text
    assert reverse("portal:visit", args=[visit_token(visit)]) in content.html
    assert content.subject == "The link that you asked for"


@pytest.mark.parametrize(
    ("contact", "born"),
    [
        ("ana@example.com", {"birth_date_year": "1981"}),
        ("eva@example.com", {}),
        ("5125550148", {}),
    ],
)
def test_whoever_is_not_known_gets_no_mail_and_the_same_answer(client, visit, contact, born):
    known, unknown = ask(client, "ana@example.com"), ask(client, contact, **born)

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert known.content == unknown.content
    assert len(mails()) == 1


def test_the_answer_costs_the_same_for_everybody(client, visit):
    """Nothing is looked up before the answer: the same statements, known or not."""
    ask(client, "first@example.com")  # the first try opens windows
    costs = []
    for contact in ("ana@example.com", "nobody@example.com", "512-555-0147", "512-555-0199"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, contact)
        costs.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])

    assert costs[0] == costs[1]
    assert costs[2] == costs[3]
    assert len(costs[0]) == len(costs[2])
    assert not any("scheduling_patient" in query["sql"] for query in queries)
    assert not any("scheduling_appointment" in query["sql"] for query in queries)


def test_what_was_typed_is_gone_and_not_in_the_history(client, visit):
    ask(client, "ana@example.com")
    ask(client, "nobody@example.com")
    answer_link_requests(now=NOW)

    assert not LinkRequest.objects.exists()
    events = AuditEvent.objects.order_by("pk").values_list("event", "object_id", "actor_kind")
    assert list(events) == [
        ("visit.link_asked", "", "patient"),
        ("visit.link_asked", "", "patient"),
        ("visit.link_sent", str(visit.pk), "process"),
    ]
    for event in AuditEvent.objects.all():
        assert "example.com" not in f"{event.before}{event.after}{event.actor_name}"


def test_one_mail_lists_every_coming_visit_of_the_person(client, visit):
    later = AppointmentFactory(
        scanner=visit.scanner, exam=visit.exam, patient=visit.patient, starts_at=NINE_FORTY + 3 * DAY
    )
    ben = PatientFactory(given_name="Ben", birth_date=dt.date(2012, 2, 3))
    other = AppointmentFactory(
        scanner=visit.scanner, exam=visit.exam, patient=ben, starts_at=NINE_FORTY + 4 * DAY
    )
    gone = {"patient": visit.patient, "scanner": visit.scanner, "exam": visit.exam}
    canceled = AppointmentFactory(
        status="canceled", canceled_at=NOW, canceled_by="staff:1", starts_at=NINE_FORTY + 5 * DAY, **gone
    )
    past = AppointmentFactory(starts_at=NINE_FORTY - 5 * DAY, **gone)
    ask(client, "ana@example.com")

    (message,) = mails()
    text = render(message).text

    assert text.startswith("Here are the links to your visits.")
    assert text.index(visit_token(visit)) < text.index(visit_token(later))
    for left_out in (other, canceled, past):
        assert visit_token(left_out) not in text


def test_visits_with_other_addresses_are_written_to_there(client, visit):
    """Found by one phone number; each mail lists only what belongs to its address."""
    other = AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        patient=visit.patient,
        phone=visit.phone,
        email="eva@example.com",
        starts_at=NINE_FORTY + DAY,
    )
    ask(client, "512-555-0147")

    sent = {message.appointment.email: render(message).text for message in mails()}

    assert sent.keys() == {"ana@example.com", "eva@example.com"}
    assert visit_token(other) not in sent["ana@example.com"]
    assert visit_token(visit) not in sent["eva@example.com"]


def test_a_phone_without_an_email_gets_no_mail_and_words_that_say_to_call(client, visit):
    Appointment.objects.update(by_email=False, email="", by_call=True)
    answer = ask(client, "512-555-0147")

    assert mails() == []
    page = client.get(answer.url).content.decode()
    assert "You may have booked with a phone number only" in page
    assert "800-555-0142" in page


def test_asking_twice_before_the_mail_leaves_is_one_mail(client, visit):
    ask(client, "ana@example.com")
    ask(client, "512-555-0147")

    assert len(mails()) == 1


def test_a_request_that_waited_for_a_day_is_let_go(client, visit):
    ask(client, "ana@example.com")
    answer_link_requests(now=NOW + DAY)

    assert not LinkRequest.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        ("", "Enter the email address or phone number"),
        ("ana@", "Enter an email like name@example.com"),
        ("12", "That number is too short. Enter 10 numbers, like 512-555-0147"),
        ("a" * 300, "Enter the email address or phone number"),
        ("\x00", "Enter the email address or phone number"),
    ],
)
def test_what_cannot_be_a_contact(client, db, contact, words):
    answer = ask(client, contact)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LinkRequest.objects.exists()


def test_five_times_an_hour_for_one_address(client, visit, clock):
    for spelling in (*["ana@example.com"] * 2, "ANA@example.com", " ana@example.com ", "Ana@Example.com"):
        assert ask(client, spelling).status_code == 303

    assert ask(client, "ana@example.com").status_code == 429
    assert ask(client, "eva@example.com").status_code == 303
    clock.shift(dt.timedelta(hours=1))
    assert ask(client, "ana@example.com").status_code == 303


def test_thirty_times_an_hour_from_one_network(client, db):
    statuses = [ask(client, f"{number}@example.com").status_code for number in range(31)]

    assert statuses == [303] * 30 + [429]


def test_the_pages_that_find_a_visit_lead_here(client, db):
    assert LOST in client.get("/visit/").content.decode()
    assert LOST in client.get("/visit/old-link/").content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_asks_for_nothing(client, db, method):
    for address in (LOST, SENT):
        assert getattr(client, method)(address).status_code == 200
    assert not AuditEvent.objects.exists()
