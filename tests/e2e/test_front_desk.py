"""The desk with a phone in one hand: booking by keys alone and by plain forms, and moving on the board."""

import datetime as dt

import pytest
from django.core.management import call_command

from locations.models import Assignment, Location
from scheduling.models import Appointment
from tests.e2e.world import Guide
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

MOST_KEYS, MOST_DECISIONS = 60, 8
# An average typist presses a key in 0.28 s, and a decision takes 1.35 s: the keystroke-level model of
# Card, Moran and Newell.
SECONDS_A_KEY, SECONDS_A_DECISION = 0.28, 1.35
MINUTE = dt.timedelta(minutes=1)
BOARD = "/desk/at/riverside/2026-11-30/"


class Keys:
    """Presses keys, and counts them and what has to be decided."""

    def __init__(self, page) -> None:
        self.page, self.count, self.decisions = page, 0, 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def decide(self) -> None:
        self.decisions += 1

    def has_focus(self, selector: str) -> None:
        self.page.wait_for_function("selector => document.activeElement?.matches(selector)", arg=selector)


@pytest.fixture
def desk(guide) -> Guide:
    desk = guide(width=1280)
    desk.be(user=AssignmentFactory(location=desk.world.center, role=Assignment.Role.FRONT_DESK).user)
    return desk


def test_a_booking_by_phone_takes_sixty_keys_and_eight_decisions(desk):
    call_command("load_questionnaires", verbosity=0)  # the desk asks what the pages ask
    desk.open(BOARD)
    keys = Keys(desk.page)

    keys.press("n")  # from the board
    keys.has_focus("[name=q]")
    keys.decide()
    keys.type("k mri l")
    desk.page.get_by_role("button", name="Knee MRI, left").wait_for()
    keys.press("Enter")
    keys.has_focus("[name=time]")
    keys.decide()
    keys.press("Enter")  # the soonest
    keys.has_focus("[name=phone]")
    keys.decide()
    keys.type("5125550147")
    keys.press("Tab")
    keys.decide()
    keys.type("Bo")
    keys.press("Tab")
    keys.type("Ng")
    keys.press("Tab")
    keys.decide()
    keys.type("031452")
    keys.press("Enter")  # what is still to be asked is shown, and has the focus
    keys.has_focus(".booking-questions input")
    while desk.page.evaluate("document.activeElement.matches('.booking-questions input')"):
        keys.press("n")
        desk.page.wait_for_timeout(80)
    keys.decide()  # all of them were read out one by one: they are the caller's to decide
    keys.press("Enter")
    desk.page.get_by_role("heading", name="Booked: Bo Ng").wait_for()

    visit = Appointment.objects.get(source="phone", status="booked")
    assert (visit.patient.birth_date, visit.laterality) == (dt.date(1952, 3, 14), "left")
    seconds = keys.count * SECONDS_A_KEY + keys.decisions * SECONDS_A_DECISION
    print(f"phone booking: {keys.count} keys, {keys.decisions} decisions, about {seconds:.0f} s")
    assert keys.count <= MOST_KEYS
    assert keys.decisions <= MOST_DECISIONS


def test_a_walk_in_goes_from_the_door_to_a_room_by_keys_alone(desk):
    call_command("load_questionnaires", verbosity=0)
    Location.objects.update(takes_walk_in_xray=True)
    desk.open(BOARD)
    keys = Keys(desk.page)

    keys.press("w")
    keys.has_focus("[name=q]")
    keys.type("hip r")
    desk.page.get_by_role("button", name="Hip X-ray, 2-3 views, right").wait_for()
    keys.press("Enter")
    keys.has_focus("[name=phone]")
    keys.press("Tab")
    keys.type("Bo")
    keys.press("Tab")
    keys.type("Ng")
    keys.press("Tab")
    keys.type("031496")
    keys.press("Enter")
    keys.has_focus(".booking-questions input")
    assert "pregnant" not in desk.page.content()  # the technologist asks that, in private
    while desk.page.evaluate("document.activeElement.matches('.booking-questions input')"):
        keys.press("n")
        desk.page.wait_for_timeout(80)
    keys.press("Enter")
    desk.page.get_by_role("cell", name="To be asked in private").wait_for()
    desk.page.get_by_role("link", name="Take in").focus()
    keys.press("Enter")
    keys.has_focus("[name=scanner]")
    keys.press("Enter")
    desk.page.get_by_text("Bo Ng is taken in").wait_for()

    visit = Appointment.objects.get(source="walk_in", status="arrived")
    assert (visit.patient.birth_date, visit.laterality) == (dt.date(1996, 3, 14), "right")
    print(f"walk-in: {keys.count} keys")
    assert keys.count <= MOST_KEYS


