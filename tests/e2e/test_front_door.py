"""Home, choosing an exam and its details, in a real browser."""

from decimal import Decimal

import pytest
from django.urls import reverse

from scheduling.actions.catalogue import load_catalogue
from scheduling.models import Draft, Exam, Offering
from tests.factories.locations import OpenLocationFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def center():
    load_catalogue()
    location = OpenLocationFactory(name="Riverside")
    Offering.objects.bulk_create(
        Offering(exam=exam, location=location, price=Decimal(420), price_is_example=True)
        for exam in Exam.objects.all()
    )
    return location


def test_error_takes_the_focus_and_links_to_the_field(live_server, center, make_page, check_axe):
    page = make_page()
    page.goto(f"{live_server.url}/book/exam/knee-mri/")
    page.get_by_role("button", name="Continue").click()

    assert page.title() == "Error: Knee MRI - Alliance"
    assert page.evaluate("document.activeElement.className") == "summary"
    check_axe(page)
    page.get_by_role("link", name="Choose left, right or both").click()
    assert page.evaluate("document.activeElement.value") == "left"


@pytest.mark.parametrize("scripts", [True, False])
def test_from_home_to_a_draft(live_server, center, make_page, scripts):
    page = make_page(java_script_enabled=scripts)
    page.goto(live_server.url)
    page.get_by_label("What scan do you need?").fill("nee mri")
    page.get_by_role("button", name="Find my scan").click()
    page.get_by_label("Left", exact=True).check()
    page.get_by_label("Yes, I have it").check()
    page.get_by_role("button", name="Continue").click()

    draft = Draft.objects.get()
    assert page.url == live_server.url + reverse("portal:where", args=[draft.pk])
    assert (draft.exam.slug, draft.laterality) == ("knee-mri", "left")


def test_by_keyboard_only(live_server, center, make_page):
    page = make_page(width=1280)
    page.goto(f"{live_server.url}/book/exam/knee-mri/")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "laterality":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "interpreter_language":
            break
    page.keyboard.type("Spanish")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/where/")

    draft = Draft.objects.get()
    assert (draft.laterality, draft.order_status, draft.interpreter_language) == (
        "right",
        "have_it",
        "Spanish",
    )
