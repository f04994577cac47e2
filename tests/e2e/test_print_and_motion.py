"""Paper, and people whom movement makes ill."""

import datetime as dt
import re

import pytest

from locations.models import Assignment
from scheduling.models import Authorization, Exam, Task
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.factories.tasks import TaskFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ON_PAPER = """() => {
    const seen = element => element.checkVisibility() && element.getClientRects().length > 0;
    const all = selector => [...document.querySelectorAll(selector)].filter(seen);
    const texts = all('main p, main dd, main dt, main li, main h1, main h2');
    const pixels = 10 * 96 / 72;
    return {
        small: texts.filter(e => parseFloat(getComputedStyle(e).fontSize) < pixels).map(e => e.textContent),
        pale: texts.filter(e => getComputedStyle(e).color !== 'rgb(0, 0, 0)').map(e => e.textContent),
        shown: all('nav, .button, .foot, .skip').map(e => e.className),
    };
}"""


def test_the_booked_page_fits_one_sheet_of_letter_paper(guide):
    visitor = guide(width=1280)
    visitor.visit("booked")
    page = visitor.page
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER) == {"small": [], "pale": [], "shown": []}
    paper = page.pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_the_fullest_visit_fits_one_sheet_too(guide):
    """The longest preparation; an interpreter, a guardian, somebody who booked; a long way."""
    visitor = guide(width=1280)
    center = visitor.world.center
    center.directions_en = "Between the library and the bus stop Lamar/Oltorf, line 803. " * 2
    center.parking_en = "Free for two hours in the garage across the street; take your ticket along."
    center.entrance_en = "Elevator B to the third floor, then left. After 7 pm ring the bell."
    center.results_en = "A radiologist looks at your images. Your doctor gets the report in 2 days."
    center.save()
    exam = max(Exam.objects.filter(modality="MR"), key=lambda exam: exam.preparations.count())
    visitor.visit(
        "visit",
        exam=exam,
        laterality="",
        interpreter_language="Vietnamese",
        guardian_name="Eva Núñez",
        booker_name="Eva Núñez",
        booker_relation="mother",
        by_call=True,
        phone="+15125550147",
    )
    page = visitor.page
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER) == {"small": [], "pale": [], "shown": []}
    assert page.get_by_text("Can’t make it?").is_hidden()
    assert page.get_by_text("(512) 555-0142").first.is_visible()
    paper = page.pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_the_print_button_prints(guide):
    visitor = guide(width=1280)
    visitor.visit("visit")
    visitor.page.evaluate("window.print = () => { window.printed = true; }")
    visitor.page.get_by_role("button", name="Print this page").click()
    assert visitor.page.evaluate("window.printed")


def test_without_scripts_there_is_no_button_that_does_nothing(guide):
    visitor = guide(java_script_enabled=False)
    visitor.visit("visit")
    assert visitor.page.get_by_role("button", name="Print this page").count() == 0


def test_questions_are_answered_on_paper(guide):
    """What folds on a screen is open on a sheet."""
    visitor = guide(width=1280)
    visitor.open("/guidance/questions/")
    page = visitor.page
    page.emulate_media(media="print")
    heights = page.locator("details > p").evaluate_all(
        "all => all.map(p => p.getBoundingClientRect().height)"
    )
    assert len(heights) >= 10
    assert min(heights) > 10
    assert page.evaluate(ON_PAPER) == {"small": [], "pale": [], "shown": []}


@pytest.mark.parametrize("name", ["patient", "contact", "covid-questions", "time"])
def test_nothing_moves_for_those_who_asked(guide, name):
    visitor = guide(reduced_motion="reduce")
    visitor.draft(name)
    page = visitor.page
    page.locator("main button").last.hover()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    durations = page.evaluate(
        "[...document.querySelectorAll('*')].map(e => getComputedStyle(e).transitionDuration)"
        ".filter(text => text.split(',').some(part => parseFloat(part) > 0.001))"
    )
    assert durations == []


def test_two_times_a_row_on_the_narrowest_phone(guide):
    visitor = guide(width=320, height=640)
    visitor.draft("time")
    tops = (
        visitor.page.locator(".slots")
        .first.locator(".slot")
        .evaluate_all("slots => slots.map(slot => slot.getBoundingClientRect().top)")
    )
    assert tops[0] == tops[1] < tops[2]