def test_a_known_patient_is_there_with_one_press(desk):
    ana = PatientFactory(phone="+15125550147")
    world = desk.world
    AppointmentFactory(scanner=world.mri, exam=world.knee, patient=ana, starts_at=NOW - dt.timedelta(days=9))
    desk.open("/desk/at/riverside/new/")
    keys = Keys(desk.page)
    keys.type("k mri l")
    desk.page.get_by_role("button", name="Knee MRI, left").wait_for()
    keys.press("Enter")
    keys.has_focus("[name=time]")
    keys.press("Enter")
    keys.has_focus("[name=phone]")
    keys.type("5125550147")
    desk.page.get_by_role("button", name="Ana Núñez, May 17, 1980").click()
    desk.page.wait_for_function("document.querySelector('[name=given_name]').value === 'Ana'")


def test_what_is_half_typed_survives_the_lock(desk, clock):
    desk.open("/desk/at/riverside/new/")
    desk.page.locator("[name=q]").fill("k mri l")
    desk.page.get_by_role("button", name="Knee MRI, left").click()
    desk.page.locator("[name=given_name]").fill("Sigríður")
    with desk.page.expect_response(lambda answer: answer.request.method == "POST"):
        desk.page.locator("[name=family_name]").focus()
    clock.shift(dt.timedelta(minutes=16))  # locked while the clerk is on the phone
    desk.page.locator("[name=family_name]").fill("Núñez")
    desk.page.locator("[name=phone]").focus()
    desk.page.get_by_role("status").filter(has_text="You are signed out").wait_for()
    desk.be(user=Assignment.objects.get(location=desk.world.center).user)  # in another tab
    with desk.page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        desk.page.evaluate("dispatchEvent(new Event('focus'))")
    desk.page.reload()
    assert desk.page.locator("[name=given_name]").input_value() == "Sigríður"
    assert desk.page.locator("[name=family_name]").input_value() == "Núñez"


def test_two_minutes_before_the_lock_a_line_says_so_and_a_button_stays_signed_in(desk, settings):
    settings.STAFF_IDLE_SECONDS = 121
    desk.open(BOARD)
    said = desk.page.get_by_role("status").filter(has_text="signed out in 2 minutes")
    said.wait_for()
    stay = desk.page.get_by_role("button", name="Stay signed in")
    stay.focus()
    settings.STAFF_IDLE_SECONDS = 900
    desk.page.keyboard.press("Enter")
    said.wait_for(state="detached")
    assert desk.page.evaluate("document.activeElement.id") == "main"


def visit_at(desk, minutes: int, **fields) -> Appointment:
    world = desk.world
    starts_at = NOW + minutes * MINUTE
    return AppointmentFactory(
        scanner=world.mri, exam=world.knee, laterality="left", starts_at=starts_at, **fields
    )


def test_around_the_board_by_arrows_and_arrived_with_a_key(desk):
    visit = visit_at(desk, 60)
    later = visit_at(desk, 240, patient=PatientFactory(given_name="Ben"))
    desk.open(BOARD)
    keys = Keys(desk.page)
    desk.page.locator(f"#visit-{visit.pk}").focus()
    for _step in range(20):
        keys.press("ArrowDown")
        if desk.page.evaluate("document.activeElement.id") == f"visit-{later.pk}":
            break
    keys.has_focus(f"#visit-{later.pk}")
    keys.press("ArrowLeft", "ArrowRight", "1")
    assert desk.page.evaluate("document.activeElement.closest('td').cellIndex") == 1
    desk.page.locator(f"#visit-{visit.pk}").focus()
    keys.press("a")
    desk.page.locator(f"#visit-{visit.pk}.block-arrived").wait_for()
    keys.has_focus(f"#visit-{visit.pk}")
    visit.refresh_from_db()
    assert visit.status == "arrived"
    keys.press("m")
    desk.page.wait_for_url("**/move/")
    desk.open(BOARD)
    keys.press("?")
    desk.page.get_by_role("heading", name="Keys").wait_for()
    desk.page.get_by_label("Use keys on this computer").uncheck()
    desk.page.get_by_role("button", name="Close").click()
    desk.page.locator("body").press("n")
    assert desk.page.url.endswith(BOARD)


def test_a_visit_is_dragged_and_the_move_confirmed_and_undone(desk):
    visit = visit_at(desk, 60)
    desk.open(BOARD)
    block = desk.page.locator(f"#visit-{visit.pk}")
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    track = desk.page.locator("td[data-scanner-id]").first.bounding_box()["height"] / 12
    mouse = desk.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 10)
    mouse.down()
    mouse.move(box["x"] + 30, box["y"] + 10 + 4 * track, steps=5)
    assert "10:00 am → 10:20 am" in desk.page.locator(".board-ghost").inner_text().replace("\xa0", " ")
    mouse.up()
    desk.page.wait_for_url("**/move/**")
    assert desk.page.locator("[name=time]").input_value() == "10:20 am"
    desk.press("Move this visit")
    desk.page.locator(".undo").wait_for()
    visit.refresh_from_db()
    assert visit.starts_at == NOW + 80 * MINUTE
    desk.page.locator("body").press("Control+z")
    desk.page.get_by_text("Undone. No message was sent.").wait_for()
    visit.refresh_from_db()
    assert visit.starts_at == NOW + 60 * MINUTE


