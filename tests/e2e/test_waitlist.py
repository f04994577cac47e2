"""The waitlist in a browser: joined, changed and left, with and without scripts, by keyboard only."""

import pytest

from scheduling.models import WaitlistEntry
from tests.e2e.world import UNANSWERED

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def tell_who_and_how(visitor) -> None:
    page = visitor.page
    visitor.choose("booking_for", "self")
    page.locator("[name=given_name]").fill("Ana")
    page.locator("[name=family_name]").fill("Núñez")
    page.locator("[name=birth_date_month]").select_option("5")
    page.locator("[name=birth_date_day]").fill("17")
    page.locator("[name=birth_date_year]").fill("1980")
    visitor.press("Continue")
    page.wait_for_url("**/contact/?for=waitlist")
    page.locator("[name=by_email]").check()
    page.locator("[name=email]").fill("ana@example.com")
    visitor.press("Continue")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_times_to_the_waitlist_and_off_it_again(guide, scripts):
    visitor = guide(java_script_enabled=scripts)
    visitor.draft("time", held=False, **{**UNANSWERED, "starts_at": None})
    page = visitor.page
    page.get_by_role("link", name="Ask for the waitlist").click()
    tell_who_and_how(visitor)
    page.get_by_label("Friday").uncheck()
    page.get_by_label("Evening").uncheck()
    page.get_by_label("1 day ahead is enough").check()
    visitor.press("Join the waitlist")

    page.get_by_role("heading", name="You are on the waitlist").wait_for()
    entry = WaitlistEntry.objects.get()
    assert (entry.weekdays, entry.parts, entry.notice_hours) == (
        [0, 1, 2, 3, 5, 6],
        ["afternoon", "morning"],
        24,
    )
    page.get_by_role("link", name="Change").click()
    page.get_by_label("2 hours ahead is enough").check()
    visitor.press("Save")
    page.get_by_text("Your changes are saved.").wait_for()
    if scripts:
        assert page.evaluate("document.activeElement.textContent").strip() == "Your changes are saved."
    assert "2 hours ahead" in page.locator("main").inner_text()

    visitor.press("Leave the waitlist")
    page.get_by_role("heading", name="You have left the waitlist").wait_for()
    assert WaitlistEntry.objects.get().status == "left"


def test_by_keyboard_only(guide):
    visitor = guide()
    visitor.draft("waitlist", held=False, starts_at=None)
    page = visitor.page
    page.locator("main").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.name, document.activeElement.tagName]")
        if focused[0] == "notice":
            page.keyboard.press("ArrowDown")
        if focused[1] == "BUTTON":
            break
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="You are on the waitlist").wait_for()
    assert WaitlistEntry.objects.get().notice_hours == 6