def test_the_code_is_on_the_first_screen(guide):
    """People take a picture of it: day, time, arrival, place and code."""
    visitor = guide(width=390)
    visitor.visit("booked")
    bottom = visitor.page.evaluate("document.querySelector('.when-where').getBoundingClientRect().bottom")
    code = visitor.page.evaluate("document.querySelector('.code').getBoundingClientRect().bottom")
    print(f"when and where end at {bottom} px, the code at {code} px")
    assert max(bottom, code) <= 844


def test_a_queue_on_paper_is_black_on_white_without_anything_to_press(guide):
    desk = guide(width=1280)
    center = desk.world.center
    for number in range(30):
        name = f"Sigríður Guðmundsdóttir-Wolfeschlegel {number}"
        TaskFactory(
            location=center, contact_name=name, phone_as_typed="512-555-0147 x4", good_hours="evening"
        )
    desk.be(user=AssignmentFactory(location=center, role=Assignment.Role.FRONT_DESK).user)
    desk.open("/desk/tasks/callbacks/print/")
    page = desk.page
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER)["shown"] == []
    sizes = "cells => cells.map(each => parseFloat(getComputedStyle(each).fontSize))"
    assert min(page.locator(".paper-table td").evaluate_all(sizes)) >= 10 * 96 / 72 - 0.01
    color = "cell => getComputedStyle(cell).color"
    assert page.locator(".paper-table td").first.evaluate(color) == "rgb(0, 0, 0)"
    paper = page.pdf(format="Letter", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 3


@pytest.mark.parametrize("kind", ["", "?to-write"])
def test_the_day_sheet_takes_a_page_for_each_scanner_of_forty_visits(guide, kind):
    desk = guide(width=1280)
    world = desk.world
    for number in range(40):
        who = PatientFactory(given_name="Sigríður", family_name=f"Guðmundsdóttir {number}", phone="")
        starts_at = NOW - dt.timedelta(hours=1) + number * dt.timedelta(minutes=15)
        AppointmentFactory(
            scanner=world.mri,
            exam=world.knee,
            laterality="left",
            patient=who,
            phone="+15125550147",
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=10),
            interpreter_language="Vietnamese",
        )
    desk.be(user=AssignmentFactory(location=world.center, role=Assignment.Role.FRONT_DESK).user)
    desk.open(f"/desk/at/riverside/2026-11-30/print/{kind}")
    page = desk.page
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER)["shown"] == []
    sizes = "cells => cells.map(each => parseFloat(getComputedStyle(each).fontSize))"
    assert min(page.locator(".paper-table td").evaluate_all(sizes)) >= 10 * 96 / 72 - 0.01
    paper = page.pdf(format="Letter", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == world.center.scanners.count()


def test_the_list_of_visits_to_move_is_a_table_on_letter_paper(guide):
    visitor = guide(width=700)  # Letter, less its margins
    center = visitor.world.center
    for number in range(20):
        visit = AppointmentFactory(
            scanner=visitor.world.mri,
            exam=visitor.world.knee,
            laterality="left",
            starts_at=NOW + dt.timedelta(days=1, hours=number),
            patient=PatientFactory(given_name="Sigríður", family_name="Guðmundsdóttir-Wolfeschlegel"),
            phone="+15125550147",
            paying="insurance",
            insurance_plan="Blue Cross and Blue Shield of Texas, Medicare Advantage",
        )
        Authorization.objects.create(
            appointment=visit, state="needed", by_rules="needed", payer=visit.insurance_plan, changed_at=NOW
        )
        TaskFactory(kind=Task.Kind.AUTHORIZATION, appointment=visit, location=center)
    visitor.be(user=AssignmentFactory(location=center, role=Assignment.Role.FRONT_DESK).user)
    visitor.open(f"/desk/at/{center.slug}/authorizations/")
    page = visitor.page
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER) == {"small": [], "pale": [], "shown": []}
    cells = page.locator(".to-settle tbody tr").first.locator("th, td")
    edges = [cells.nth(at).bounding_box() for at in range(6)]
    assert len({round(edge["y"]) for edge in edges}) == 1
    assert edges[5]["width"] > 80  # there is room to write
    assert page.locator("a[href^='tel:']").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = page.pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 3