def test_a_finger_that_is_held_still_drags_and_one_that_moves_scrolls(guide):
    desk = guide(width=1024, height=768, has_touch=True)
    desk.be(user=AssignmentFactory(location=desk.world.center, role=Assignment.Role.FRONT_DESK).user)
    visit = visit_at(desk, 60)
    desk.open(BOARD)
    block = desk.page.locator(f"#visit-{visit.pk}")
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    track = desk.page.locator("td[data-scanner-id]").first.bounding_box()["height"] / 12
    touch = desk.page.context.new_cdp_session(desk.page)

    def finger(kind: str, down: float = 0) -> None:
        point = {"x": box["x"] + 30, "y": box["y"] + 10 + down}
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else [point]}
        )

    finger("touchStart")
    finger("touchMove", 4 * track)
    finger("touchEnd")
    desk.page.wait_for_timeout(500)
    assert desk.page.locator(".board-ghost").count() == 0
    assert desk.page.url.endswith(BOARD)

    box = block.bounding_box()
    finger("touchStart")
    desk.page.locator(".board-ghost").wait_for()
    for step in range(1, 5):
        finger("touchMove", step * track)
    assert "10:00 am → 10:20 am" in desk.page.locator(".board-ghost").inner_text().replace("\xa0", " ")
    finger("touchEnd")
    desk.page.wait_for_url("**/move/**")
    assert desk.page.locator("[name=time]").input_value() == "10:20 am"


def test_another_desks_change_is_seen_within_twelve_seconds_and_the_focus_stays(desk, guide):
    visit = visit_at(desk, 60)
    desk.open(BOARD)
    desk.page.locator(f"#visit-{visit.pk}").focus()
    other = guide()
    other.be(user=AssignmentFactory(location=desk.world.center, role=Assignment.Role.FRONT_DESK).user)
    other.open(f"/desk/visits/{visit.pk}/")
    other.press("Arrived")
    desk.page.locator(f"#visit-{visit.pk}.block-arrived").wait_for(timeout=12_000)
    assert desk.page.evaluate("document.activeElement.id") == f"visit-{visit.pk}"


def test_a_list_sees_an_arrival_by_itself_and_the_focus_stays(desk, guide):
    visit = visit_at(desk, 60)
    desk.open(f"/desk/at/{desk.world.center.slug}/{NOW:%Y-%m-%d}/arrivals/")
    row = desk.page.locator(f"#visit-{visit.pk}")
    row.get_by_role("button", name="Arrived").focus()
    other = guide()
    other.be(user=AssignmentFactory(location=desk.world.center, role=Assignment.Role.FRONT_DESK).user)
    other.open(f"/desk/visits/{visit.pk}/")
    other.press("Arrived")
    row.get_by_role("button", name="Exam begins").wait_for(timeout=12_000)
    # The button is gone: its row keeps the place.
    assert desk.page.evaluate("document.activeElement.closest('tr').id") == f"visit-{visit.pk}"


def test_without_script_a_visit_is_booked_moved_and_marked(guide):
    desk = guide(java_script_enabled=False)
    desk.be(user=AssignmentFactory(location=desk.world.center, role=Assignment.Role.FRONT_DESK).user)
    page = desk.page
    desk.open(BOARD)
    page.get_by_role("link", name="New booking").click()
    page.get_by_label("Exam").fill("k mri l")
    desk.press("Find")  # only one exam begins like that
    page.locator("[name=time]").first.click()
    for name, text in {
        "phone": "512 555 0147",
        "given_name": "Bo",
        "family_name": "Ng",
        "birth_date": "3/14/52",
    }.items():
        page.locator(f"[name={name}]").fill(text)
    for name, value in {
        "emerg": "no",
        "sympt": "none",
        "pos": "no",
        "isol": "no",
        "expo": "no",
        "compan": "no",
    }.items():
        page.locator(f"[name=respiratory-{name}][value={value}]").check()
    desk.press("Book this visit")
    page.get_by_role("link", name="Open the visit").click()
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("Time").fill("4 pm")
    page.locator("[name=tell][value=nobody]").check()
    desk.press("Move this visit")
    desk.press("Undo")
    page.get_by_role("link", name="Bo Ng").click()
    desk.press("Arrived")
    assert Appointment.objects.get(source="phone", status="arrived")
