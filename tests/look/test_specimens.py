import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import get_template

from scheduling.forms.layout import AllianceHelper
from tests.look.specimens import PAGES

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("name", PAGES)
def test_specimen_is_accessible_and_fits(specimen, check_axe, check_fits, name):
    page = specimen(name, width=320)
    check_fits(page)
    check_axe(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    check_fits(page)
    check_axe(page, only_layout=True)


def test_header_stays_low_on_the_smallest_phone(specimen):
    page = specimen("times", width=320)
    assert page.locator(".top").bounding_box()["height"] <= 112


def test_two_times_stand_side_by_side_on_the_smallest_phone(specimen):
    page = specimen("times", width=320)
    first, second, third = (page.locator(".slot").nth(i).bounding_box() for i in range(3))
    assert first["y"] == second["y"] < third["y"]


def test_text_of_twice_the_size_still_fits(specimen, check_fits):
    for name in ("patient-error", "contact-error", "times", "check", "booked", "where"):
        page = specimen(name, width=390)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        check_fits(page)


def test_patient_controls_are_at_least_44_px(specimen):
    small = """() => [...document.querySelectorAll("button, input, select, textarea, .day, .back, .top a")]
        .filter((each) => each.offsetParent && each.type !== "hidden")
        .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44 || box.width < 44).map(([html]) => html)"""
    for name in ("patient", "contact-error", "times", "home", "check"):
        assert specimen(name, width=390).evaluate(small) == [], name


def test_error_summary_takes_the_focus_and_leads_to_the_field(specimen):
    page = specimen("patient-error", java_script_enabled=False)
    assert page.title().startswith("Error: ")
    page = specimen("patient-error")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.get_by_role("link", name="February has no day 30").click()
    assert page.evaluate("document.activeElement.id") == "id_birth_date_day"
    described = page.locator("#id_birth_date_day").get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text().strip().endswith("February has no day 30")


def test_error_of_a_group_leads_to_its_first_choice(specimen):
    page = specimen("safety-error")
    page.get_by_role("link", name="Answer Yes, No or Not sure: metal in the eye").click()
    assert page.evaluate("document.activeElement.id") == "id_metal_0"


def test_field_opens_only_while_its_box_is_checked(specimen):
    page = specimen("contact")
    assert page.locator("#id_email").is_visible()
    assert not page.locator("#id_phone").is_visible()
    page.get_by_label("Phone call").check()
    assert page.locator("#id_phone").is_visible()
    page.get_by_label("Email", exact=True).first.uncheck()
    assert not page.locator("#id_email").is_visible()


def test_second_press_is_ignored_and_coming_back_frees_the_button(specimen):
    page = specimen("check")
    sent = []

    def take(route):
        sent.append(route.request.method)
        route.fulfill(status=204)

    page.route("**/specimen/check/", take)
    page.evaluate(
        "() => { const button = document.querySelector('.buttons .button'); button.click(); button.click(); }"
    )
    button = page.locator(".buttons .button")
    assert button.get_attribute("aria-disabled") == "true"
    assert button.inner_text() == "Booking…"
    page.wait_for_timeout(100)
    assert sent == ["POST"]
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert button.get_attribute("aria-disabled") is None
    assert button.inner_text() == "Book this visit"


def test_hold_counts_down_and_speaks_twice(specimen):
    page = specimen("patient")
    page.clock.install()
    page.reload()
    assert page.locator("[data-about]").inner_text() == "about 8 minutes"
    page.clock.run_for("05:01")
    assert page.locator("[data-about]").inner_text() == "about 3 minutes"
    assert page.locator("[data-status]").inner_text() == ""
    page.clock.run_for("01:00")
    assert page.locator("[data-status]").inner_text().startswith("2 minutes left.")
    assert page.title().startswith("(2 min left) ")
    page.clock.run_for("01:00")
    assert page.locator("[data-about]").inner_text() == "about 1 minute"
    page.clock.run_for("01:01")
    assert page.locator("[data-status]").inner_text().startswith("We are no longer holding this time.")
    assert not page.title().startswith("(")


def test_nothing_moves_where_less_motion_is_asked_for(specimen):
    page = specimen("times", reduced_motion="reduce")
    page.locator(".slot").first.hover()
    assert page.evaluate("document.getAnimations().length") == 0


def test_pages_stay_light(specimen):
    page = specimen("patient")
    names = page.evaluate(
        "performance.getEntriesByType('resource').map((each) => each.name.split('/').pop())"
    )
    assert sorted(names) == sorted(
        ["atkinson-hyperlegible-next-latin.woff2", "tokens.css", "site.css", "forms.js", "hold.js"]
    )


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_page_for_an_outage_needs_no_request_and_no_database(settings, name):
    settings.NEUTRAL_NAME, settings.HELP_PHONE = "Lakeside", "+18005550199"
    html = get_template(name).render()
    assert "Lakeside" in html
    assert '<a href="tel:+18005550199">800-555-0199</a>' in html
    assert 'lang="es"' in html


def test_shapes_stay_without_colors(specimen):
    page = specimen("times", width=1280, forced_colors="active")
    chosen, other = page.locator("a.day[aria-current]"), page.locator("a.day:not([aria-current])").first
    width = "(each) => getComputedStyle(each).outlineWidth + getComputedStyle(each).outlineStyle"
    assert chosen.evaluate(width) == "3pxsolid"
    assert other.evaluate(width) != "3pxsolid"
    marks = page.locator("a.day").nth(1).locator(".day-marks i")
    borders = [mark.evaluate("(each) => getComputedStyle(each).borderTopWidth") for mark in marks.all()]
    assert borders == ["5px"] * 4
    marks = page.locator("a.day").nth(2).locator(".day-marks i")
    borders = [mark.evaluate("(each) => getComputedStyle(each).borderTopWidth") for mark in marks.all()]
    assert borders == ["5px", "1px", "1px", "1px"]
    page = specimen("patient-error", width=390, forced_colors="active")
    bar = page.locator(".field-bad").first
    assert bar.evaluate("(each) => getComputedStyle(each).borderLeftWidth") == "5px"


def test_booked_page_prints_on_one_sheet_without_navigation(specimen):
    page = specimen("booked", width=816)
    page.emulate_media(media="print")
    for hidden in (".top nav", ".button", ".page-help", ".change"):
        assert not page.locator(hidden).first.is_visible(), hidden
    height = page.evaluate("document.documentElement.getBoundingClientRect().height")
    assert height <= 9.8 * 96  # Letter less the margins, in CSS pixels


def test_variables_of_the_page_change_no_field(specimen):
    page = specimen("contact")
    assert page.locator("h1").count() == 1


def test_needed_fields_are_not_called_optional():
    class Ask(forms.Form):
        phone = forms.CharField(required=False)
        note = forms.CharField(required=False)

        def __init__(self):
            super().__init__()
            self.helper = AllianceHelper(self, needed=("phone",))

    html = render_crispy_form(Ask())
    assert html.count("(optional)") == 1
    assert html.index("(optional)") > html.index("Note")
