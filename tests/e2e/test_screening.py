"""The respiratory pages in a real browser: readable, fitting, and the same without scripts."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.scheduling import ExamFactory, FullDraftFactory
from tests.factories.screening import publish_preset

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def journey(live_server, client):
    """Opens a page of a draft for a visit tomorrow, in a browser that began it."""
    now = timezone.now()
    publish_preset("a", starts=now - dt.timedelta(days=1))
    session = client.session
    session["visitor"] = "browser"
    session.save()

    def start(page, **fields):
        draft = FullDraftFactory(**{"visitor": "browser", "starts_at": now + dt.timedelta(days=1), **fields})
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )

        def go(name):
            page.goto(live_server.url + reverse(f"portal:{name}", kwargs={"draft_id": draft.pk}))

        return draft, go

    return start


def choose(page, name, value):
    page.locator(f"input[name={name}][value={value}]").check()


def press(page, words="Continue"):
    page.get_by_role("button", name=words, exact=True).click()


def test_every_page_reads_well_and_fits(make_page, journey, check_axe, check_fits):
    page = make_page()
    _, go = journey(page, exam=ExamFactory(chest_respiratory=True))

    def look():
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            check_axe(page)
            check_fits(page)

    go("covid-test")
    look()
    choose(page, "why_chest", "not_sure")
    press(page)
    look()  # explained
    go("covid")
    press(page)
    look()  # an error
    choose(page, "emerg", "yes")
    press(page)
    look()  # 911
    press(page, "This is usual for me")
    look()
    choose(page, "sympt", "fever")
    for name in ("isol", "expo", "compan"):
        choose(page, name, "no")
    choose(page, "pos", "yes")
    choose(page, "pos_which", "covid")
    look()  # follow-ups are open
    press(page)
    look()  # several errors
    page.locator("[name=sympt_date]").select_option(index=2)
    page.locator("[name=pos_date]").select_option(index=1)
    choose(page, "fever_24h", "yes")
    choose(page, "better", "same")
    press(page)
    look()  # a few more
    choose(page, "immuno", "no")
    press(page)
    look()
    assert page.locator("h1").inner_text() == "You can book, and we will call you"  # ordered: not put off


@pytest.mark.parametrize("with_scripts", [True, False])
def test_the_form_is_filled_in_with_and_without_scripts(make_page, journey, with_scripts):
    page = make_page(java_script_enabled=with_scripts)
    draft, go = journey(page)

    go("covid")
    choose(page, "emerg", "no")
    press(page)
    choose(page, "sympt", "cough")
    page.locator("[name=sympt_date]").select_option(index=2)
    choose(page, "fever_24h", "no")
    choose(page, "better", "better")
    for name in ("pos", "isol", "expo", "compan"):
        choose(page, name, "no")
    press(page)
    choose(page, "immuno", "no")
    press(page)

    assert page.locator("h1").inner_text() == "You can book, and we will call you"
    saved = draft.sheets.get()
    assert saved.answered_at is not None
    assert saved.answers["sympt"] == ["cough"]


def test_follow_ups_are_closed_until_their_answer_is_chosen(browser_page, journey):
    _, go = journey(browser_page)
    go("covid-questions")
    day = browser_page.locator("[name=pos_date]")

    assert not day.is_visible()
    choose(browser_page, "pos", "yes")
    assert day.is_visible()
    choose(browser_page, "pos", "no")
    assert not day.is_visible()


def test_every_choice_is_reached_by_keyboard(browser_page, journey):
    _, go = journey(browser_page)
    go("covid")

    browser_page.locator("input[name=emerg]").first.focus()
    browser_page.keyboard.press("ArrowDown")
    browser_page.keyboard.press("Tab")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url("**/covid/questions/")

    assert browser_page.locator("h1").inner_text() == "A few questions about your health today"
