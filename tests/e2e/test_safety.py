"""Safety questions in a real browser: the short list, and the full form by the visit's link."""

import pytest

from scheduling.models import Screening
from tests.e2e.walk import ByKeyboard, ByMouse
from tests.e2e.world import DAY, NINE_FORTY, visit_path
from tests.factories.safety import publish_safety, visit_with_answers
from tests.factories.screening import MRI, AnswerSheetFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
WAYS = pytest.mark.parametrize(("walker", "scripts"), [(ByMouse, True), (ByMouse, False), (ByKeyboard, True)])


@WAYS
def test_the_short_list_is_answered(guide, walker, scripts):
    version, guided = publish_safety(MRI), guide(java_script_enabled=scripts)
    draft = guided.draft(phone="+15125550147")
    AnswerSheetFactory(draft=draft, version=version, answers={"fit": ["none"]})
    guided.open(f"/book/{draft.pk}/safety/")
    walk, page = walker(guided.page), guided.page

    walk.press("Continue")
    assert page.locator("a:has-text('Answer Yes, No or Not sure: Pregnancy')").count() == 1
    walk.choose("device", "no")
    walk.choose("metal_eye", "not_sure")
    walk.choose("metal_body", "no")
    walk.choose("surgery", "no")
    walk.choose("pregnant", "not_apply")
    walk.press("Continue")

    assert "Your time is kept." in page.locator("main").inner_text()
    assert draft.sheets.get().answers["metal_eye"] == "not_sure"


@WAYS
def test_the_full_form_is_filled_in_left_and_gone_on_with(guide, walker, scripts):
    guided = guide(java_script_enabled=scripts)
    where = {"scanner": guided.world.mri, "exam": guided.world.knee, "phone": "+15125550147"}
    visit = visit_with_answers({"surgery": "yes"}, starts_at=NINE_FORTY + 7 * DAY, **where)
    guided.be(visits=(visit,))
    guided.open(visit_path(visit, "safety-form"))
    walk, page = walker(guided.page), guided.page

    assert page.locator("h1").inner_text() == "What was done, and was anything put in?"
    walk.type("surgery_what", "A stent")
    walk.press("Continue")
    walk.choose("vessel", "yes")
    walk.type("vessel_model", "Synergy")
    walk.press("Continue")
    page.goto(guided.base + visit_path(visit, "visit"))
    assert "2 of 8 answered." in page.locator("main").inner_text()

    walk.follow("Safety form")
    for name in ("joint", "capsule", "patch", "glucose"):
        walk.choose(name, "no")
        walk.press("Continue")
    walk.tick("wear", "tattoo")
    walk.press("Continue")
    walk.choose("companion", "no")
    walk.press("Continue")
    assert page.locator("h1").inner_text() == "Look over your answers"
    walk.press("Send my answers")

    assert "We will call you" in page.locator("h1").inner_text()
    sent = Screening.objects.get(appointment=visit, superseded_by=None).answers
    assert (sent["surgery_what"], sent["vessel_model"], sent["wear"]) == ("A stent", "Synergy", ["tattoo"])
