"""The hold in a browser: a time on the clock, quiet when it ends, nothing typed is lost."""

import datetime as dt

import pytest

from scheduling.models import Appointment
from tests.e2e.world import NINE_FORTY, NOW, UNANSWERED
from tests.factories.scheduling import AppointmentFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SOON = "2 minutes left. After that your answers stay, and we try to get the time back."
ENDED = "We are no longer holding this time. You can go on; we will try to get it back."


def test_the_ticket_shows_the_time_on_the_clock(guide):
    visitor = guide()
    visitor.draft("patient", **UNANSWERED)
    held = visitor.page.locator("[data-held]").inner_text()
    assert held.startswith("Held for you until 9:10\xa0am, about ")
    assert "Tuesday, December 1, 9:40\xa0am" in visitor.page.locator(".ticket").inner_text()


def test_each_page_sent_renews_it(guide, clock):
    visitor = guide()
    visitor.draft("contact")
    clock.move_to(NOW + dt.timedelta(minutes=8))
    visitor.press("Continue")
    visitor.page.wait_for_url("**/covid/")
    assert visitor.page.locator("[data-held]").inner_text().startswith("Held for you until 9:18\xa0am")


def test_two_minutes_before_the_end_it_is_said_once(guide, clock):
    visitor = guide()
    draft = visitor.draft()
    clock.move_to(NOW + dt.timedelta(minutes=8, seconds=30))
    visitor.open(f"/book/{draft.pk}/contact/")
    status = visitor.page.locator("[data-status]")
    assert (
        status.inner_text()
        == "2 minutes left. After that your answers stay, and we try to get the time back."
    )
    assert visitor.page.title() == "(2 min left) How should we reach you? - Alliance"


def test_keep_holding_leaves_what_is_typed_and_says_until_when(guide, clock):
    visitor = guide()
    visitor.draft("contact")
    page = visitor.page
    page.get_by_label("Email address").fill("half-typed@")
    clock.move_to(NOW + dt.timedelta(minutes=8, seconds=30))
    visitor.press("Keep holding")
    page.get_by_text("Held for you until 9:18\xa0am").first.wait_for()

    assert page.get_by_label("Email address").input_value() == "half-typed@"
    assert page.evaluate("document.activeElement.textContent") == "Keep holding"
    page.locator("[data-status] .hidden-text").wait_for(state="attached")
    said = page.locator("[data-status]").inner_text()
    assert said == "Held for you until 9:18\xa0am, about 10 minutes"
    assert page.title() == "How should we reach you? - Alliance"
    assert Appointment.objects.get(status="held").hold_extensions == 1


def test_keep_holding_nine_times_in_place_and_the_last_time_is_the_last(guide):
    visitor = guide()
    draft = visitor.draft("contact")
    Appointment.objects.filter(draft=draft).update(hold_extensions=8)
    for _ in range(2):
        visitor.press("Keep holding")
        visitor.page.locator("[data-status] .hidden-text").wait_for(state="attached")
        visitor.page.wait_for_timeout(300)
    assert visitor.page.get_by_role("button", name="Keep holding").count() == 0
    assert "We cannot keep it longer than this." in visitor.page.locator(".ticket").inner_text()
    assert visitor.page.evaluate("document.activeElement.textContent") == "Change time"


def test_the_eleventh_time_explains_and_leads_back(guide):
    visitor = guide()
    draft = visitor.draft("contact")
    Appointment.objects.filter(draft=draft).update(hold_extensions=10)
    visitor.press("Keep holding")
    visitor.page.get_by_role("heading", name="We cannot keep this time longer").wait_for()
    visitor.page.get_by_role("link", name="Go on").click()
    visitor.page.wait_for_url("**/contact/")


def test_keep_holding_without_scripts_comes_back_to_the_page(guide, clock):
    visitor = guide(java_script_enabled=False)
    visitor.draft("contact")
    clock.move_to(NOW + dt.timedelta(minutes=5))
    visitor.press("Keep holding")
    visitor.page.wait_for_url("**/contact/")
    assert visitor.page.locator("[data-held]").inner_text().startswith("Held for you until 9:15\xa0am")


def test_the_end_is_said_without_a_new_page(guide):
    """The script's own clock runs out; the words come from the page."""
    visitor = guide()
    visitor.page.clock.install()
    visitor.draft("contact")
    visitor.page.clock.run_for(11 * 60 * 1000)
    assert visitor.page.locator("[data-status]").inner_text() == ENDED
    assert visitor.page.title() == "How should we reach you? - Alliance"
    assert visitor.page.get_by_role("button", name="Keep holding").count() == 0
    assert visitor.page.get_by_label("Email address").input_value() == "ana@example.com"


def test_minutes_change_in_silence_and_two_things_are_said(guide):
    visitor = guide()
    visitor.page.clock.install()
    visitor.draft("contact")
    page = visitor.page
    page.evaluate(
        """() => {
            window.said = [];
            const status = document.querySelector("[data-status]"), say = () => said.push(status.textContent);
            new MutationObserver(say).observe(status, {childList: true});
        }"""
    )
    minutes = []
    for _ in range(12):
        page.clock.run_for(60_000)
        left = page.locator("[data-minutes]")
        minutes.append(left.inner_text() if left.count() else "over")
    assert minutes == [*map(str, range(9, 0, -1)), "over", "over", "over"]
    assert page.evaluate("said") == [SOON, ENDED]
    live = "[aria-live], [role=status], [role=alert], [role=timer]"
    assert page.locator(".ticket").locator(live).count() == 1


def test_a_time_that_is_still_free_is_taken_again(guide, clock):
    visitor = guide()
    draft = visitor.screened("check")
    clock.move_to(NOW + dt.timedelta(minutes=30))
    visitor.page.reload()
    assert ENDED in visitor.page.locator(".ticket").inner_text()
    visitor.press("Book this visit")
    visitor.page.wait_for_url("**/booked/")
    visit = Appointment.objects.get(status="booked")
    assert (visit.draft_id, visit.starts_at) == (draft.pk, NINE_FORTY)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_time_taken_meanwhile_leads_to_near_ones_with_every_answer_kept(guide, clock, scripts):
    visitor = guide(java_script_enabled=scripts)
    draft = visitor.screened("check")
    clock.move_to(NOW + dt.timedelta(minutes=30))
    Appointment.objects.filter(draft=draft).update(status="expired", held_until=None)
    AppointmentFactory(scanner=visitor.world.mri, exam=visitor.world.knee, starts_at=NINE_FORTY)
    visitor.press("Book this visit")

    page = visitor.page
    page.get_by_text("Someone just took 9:40\xa0am. These are close. All your answers are kept.").wait_for()
    if scripts:
        assert page.evaluate("document.activeElement.className") == "status status-amber"
    assert page.locator(".suggestion").count() == 3
    page.locator(".suggestion").first.click()
    page.wait_for_url("**/check/")
    answers = page.locator("main").inner_text()
    for kept in ("Ana Núñez", "May 17, 1980", "ana@example.com", "Knee MRI, left"):
        assert kept in answers, kept
    visitor.press("Book this visit")
    page.wait_for_url("**/booked/")
    visit = Appointment.objects.get(draft=draft, status="booked")
    assert abs(visit.starts_at - NINE_FORTY) <= dt.timedelta(hours=1)
