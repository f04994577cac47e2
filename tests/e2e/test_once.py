"""However often it is pressed, a visit is booked once; and never with other answers than were shown."""

import re

import pytest
from playwright.sync_api import expect

from scheduling.models import Appointment, Message
from tests.e2e.world import draft_path

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ALREADY = "This visit is already booked"


def booked() -> tuple[int, int]:
    return (
        Appointment.objects.filter(status="booked").count(),
        Message.objects.filter(kind="confirmation").count(),
    )


def heading(page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


@pytest.fixture
def contact_then_check(guide):
    """A browser that came to the check page over the contact page."""
    visitor = guide()
    visitor.screened("contact")
    visitor.press("Continue")
    visitor.page.wait_for_url("**/check/")
    return visitor


TWICE_AT_ONCE = """button => {
    const form = button.form;
    const send = () => fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))});
    return Promise.all([send(), send()]).then(answers => answers.map(answer => answer.url));
}"""


def test_two_requests_at_the_same_moment(guide):
    visitor = guide()
    visitor.screened("check")
    first, second = visitor.page.get_by_role("button", name="Book this visit").evaluate(TWICE_AT_ONCE)
    assert first == second
    assert first.endswith("/booked/")
    assert booked() == (1, 1)


@pytest.mark.parametrize("scripts", [True, False])
def test_double_click(guide, scripts):
    visitor = guide(java_script_enabled=scripts)
    visitor.screened("check")
    visitor.page.get_by_role("button", name="Book this visit").dblclick()
    expect(visitor.page).to_have_url(re.compile("/booked/$"))  # the second click may break off the first
    assert booked() == (1, 1)


def test_the_button_says_what_it_is_doing_and_sends_once(guide):
    visitor = guide()
    visitor.screened("check")
    sent = []

    def keep(route) -> None:
        sent.append(route)

    visitor.page.route("**/check/", keep)
    shown = visitor.page.locator("main form .button").evaluate(
        "button => { button.click(); button.click(); return [button.textContent, button.ariaDisabled]; }"
    )
    assert shown == ["Booking…", "true"]
    visitor.page.wait_for_timeout(200)  # milliseconds; a second request would have come by now
    assert len(sent) == 1
    sent[0].continue_()
    visitor.page.wait_for_url("**/booked/")
    assert booked() == (1, 1)


def test_back_twice_says_that_it_is_booked(contact_then_check):
    page = contact_then_check.page
    contact_then_check.press("Book this visit")
    page.wait_for_url("**/booked/")
    page.go_back()
    assert (page.url.rsplit("/", 2)[1], heading(page)) == ("check", ALREADY)
    page.go_back()
    assert (page.url.rsplit("/", 2)[1], heading(page)) == ("contact", ALREADY)
    page.get_by_role("link", name="Open my visit").click()
    assert heading(page) == "My visit"
    assert booked() == (1, 1)


def test_a_form_left_open_in_another_tab_changes_nothing_after_booking(contact_then_check):
    page = contact_then_check.page
    tab = page.context.new_page()
    tab.goto(page.url.replace("/check/", "/contact/"))
    check = page.context.new_page()
    check.goto(page.url)
    contact_then_check.press("Book this visit")
    page.wait_for_url("**/booked/")

    tab.get_by_label("Email address").fill("someone.else@example.com")
    tab.get_by_role("button", name="Continue").click()
    assert heading(tab) == ALREADY
    check.get_by_role("button", name="Book this visit").click()
    check.wait_for_url("**/booked/")
    assert check.url == page.url
    assert booked() == (1, 1)
    assert Appointment.objects.get(status="booked").email == "ana@example.com"


def test_refresh_of_the_booked_page(contact_then_check):
    page = contact_then_check.page
    contact_then_check.press("Book this visit")
    page.wait_for_url("**/booked/")
    code = page.locator(".code").inner_text()
    page.reload()
    assert page.locator(".code").inner_text() == code
    assert booked() == (1, 1)


def test_answers_changed_in_another_tab_are_shown_before_they_are_booked(contact_then_check):
    page = contact_then_check.page
    tab = page.context.new_page()
    tab.goto(page.url.replace("/check/", "/contact/"))
    tab.get_by_label("Email address").fill("new@example.com")
    tab.get_by_role("button", name="Continue").click()
    tab.wait_for_url("**/check/")

    contact_then_check.press("Book this visit")
    message = page.get_by_text("Your answers changed in another window")
    message.wait_for()
    assert page.evaluate("document.activeElement.textContent").strip() == message.inner_text()
    assert "new@example.com" in page.locator("main").inner_text()
    assert booked() == (0, 0)

    contact_then_check.press("Book this visit")
    page.wait_for_url("**/booked/")
    assert Appointment.objects.get(status="booked").email == "new@example.com"


def test_two_browsers_on_one_time(guide, world):
    """Both see it free; the second lands on the times, with the focus on what happened."""
    first, second = guide(), guide()
    draft = first.draft("time", held=False, starts_at=None)
    other = second.draft("time", held=False, starts_at=None, visitor="another-browser")
    for visitor in (first, second):
        visitor.page.locator(".slot").nth(2).click()
    first.page.wait_for_url("**/covid/")
    assert heading(second.page) == "Choose a time"
    assert second.page.evaluate("document.activeElement.className") == "status status-amber"
    held = Appointment.objects.filter(status="held")
    assert [hold.draft_id for hold in held] == [draft.pk]
    assert second.page.locator(".suggestion").count() == 3
    second.page.locator(".suggestion").first.click()
    second.page.wait_for_url(f"**{draft_path(other, 'covid')}")
