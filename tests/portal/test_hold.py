"""The hold as the pages show it. It is Monday, 9 am; the hold of ten minutes is for Tuesday, 9:40 am."""

import datetime as dt

import pytest
from django.urls import reverse

from scheduling.models import Appointment, Draft
from scheduling.portal.time_page import value_of
from tests.factories.journey import NINE_FORTY, NOW, ready_draft
from tests.factories.scheduling import AppointmentFactory, HoldFactory
from tests.portal.test_journey import CONTACT, PATIENT

MINUTE = dt.timedelta(minutes=1)
OVER = "We are no longer holding this time. You can go on; we will try to get it back."


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def hold(client, draft, starts_at=NINE_FORTY):
    return client.post(url("time", draft), {"opening": value_of(starts_at)})


def page(client, draft, name="contact"):
    return client.get(url(name, draft)).content.decode()


@pytest.fixture
def held(client, draft):
    hold(client, draft)
    return draft


def test_the_ticket_says_what_when_and_until_when(client, held):
    ticket = page(client, held)

    assert f"Knee MRI, left at {held.location.name}" in ticket
    assert "Tuesday, December 1, 9:40\xa0am" in ticket
    assert "Held for you until 9:10\xa0am," in ticket
    assert "about 10 minutes" in ticket
    assert url("time", held) in ticket


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "about 10 minutes"), (61, "about 9 minutes"), (599, "about 1 minute")]
)
def test_minutes_are_said_as_the_script_counts_them(client, held, clock, seconds, words):
    clock.shift(dt.timedelta(seconds=seconds))

    assert f"{words}<" in page(client, held)


def test_the_last_two_minutes_are_said(client, held, clock):
    clock.shift(dt.timedelta(minutes=7, seconds=59))
    assert '<p class="ticket-soon">' not in page(client, held)

    clock.shift(dt.timedelta(seconds=1))
    assert '<p class="ticket-soon">2 minutes left.' in page(client, held)


def test_each_page_sent_holds_it_for_ten_more_minutes(client, held, clock):
    clock.shift(8 * MINUTE)
    client.post(url("contact", held), CONTACT)

    assert Appointment.objects.get().held_until == NOW + 18 * MINUTE


@pytest.mark.parametrize("name", ["contact", "patient", "check", "number"])
def test_keep_holding_comes_back_to_the_page_it_was_pressed_on(client, held, clock, name):
    clock.shift(8 * MINUTE)

    answer = client.post(url("keep", held), {"page": url(name, held) + "?change"})

    assert (answer.status_code, answer.url) == (303, url(name, held) + "?change")
    assert Appointment.objects.get().held_until == NOW + 18 * MINUTE


@pytest.mark.parametrize(
    "address",
    ["https://example.com/", "//example.com/book/", "/visit/", "nonsense", "http://[", "/book/exam/", ""],
)
def test_keep_holding_leads_to_pages_of_this_draft_only(client, held, address):
    assert client.post(url("keep", held), {"page": address}).url == url("check", held)


def test_keep_holding_does_not_lead_to_another_draft(client, world, held):
    other = ready_draft(*world, visitor="somebody else")

    assert client.post(url("keep", held), {"page": url("contact", other)}).url == url("check", held)


def test_ten_times_and_the_eleventh_explains(client, held):
    for _ in range(10):
        assert client.post(url("keep", held), {"page": url("contact", held)}).status_code == 303
    assert "We cannot keep it longer than this." in page(client, held)
    assert "Keep holding" not in page(client, held)

    answer = client.post(url("keep", held), {"page": url("contact", held)})

    assert answer.status_code == 409
    words = "We cannot keep this time any longer. You can still finish: we will try to get it for you."
    assert words in answer.content.decode()
    assert f'<a class="button" href="{url("contact", held)}">Go on</a>' in answer.content.decode()


def test_an_ended_hold_says_so_and_the_next_page_sent_takes_it_again(client, held, clock):
    clock.shift(11 * MINUTE)
    assert OVER in page(client, held)

    answer = client.post(url("contact", held), CONTACT)

    assert (answer.status_code, answer.url) == (303, url("check", held))
    assert "Held for you until 9:21\xa0am," in page(client, held, "check")


def test_keep_holding_takes_an_ended_hold_again(client, held, clock):
    clock.shift(11 * MINUTE)

    answer = client.post(url("keep", held), {"page": url("patient", held)})

    assert answer.url == url("patient", held)
    assert Appointment.objects.get(status="held").held_until == NOW + 21 * MINUTE


@pytest.mark.parametrize(
    ("name", "sent"), [("contact", {**CONTACT, "email": "new@example.com"}), ("keep", {})]
)
def test_a_time_that_someone_took_meanwhile_leads_to_three_near_ones(client, world, held, clock, name, sent):
    clock.shift(11 * MINUTE)
    Appointment.objects.update(status="expired", held_until=None)
    AppointmentFactory(scanner=world[0], exam=world[1])

    answer = client.post(url(name, held), sent)

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone just took 9:40\xa0am. These are close. All your answers are kept." in text
    assert text.count('class="suggestion"') == 3
    assert Draft.objects.get().email == sent.get("email", "ana@example.com")


def test_looking_at_a_page_takes_nothing(client, held, clock):
    clock.shift(11 * MINUTE)
    page(client, held)
    page(client, held, "check")

    assert not Appointment.objects.filter(status="held", held_until__gt=NOW + 11 * MINUTE).exists()


def test_whatever_else_stands_in_the_way_is_left_to_the_last_page(client, world, held, clock):
    clock.shift(11 * MINUTE)
    world[0].is_active = False
    world[0].save()

    assert client.post(url("contact", held), CONTACT).status_code == 303


def test_a_browser_holds_one_time(client, world, held):
    """A new time frees the old, in another booking of the same browser too."""
    other = ready_draft(*world, visitor=held.visitor, starts_at=None)
    eleven = NINE_FORTY + 80 * MINUTE

    hold(client, held, eleven)
    assert Appointment.objects.get(status="held").starts_at == eleven

    hold(client, other)
    assert Appointment.objects.get(status="held").draft == other


def test_who_only_looks_for_a_time_loses_none(client, world, held):
    HoldFactory(scanner=world[0], exam=world[1], starts_at=NINE_FORTY + 80 * MINUTE, created_at=NOW)

    assert hold(client, held, NINE_FORTY + 80 * MINUTE).status_code == 409

    assert Appointment.objects.get(draft=held, status="held").starts_at == NINE_FORTY


def test_first_time_takers_fill_in_the_patient_next(client, empty_draft):
    assert hold(client, empty_draft).url == url("patient", empty_draft)
    assert client.post(url("patient", empty_draft), PATIENT).url == url("contact", empty_draft)
