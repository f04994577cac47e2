"""The invisible check: programs give themselves away, people are asked to press once more at the worst."""

import datetime as dt
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from scheduling.forms.strangers import MADE_AT, TRAP
from scheduling.models import Draft
from scheduling.portal.limits import HASTY, PRESSED_AGAIN

HERE, ELSEWHERE = "203.0.113.9", "203.0.113.10"
SECOND = dt.timedelta(seconds=1)
BORN = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
ANSWERS = {"laterality": "left", "order_status": "have_it"}


@pytest.fixture
def exam(world):
    return reverse("portal:exam", kwargs={"slug": world[1].slug})


def fields_of(page) -> dict[str, str]:
    inputs = re.findall(r"<input[^>]*>", page.content.decode())
    named = [(re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)) for tag in inputs]
    return {name[1]: unescape(value[1]) if value else "" for name, value in named if name}


def page_of(exam) -> dict[str, str]:
    """The hidden fields of a page that was opened just now."""
    fields = fields_of(Client().get(exam))
    return {name: fields[name] for name in (TRAP, MADE_AT)}


def send(exam, fields, address=HERE):
    return Client().post(exam, fields, REMOTE_ADDR=address)


def is_asked(answer) -> bool:
    return answer.status_code == 422 and "Please press the button once more" in answer.content.decode()


def use_up(exam, limit) -> None:
    for _ in range(HASTY["limit"] if limit is HASTY else limit["limit"]):
        send(exam, ANSWERS if limit is HASTY else {**ANSWERS, TRAP: "x"})


def test_a_person_notices_nothing(client, exam, clock):
    use_up(exam, HASTY)  # not even behind an address that a program uses too
    hidden = page_of(exam)
    assert hidden[TRAP] == ""
    clock.shift(2 * SECOND)

    assert send(exam, {**ANSWERS, **hidden}).status_code == 303


def test_a_filled_in_trap_begins_nothing_until_the_button_is_pressed_again(exam, clock):
    """As a strange password manager might fill it in: the person goes on with one press."""
    hidden = page_of(exam)
    clock.shift(10 * SECOND)
    asked = send(exam, {**ANSWERS, **hidden, TRAP: "http://spam.example"})
    assert is_asked(asked)
    assert Draft.objects.count() == 0

    clock.shift(10 * SECOND)
    again = fields_of(asked)
    assert again[TRAP] == ""
    again.pop("csrfmiddlewaretoken", None)
    assert send(exam, again).status_code == 303

    draft = Draft.objects.get()
    assert (draft.laterality, draft.order_status) == ("left", "have_it")


def test_quick_fingers_are_let_through_and_a_program_is_not(exam, clock):
    """Sent within a second, without a page, with a page of tomorrow, of last week, or a made-up one."""
    fresh = page_of(exam)
    for fields in (fresh, {}, {MADE_AT: "1.forged"}, {MADE_AT: "x"}, {MADE_AT: "\0"}):
        assert send(exam, {**ANSWERS, **fields}).status_code == 303
    clock.shift(25 * 3600 * SECOND)
    for _ in range(HASTY["limit"]):
        assert send(exam, {**ANSWERS, **fresh}).status_code == 303

    assert is_asked(send(exam, {**ANSWERS, **fresh}))
    assert is_asked(send(exam, {**ANSWERS, **page_of(exam)}))
    assert send(exam, {**ANSWERS, **page_of(exam)}, ELSEWHERE).status_code == 303


def test_a_page_from_the_future_is_hasty(exam, clock):
    use_up(exam, HASTY)
    clock.shift(60 * SECOND)
    future = page_of(exam)
    clock.shift(-60 * SECOND)

    assert is_asked(send(exam, {**ANSWERS, **future}))


def test_who_is_asked_again_and_again_waits(exam, clock):
    assert PRESSED_AGAIN["limit"] * 10 <= 100  # far stricter than what people may do
    use_up(exam, PRESSED_AGAIN)

    answer = send(exam, {**ANSWERS, TRAP: "x"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")

    hidden = page_of(exam)
    clock.shift(3 * SECOND)
    assert send(exam, {**ANSWERS, **hidden}).status_code == 303  # a person at the same address


def test_the_page_sends_again_what_was_sent_several_values_and_signs_included(exam, client):
    answer = client.post(f"{exam}?q=x", {**ANSWERS, "note": ['"<b>', "two"], TRAP: "x"})

    page = answer.content.decode()
    assert 'name="note" value="&quot;&lt;b&gt;"' in page
    assert 'name="note" value="two"' in page
    assert "<b>" not in page
    assert page.count(f'name="{TRAP}" value=""') == 1


def test_nothing_is_asked_where_the_form_was_not_filled_in_right(exam):
    answer = send(exam, {TRAP: "x"})

    assert answer.status_code == 422
    assert "Choose left, right or both" in answer.content.decode()


def test_the_trap_is_out_of_reach(client, exam):
    """Of eyes, tabs, screen readers and password managers; and says what it is where styles are off."""
    page = client.get(exam).content.decode()
    trap = page[page.index('<div class="trap"') : page.index("</div>", page.index('<div class="trap"'))]

    assert 'aria-hidden="true"' in trap
    for attribute in ('tabindex="-1"', 'autocomplete="off"', "data-1p-ignore", "data-bwignore"):
        assert attribute in trap
    assert 'data-lpignore="true"' in trap
    assert "Leave this empty" in trap
    assert "display" not in trap


def test_every_form_for_strangers_is_asked_by_its_view(exam, clock):
    """A form that carries the fields without a view that looks at them would only pretend."""
    lost = {"contact": "ana@example.com", **BORN}
    for address, answers in ((exam, ANSWERS), (reverse("portal:lost"), lost)):
        assert f'name="{TRAP}"' in Client().get(address).content.decode()
        assert is_asked(send(address, {**answers, TRAP: "x"}))
        assert send(address, answers).status_code == 303
