"""What applies, and the call instead of a time, in a real browser: by mouse, by keyboard, without scripts."""

import pytest

from scheduling.models import Draft, Task
from tests.e2e.walk import ByKeyboard, ByMouse
from tests.factories.safety import publish_safety
from tests.factories.screening import MRI

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("walker", "scripts"), [(ByMouse, True), (ByMouse, False), (ByKeyboard, True)])
def test_from_the_exam_to_times_that_fit_or_to_a_call(guide, walker, scripts):
    publish_safety(MRI)
    guided = guide(java_script_enabled=scripts)
    walk, page = walker(guided.page), guided.page
    guided.open("/book/exam/knee-mri/?place=78704")
    walk.choose("laterality", "left")
    walk.choose("order_status", "have_it")
    walk.press("Continue")

    assert page.locator("h1").inner_text() == "Do any of these apply to you?"
    walk.tick("fit", "heavy")
    walk.type("weight_lb", "320")
    walk.type("girth_in", "48")
    walk.tick("fit", "tight")
    walk.press("Continue")
    assert "We only show times on our wider scanners" in page.locator("main").inner_text()
    assert page.locator(".row-name").count() == 1

    page.go_back()
    walk.tick("fit", "pacemaker")
    walk.press("Continue")
    assert page.locator("h1").inner_text() == "We’ll set this one up with you by phone"
    walk.type("name", "Ana Núñez")
    walk.type("phone", "512-555-0147")
    walk.choose("good_hours", "afternoon")
    if page.locator("[name=center]:checked").count() == 0:
        walk.choose("center", "riverside")
    walk.press("Ask us to call")

    assert "calls you by" in page.locator(".lede").inner_text()
    assert Task.objects.get().good_hours == "afternoon"
    kept = Draft.objects.get().sheets.get().answers
    assert kept == {"fit": ["pacemaker", "heavy", "tight"], "weight_lb": 320, "girth_in": 48}


def test_none_of_these_lets_go_of_what_it_contradicts(guide):
    publish_safety(MRI)
    guided = guide()
    guided.draft("fit")
    page = guided.page
    for value in ("tight", "none"):
        guided.choose("fit", value)
    assert page.locator("[name=fit]:checked").evaluate_all("boxes => boxes.map(b => b.value)") == ["none"]

    guided.choose("fit", "lift")
    assert page.locator("[name=fit]:checked").evaluate_all("boxes => boxes.map(b => b.value)") == ["lift"]


def test_numbers_are_asked_only_where_they_matter(guide):
    publish_safety(MRI)
    guided = guide()
    guided.draft("fit")

    assert not guided.page.locator("[name=weight_lb]").is_visible()
    guided.choose("fit", "heavy")
    assert guided.page.locator("[name=weight_lb]").is_visible()
