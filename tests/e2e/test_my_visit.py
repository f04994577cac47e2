"""Moving a visit, canceling it and taking that back: by mouse, by keyboard only, and without scripts."""

import datetime as dt

import pytest

from scheduling.models import Appointment, AuditEvent, Message
from tests.e2e.walk import ByKeyboard, ByMouse
from tests.e2e.world import visit_path
from tests.factories.scheduling import AppointmentFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
WAYS = pytest.mark.parametrize(
    ("way_of", "options"),
    [
        pytest.param(ByMouse, {"width": 1280}, id="by mouse"),
        pytest.param(ByKeyboard, {"width": 1280}, id="by keyboard"),
        pytest.param(ByMouse, {"width": 390, "java_script_enabled": False}, id="without scripts"),
    ],
)


def opened_by_its_link(visitor, way_of):
    visit = visitor.visit("visit", is_open=False)
    way = way_of(visitor.page)
    way.birth_date("5", "17", "1980")
    way.press("Continue")
    visitor.page.get_by_role("heading", name="My visit").wait_for()
    return visit, way


@WAYS
def test_move(guide, way_of, options):
    visitor = guide(**options)
    visit, way = opened_by_its_link(visitor, way_of)
    old = visit.starts_at

    way.follow("Change the time")
    assert visitor.page.locator("h1").inner_text() == "Change the time"
    way.take_a_time(4)
    assert visitor.page.locator("h1").inner_text() == "Save the new time?"
    assert visitor.page.get_by_text("Nothing is changed yet.").is_visible()
    assert Appointment.objects.get().starts_at == old
    way.press("Save the new time")

    visitor.page.get_by_role("heading", name="Your visit has a new time").wait_for()
    moved = Appointment.objects.get()
    assert moved.starts_at != old
    assert moved.ical_sequence == 1
    assert Message.objects.filter(kind="moved").count() == 1

    visitor.page.go_back()
    visitor.page.get_by_role("heading", name="My visit").wait_for()  # nothing left to save


@WAYS
def test_cancel_and_take_it_back(guide, way_of, options):
    visitor = guide(**options)
    visit, way = opened_by_its_link(visitor, way_of)

    way.follow("Cancel this visit")
    assert visitor.page.get_by_role("link", name="Change the time instead").is_visible()
    way.type("reason", "A cold")
    way.press("Cancel this visit")
    visitor.page.get_by_role("heading", name="This visit is canceled").wait_for()
    way.press("Take it back")

    visitor.page.get_by_role("heading", name="Your visit is booked").wait_for()
    way.press("I will come")
    visitor.page.get_by_role("heading", name="You told us that you will come").wait_for()
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason, visit.ical_sequence) == ("booked", "", 2)
    assert visit.confirmed_at is not None


@WAYS
def test_a_time_that_was_lost_is_booked_anew_close_to_it(guide, way_of, options):
    visitor = guide(**options)
    visit, way = opened_by_its_link(visitor, way_of)
    way.follow("Cancel this visit")
    way.press("Cancel this visit")
    visitor.page.get_by_role("button", name="Take it back").wait_for()
    AppointmentFactory(scanner=visitor.world.mri, exam=visitor.world.knee, starts_at=visit.starts_at)

    way.press("Take it back")

    told = visitor.page.get_by_role("status").first
    assert told.inner_text() == "Someone just took that time. These are close."
    if options.get("java_script_enabled", True):
        assert told.evaluate("element => element === document.activeElement")
    way.take_a_suggestion(1)
    visitor.page.wait_for_url("**/book/**")
    held = Appointment.objects.get(status="held")
    assert abs(held.starts_at - visit.starts_at) < dt.timedelta(hours=4)


def test_a_link_is_opened_by_a_scanner_and_then_by_its_owner(guide):
    """Mail programs open links, some with scripts on: nothing happens but to whoever presses."""
    visitor = guide(width=1280)
    visit = visitor.visit(is_open=False)
    before = [list(Appointment.objects.values()), AuditEvent.objects.count()]
    for name in ("visit", "move", "cancel", "booked", "calendar"):
        visitor.open(visit_path(visit, name))
        assert [list(Appointment.objects.values()), AuditEvent.objects.count()] == before


def test_pressing_twice_moves_once(guide):
    visitor = guide(width=1280)
    visit = visitor.visit("move")
    ByMouse(visitor.page).take_a_time(2)
    visitor.page.get_by_role("button", name="Save the new time").dblclick()
    visitor.page.get_by_role("heading", name="Your visit has a new time").wait_for()

    visit.refresh_from_db()
    assert visit.ical_sequence == 1
    assert AuditEvent.objects.filter(event="visit.moved").count() == 1


SOON = "This visit closes in 2 minutes. What you typed stays, and we ask for the date of birth again."


def is_in_sight(line) -> bool:
    box = line.evaluate(
        "line => { const {top, bottom} = line.getBoundingClientRect(); return [top, bottom]; }"
    )
    return box[0] >= 0 and box[1] <= line.page.viewport_size["height"]


@pytest.mark.parametrize("width", [390, 1280])
def test_two_minutes_before_a_visit_closes_it_is_said_and_can_be_kept_open(guide, check_axe, width):
    visitor = guide(width=width, height=600)
    page = visitor.page
    page.clock.install()
    visitor.visit("cancel")
    page.get_by_label("Why are you canceling?").fill("A cold")
    said = page.locator(".closes [role=status]")
    title = page.title()

    page.clock.run_for(27 * 60 * 1000)
    assert (said.inner_text(), page.title()) == ("", title)
    page.clock.run_for(70 * 1000)
    assert (said.inner_text(), page.title()) == (SOON, f"(2 min left) {title}")
    assert is_in_sight(said)
    check_axe(page)

    visitor.press("Keep it open")
    page.get_by_text("It stays open for 30 minutes more.").wait_for()
    assert page.title() == title
    assert said.evaluate("line => line === document.activeElement")
    page.clock.run_for(27 * 60 * 1000)
    assert page.get_by_role("button", name="Keep it open").count() == 0
    page.clock.run_for(4 * 60 * 1000)
    assert said.inner_text().startswith("This visit has closed. What you typed stays")
    assert page.get_by_label("Why are you canceling?").input_value() == "A cold"


@WAYS
def test_what_was_typed_outlives_a_visit_that_closed(guide, clock, way_of, options):
    visitor = guide(**options)
    visit, way = opened_by_its_link(visitor, way_of)
    way.follow("Cancel this visit")
    way.type("reason", "A cold")
    clock.shift(dt.timedelta(minutes=31))

    way.press("Cancel this visit")
    visitor.page.get_by_text("What you typed is kept").wait_for()
    way.birth_date("5", "17", "1980")
    way.press("Continue")

    visitor.page.get_by_role("heading", name="This visit is canceled").wait_for()
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == ("canceled", "A cold")
