"""Trying a version out: the patients' own questions, what they lead to, and why. Nothing is stored."""

import pytest

from scheduling.models import AnswerSheet, AuditEvent, Draft, Screening
from scheduling.rules.screening import VersionSpec
from tests.factories.screening import MRI, A
from tests.manage.test_drafts import text

pytestmark = pytest.mark.django_db

CASE = {
    "case-exam": "knee-mri",
    "case-visit_on": "2026-12-01",
    "case-answered_on": "2026-11-30",
    "case-order": "yes",
    "case-reason": "",
}
SAFE = {"case-age": "40", "case-proxy": "no", "case-phone": "no"}
WELL = {"emerg": "no", "sympt": "none", "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
POSITIVE = {**WELL, "pos": "yes", "pos_which": "covid", "pos_date": "2026-11-28", "pos_ill": "no"}


def seen(version: VersionSpec) -> dict[str, str]:
    return {"seen": " ".join(question.key for question in version.questions)}


@pytest.fixture
def tried(world, url):
    return lambda **fields: world.client.get(url("try", world.draft.pk), {**CASE, **seen(A), **fields})


def test_the_questions_begin_with_nothing_to_report(world, url):
    page = world.client.get(url("try", world.draft.pk), {**CASE, "seen": ""})
    initial = page.context["form"].initial
    assert (initial["pos"], initial["sympt"], initial.get("pos_which")) == ("no", ["none"], None)
    assert "They begin with nothing to report" in text(page)
    assert "case" in page.context
    assert page.context.get("result") is None


def test_it_shows_the_page_in_both_languages_the_rule_and_why(world, tried):
    shown = text(tried(**POSITIVE, immuno="no"))
    assert "What it leads to Later date" in shown
    assert "First possible day: Wednesday, December 9, 2026" in shown
    assert "Please come on a later day" in shown
    assert "Le pedimos que venga otro día" in shown
    assert "After a positive test we wait 10 full days" in shown
    assert "1 rule holds" in shown
    assert "“Positive test” is Yes" in shown
    assert "“Which illness” is none of: Flu or RSV" in shown
    assert not any(model.objects.exists() for model in (Draft, AnswerSheet, Screening))
    assert not AuditEvent.objects.filter(event__startswith="screening").exists()


def test_nothing_to_report(tried):
    shown = text(tried(**WELL))
    assert "What it leads to OK" in shown
    assert "Thank you. You can book this visit" in shown
    assert "0 rules hold" in shown


def test_a_rule_that_is_too_far_away_says_so(tried):
    shown = text(tried(**{**POSITIVE, "immuno": "no", "case-visit_on": "2026-12-24"}))
    assert "What it leads to OK" in shown
    assert "the visit is too far ahead, so it is asked again" in shown
    assert "We may ask these questions again before your visit." in shown


def test_questions_that_the_answers_open_are_asked_first(world, url):
    """The one about a weak immune system hangs on several answers, so it was not on the page."""
    on_page = " ".join(question.key for question in A.questions if question.key != "immuno")
    page = world.client.get(url("try", world.draft.pk), {**CASE, **POSITIVE, "seen": on_page})
    assert "These answers lead to 1 more question. Answer it below." in text(page)
    assert page.status_code == 200
    assert page.context["form"].initial["pos"] == "yes"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"case-exam": "nothing"}, "Choose an exam"),
        ({"case-visit_on": "2026-11-29"}, "not before the day of answering"),
        ({"case-answered_on": ""}, "Enter a day, such as"),
        ({"pos": ""}, "Positive test: Choose yes or no"),
        ({"sympt": ["none", "fever"]}, "not both"),
    ],
)
def test_what_is_wrong_is_told(tried, fields, words):
    page = tried(**{**WELL, **fields})
    assert (page.status_code, words in text(page)) == (422, True)


def test_a_safety_form_asks_all_stages_and_the_circumstances(world, url):
    answers = {"fit": "tight", "device": "no", "metal_eye": "no", "metal_body": "no", "surgery": "no"}
    answers |= {
        "vessel": "no",
        "capsule": "no",
        "joint": "no",
        "patch": "no",
        "glucose": "no",
        "wear": "none",
    }
    answers |= {"companion": "no", "pregnant": "no"}
    page = world.client.get(url("try", world.mri.pk), {**CASE, **SAFE, **seen(MRI), **answers})
    shown = text(page)
    assert page.status_code == 200, shown
    assert "Extra minutes: 15" in shown
    assert "Wide scanner" in shown
    exams = page.context["case"].fields["exam"].queryset
    assert set(exams.values_list("modality", flat=True)) == {"MR"}


def test_the_pregnancy_question_is_not_asked_of_someone_else(world, url):
    page = world.client.get(url("try", world.mri.pk), {**CASE, **SAFE, "case-proxy": "yes", "seen": ""})
    assert "pregnant" not in page.context["form"].fields
    own = world.client.get(url("try", world.mri.pk), {**CASE, **SAFE, "seen": ""})
    assert "pregnant" in own.context["form"].fields
