"""The center's own pages, as patients see them."""

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import translation

from scheduling.actions.guidance import load_guidance
from scheduling.queries.guidance import ABOUT_COVID
from tests.factories.guidance import GuidancePageFactory
from tests.factories.journey import NOW
from tests.factories.locations import NoticeFactory
from tests.factories.scheduling import ExamFactory, OfferingFactory
from tests.portal.conftest import HOUR

pytestmark = pytest.mark.django_db


def path_of(page) -> str:
    return reverse("portal:guidance", kwargs={"slug": page.slug})


def test_a_page_shows_its_words_and_when_they_were_reviewed(client):
    page = GuidancePageFactory(slug="parking", source_url="https://www.cdc.gov/covid/")

    shown = client.get("/guidance/parking/")

    assert shown.status_code == 200
    assert "<title>Where to park - Alliance</title>" in shown.text
    assert '<meta name="description" content="Parking is free.">' in shown.text
    assert "noindex" not in shown.text
    assert "<p>Use the yard behind the house.</p>" in shown.text
    assert "Last reviewed November 1, 2026." in shown.text
    assert '<a href="https://www.cdc.gov/covid/" rel="noreferrer">cdc.gov</a>' in shown.text
    assert path_of(page) == "/guidance/parking/"


def test_without_a_source_none_is_named(client):
    assert "Source:" not in client.get(path_of(GuidancePageFactory())).text


def test_a_page_is_spanish_where_spanish_is_read(client):
    page = GuidancePageFactory()
    with translation.override("es"):
        shown = client.get(path_of(page)).text
    assert '<article class="sheet prose" lang="es">' in shown
    assert "<h1>Dónde estacionar</h1>" in shown
    assert "<p>Use el patio detrás de la casa.</p>" in shown


@override_settings(HELP_PHONE="+15125550100")
def test_the_phone_in_a_text_is_the_one_patients_call(client):
    page = GuidancePageFactory(body_en="Call us at {phone}.")
    assert '<p>Call us at <a href="tel:+15125550100">512-555-0100</a>.</p>' in client.get(path_of(page)).text


def test_headings_fold_where_the_page_says_so(client):
    body = "## Is it free?\n\nYes."
    assert (
        "<summary>Is it free?</summary>"
        in client.get(path_of(GuidancePageFactory(body_en=body, folds=True))).text
    )
    assert "<h2>Is it free?</h2>" in client.get(path_of(GuidancePageFactory(body_en=body))).text


def test_markup_in_a_text_is_shown_as_it_was_typed(client):
    page = GuidancePageFactory(
        title_en="<script>alert(1)</script>",
        summary_en="<b>x</b>",
        body_en="<script>alert(2)</script> <img src=x onerror=alert(3)> [go](javascript:alert(4))",
    )
    shown = client.get(path_of(page)).text
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "<b>x" not in shown
    assert 'href="javascript' not in shown
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in shown


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_page_is_only_read(client, method):
    assert getattr(client, method)(path_of(GuidancePageFactory())).status_code == 405


def test_a_page_that_is_switched_off_is_not_there_and_not_linked(client):
    page = GuidancePageFactory(is_active=False)
    assert client.get(path_of(page)).status_code == 404
    assert path_of(page) not in client.get("/").text
    assert client.get("/guidance/no-such-page/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/locations/", "/book/exam/", "/visit/", "/guidance/questions/", "/no/such/page/"]
)
def test_every_page_links_to_them_in_its_footer(client, path):
    load_guidance()
    footer = client.get(path).text.split("<footer")[1]
    positions = [
        footer.index(f'href="/guidance/{slug}/"')
        for slug in (ABOUT_COVID, "what-an-imaging-center-is", "questions")
    ]
    assert positions == sorted(positions)


def test_home_says_what_each_is_about(client):
    GuidancePageFactory(summary_en="Parking is free.")
    home = client.get("/").text.split("<footer")[0]
    assert "Good to know" in home
    assert "Parking is free." in home


def test_without_pages_nothing_promises_some(client):
    assert "Good to know" not in client.get("/").text


def test_announcements_stand_above_them(client):
    NoticeFactory(shown_from=NOW - HOUR, shown_until=NOW + HOUR)
    assert "Please wear a mask." in client.get(path_of(GuidancePageFactory())).text


def test_the_pages_of_chest_exams_and_a_search_for_covid_lead_to_the_page_about_it(client):
    load_guidance()
    OfferingFactory(exam=ExamFactory(slug="chest-x-ray", chest_respiratory=True, modality="XR"))
    for path in ("/book/exam/chest-x-ray/", "/book/exam/?q=covid"):
        sheet = client.get(path).text.split("<footer")[0]
        assert f'href="/guidance/{ABOUT_COVID}/">Read more: Your scan and COVID-19</a>' in sheet


def test_without_that_page_the_explanation_stands_alone(client):
    OfferingFactory(exam=ExamFactory(slug="chest-x-ray", chest_respiratory=True, modality="XR"))
    page = client.get("/book/exam/chest-x-ray/").text
    assert "A chest scan cannot tell if you have COVID-19" in page
    assert "Read more" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_links_take_one_query_however_many_there_are(client, django_assert_num_queries, count):
    first, *_ = GuidancePageFactory.create_batch(count)
    with django_assert_num_queries(3):  # the page, links to all of them, announcements
        client.get(path_of(first))
