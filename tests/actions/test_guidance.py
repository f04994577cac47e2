"""The shipped guidance pages: loaded once, then the center's; and written as patients can read them."""

import re
import tomllib
from io import StringIO

import pytest
from django.core.management import call_command

from scheduling.actions.guidance import PAGES, load_guidance
from scheduling.models import GuidancePage
from scheduling.queries.guidance import ABOUT_COVID
from scheduling.rules.markdown import render

SHIPPED = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(PAGES.glob("*.toml"))
}
LANGUAGES = ("en", "es")
LONGEST_SENTENCE = 20  # words, in English; Spanish needs more of them for the same


@pytest.mark.django_db
def test_three_pages_are_loaded_in_their_order():
    assert load_guidance() == 3
    assert [page.slug for page in GuidancePage.objects.all()] == [
        "your-scan-and-covid-19",
        "what-an-imaging-center-is",
        "questions",
    ]


@pytest.mark.django_db
def test_loading_again_leaves_what_an_administrator_wrote():
    load_guidance()
    GuidancePage.objects.filter(slug=ABOUT_COVID).update(title_en="Ours", is_active=False)

    assert load_guidance() == 0
    edited = GuidancePage.objects.get(slug=ABOUT_COVID)
    assert (edited.title_en, edited.is_active) == ("Ours", False)


@pytest.mark.django_db
def test_overwriting_puts_the_shipped_words_back():
    load_guidance()
    GuidancePage.objects.update(title_en="Ours")

    assert load_guidance(overwrite=True) == 0
    assert GuidancePage.objects.get(slug=ABOUT_COVID).title_en == "Your scan and COVID-19"


@pytest.mark.django_db
def test_the_command_says_how_many_were_added():
    said = StringIO()
    call_command("load_guidance", stdout=said)
    call_command("load_guidance", "--overwrite", stdout=said)
    assert said.getvalue() == "Added 3 guidance pages.\nAdded 0 guidance pages.\n"


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_shipped_page_says_the_same_in_both_languages(slug):
    page = SHIPPED[slug]
    assert page["slug"] == slug
    shapes = [re.sub(r">[^<]*", ">", render(page[f"body_{language}"])) for language in LANGUAGES]
    assert [re.findall("<(?:h2|ul|ol|li|a)", shape) for shape in shapes[:1]] == [
        re.findall("<(?:h2|ul|ol|li|a)", shape) for shape in shapes[1:]
    ]
    for name in ("title", "summary", "body"):
        for language in LANGUAGES:
            assert "'" not in page[f"{name}_{language}"]
            assert '"' not in page[f"{name}_{language}"]
    assert len(page["summary_es"]) <= 200


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_shipped_page_has_short_sentences(slug):
    text = re.sub(r"\]\([^)]*\)", "]", SHIPPED[slug]["body_en"])
    sentences = re.split(r"(?<=[.?!])\s+|\n+", text)
    assert [one for one in sentences if len(one.strip("-#*123456789. ").split()) > LONGEST_SENTENCE] == []


def test_the_page_about_covid_has_what_patients_need():
    text = SHIPPED[ABOUT_COVID]["body_en"]
    for needed in (
        "A scan is not a COVID-19 test",
        "must have no metal",
        "When to stay home",
        "Call 911",
        "CDC",
        "ACR",
    ):
        assert needed in text


def test_there_are_ten_questions():
    page = SHIPPED["questions"]
    assert page["folds"]
    assert [render(page[f"body_{language}"], folds=True).count("<details>") for language in LANGUAGES] == [
        10,
        10,
    ]
