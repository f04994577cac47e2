"""Bad input: said on top and beside the field in the same words, with the focus there and nothing lost."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.e2e.world import UNANSWERED, Guide

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WHO = {"booking_for": "self", "given_name": "Ana", "family_name": "Núñez"}
BORN = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
OTHER = {"booking_for": "other", "booker_name": "Luis Núñez", "booker_relation": "brother"}
FIND = {"code": "ABCD 2345", **BORN}
MAIL = {"by_email": True, "email": "ana@example.com"}
CONTINUE = "Continue"


class Case(NamedTuple):
    page: str
    typed: dict[str, str | bool]
    field: str  # the name of the input that the summary leads to
    text: str


CASES = [
    Case("exam", {"order_status": "have_it"}, "laterality", "Choose left, right or both"),
    Case("exam", {"laterality": "left"}, "order_status", "Choose if you have a doctor’s order"),
    Case("where", {"near": ""}, "near", "Enter a ZIP code or city"),
    Case("where", {"near": "Nowhere at all"}, "near", "We don’t know that place. Try a 5-digit ZIP code"),
    Case("patient", {**WHO, **BORN, "booking_for": ""}, "booking_for", "Choose who the scan is for"),
    Case("patient", {**WHO, **BORN, "given_name": ""}, "given_name", "Enter the first name"),
    Case(
        "patient",
        {**WHO, **BORN, "family_name": " "},
        "family_name",
        "Enter the last name, or check “one name only”",
    ),
    Case("patient", {**WHO, **BORN, **OTHER, "booker_name": ""}, "booker_name", "Enter your name"),
    Case(
        "patient",
        {**WHO, **BORN, **OTHER, "booker_relation": ""},
        "booker_relation",
        "Enter how you are related to the patient",
    ),
    Case("patient", WHO, "birth_date_month", "Enter the date of birth"),
    Case(
        "patient",
        {**WHO, **BORN, "birth_date_year": "80"},
        "birth_date_year",
        "Add the year, with 4 numbers, like 1952",
    ),
    Case("patient", {**WHO, **BORN, "birth_date_month": ""}, "birth_date_month", "Choose the month"),
    Case("patient", {**WHO, **BORN, "birth_date_day": "x"}, "birth_date_day", "Add the day, like 27"),
    Case(
        "patient",
        {**WHO, **BORN, "birth_date_month": "2", "birth_date_day": "30"},
        "birth_date_day",
        "February has no day 30",
    ),
    Case(
        "patient",
        {**WHO, **BORN, "birth_date_year": "2031"},
        "birth_date_year",
        "The date of birth must be in the past",
    ),
    Case("patient", {**WHO, **BORN, "birth_date_year": "1880"}, "birth_date_year", "Check the year"),
    Case(
        "patient",
        {**WHO, **BORN, "birth_date_year": "2020"},
        "guardian_name",
        "Enter the name of the parent or guardian who comes to the visit",
    ),
    Case("contact", {}, "by_email", "Choose at least one way to reach you"),
    Case("contact", {"by_call": True}, "phone", "Enter a phone number"),
    Case(
        "contact",
        {"by_call": True, "phone": "555-0147"},
        "phone",
        "That number is too short. Enter 10 numbers, like 512-555-0147",
    ),
    Case(
        "contact", {"by_email": True, "email": "ana@example"}, "email", "Enter an email like name@example.com"
    ),
    Case("find-visit", {**FIND, "code": ""}, "code", "Enter the visit code"),
    Case("find-visit", {"code": "ABCD 2345"}, "birth_date_month", "Enter the date of birth"),
    Case(
        "find-visit",
        FIND,
        "code",
        "We could not find that visit. Check the code and date of birth, or call us",
    ),
    Case("covid", {}, "emerg", ""),
]
EMPTY = {"by_email": False, "email": "", **UNANSWERED}
PAGES: dict[str, tuple[Callable[[Guide], object], str]] = {
    "exam": (lambda g: g.open("/book/exam/knee-mri/"), CONTINUE),
    "where": (lambda g: g.draft("where", place=""), "Show centers"),
    "patient": (lambda g: g.draft("patient", **EMPTY), CONTINUE),
    "contact": (lambda g: g.draft("contact", **EMPTY), CONTINUE),
    "covid": (lambda g: g.draft("covid"), CONTINUE),
    "find-visit": (lambda g: g.open("/visit/"), "Find my visit"),
}
DESCRIBED = """(input) => {
    const described = [input, input.closest('fieldset')].filter(Boolean);
    const ids = described.flatMap(element => (element.getAttribute('aria-describedby') || '').split(/ +/));
    return ids.filter(Boolean).map(id => document.getElementById(id).textContent).join(' ');
}"""


def fill(page, typed) -> None:
    """As typed by hand, so that what opens and closes does so."""
    for name, value in typed.items():
        field = page.locator(f"[name={name}]").first
        if value is True:
            field.check()
        elif field.get_attribute("type") == "radio":
            if value:
                page.locator(f"[name={name}][value={value}]").check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def kept(page, typed) -> dict[str, str | bool]:
    def value(name: str) -> str | bool:
        fields = page.locator(f"[name={name}]")
        if fields.first.get_attribute("type") == "checkbox":
            return fields.first.is_checked()
        if fields.first.get_attribute("type") == "radio":
            chosen = page.locator(f"[name={name}]:checked")
            return chosen.get_attribute("value") if chosen.count() else ""
        return fields.first.input_value()

    return {name: value(name) for name in typed}


def faults_of(visitor: Guide, case: Case) -> list[str]:
    page, (go, button) = visitor.page, PAGES[case.page]
    go(visitor)
    fill(page, case.typed)
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        visitor.press(button)
    page.wait_for_load_state()
    links = page.locator(".summary a")
    texts = links.all_inner_texts()
    focus = page.evaluate("document.activeElement.className")
    values = kept(page, {name: value for name, value in case.typed.items() if value != " "})
    field = page.locator(f"[name={case.field}]").first
    said = field.evaluate(DESCRIBED)
    links.first.click()
    found = {
        "status": (answer.value.status, 422),
        "title": (page.title().startswith("Error: "), True),
        "focus": (focus, "summary"),
        "summary": (texts, [case.text] if case.text else texts[:1]),
        "link": (page.evaluate("document.activeElement.name"), case.field),
        # above the page an error may begin with the name of its question
        "described": (texts[0].rsplit(": ", 1)[-1] in said, True),
        "kept": (values, {name: value for name, value in case.typed.items() if value != " "}),
    }
    return [
        f"{case.page} {case.text!r}: {what} is {is_!r}, not {ought!r}"
        for what, (is_, ought) in found.items()
        if is_ != ought
    ]


@pytest.mark.parametrize("name", list(PAGES))
def test_bad_input(guide, name):
    visitor = guide()
    faults = [fault for case in CASES if case.page == name for fault in faults_of(visitor, case)]
    assert faults == [], "\n".join(faults)


def test_the_search_says_what_to_type(guide):
    visitor = guide()
    answer = visitor.open("/book/exam/?q=")
    page = visitor.page
    assert (answer.status, page.title()) == (422, "Error: What scan do you need? - Alliance")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.get_by_role("link", name="Type the scan you need, like “knee MRI”").click()
    assert page.evaluate("document.activeElement.name") == "q"
