"""Guidance pages are written by administrators, in both languages, and looked at before they are saved."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from locations.models import Assignment
from scheduling.models import GuidancePage
from tests.factories.guidance import GuidancePageFactory
from tests.factories.locations import AssignmentFactory

pytestmark = pytest.mark.django_db

TODAY = dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)
LIST = reverse("admin:scheduling_guidancepage_changelist")
ADD = reverse("admin:scheduling_guidancepage_add")
PREVIEW = reverse("admin:scheduling_guidancepage_preview")
WRITTEN = {
    "slug": "parking",
    "position": "4",
    "is_active": "on",
    "reviewed_on": "2026-11-30",
    "source_url": "",
    "title_en": "Where to park",
    "title_es": "Dónde estacionar",
    "summary_en": "Parking is free.",
    "summary_es": "Estacionar es gratis.",
    "body_en": "Use the *yard*.",
    "body_es": "Use el *patio*.",
}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture
def administrator(client):
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    return client


def change(page) -> str:
    return reverse("admin:scheduling_guidancepage_change", args=[page.pk])


def test_a_new_page_is_on_the_site_and_its_edits_in_the_log(administrator):
    assert administrator.post(ADD, WRITTEN).status_code == 302
    page = GuidancePage.objects.get()
    assert "<p>Use the <em>yard</em>.</p>" in administrator.get("/guidance/parking/").text

    administrator.post(change(page), WRITTEN | {"body_en": "Use the garage."})
    assert "<p>Use the garage.</p>" in administrator.get("/guidance/parking/").text
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "Added.",
        "Changed Text in English.",
    ]


@pytest.mark.parametrize("name", ["title_es", "summary_es", "body_es"])
def test_a_page_without_its_spanish_is_not_published(administrator, name):
    response = administrator.post(ADD, WRITTEN | {name: ""})
    assert response.status_code == 200
    assert response.context["errors"] == [
        ["Patients cannot see it yet: write this in Spanish too, or switch it off."]
    ]
    assert not GuidancePage.objects.exists()


def test_a_page_that_is_switched_off_may_wait_for_its_spanish(administrator):
    off = WRITTEN | {"title_es": "", "summary_es": "", "body_es": ""}
    del off["is_active"]
    assert administrator.post(ADD, off).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "This field is required."), ("2026-12-01", "Nobody can have reviewed it on a day to come.")],
)
def test_the_day_of_the_review_is_a_day_that_was(administrator, typed, words):
    assert administrator.post(ADD, WRITTEN | {"reviewed_on": typed}).context["errors"] == [[words]]


def test_the_list_says_which_review_is_due(administrator, settings):
    settings.GUIDANCE_REVIEW_DAYS = 30
    GuidancePageFactory(title_en="Fresh", reviewed_on=dt.date(2026, 11, 1))
    GuidancePageFactory(title_en="Stale", reviewed_on=dt.date(2026, 10, 31))
    rows = administrator.get(LIST).text.split("<tbody>")[1].split("<tr>")
    due = {name: "Review due" in row for row in rows for name in ("Fresh", "Stale") if name in row}
    assert due == {"Fresh": False, "Stale": True}


def test_the_address_of_a_page_stays(administrator):
    page = GuidancePageFactory(slug="parking")
    administrator.post(change(page), WRITTEN | {"slug": "other"})
    assert GuidancePage.objects.get().slug == "parking"


def test_a_page_is_switched_off_and_not_deleted(administrator):
    page = GuidancePageFactory()
    gone = administrator.post(
        reverse("admin:scheduling_guidancepage_delete", args=[page.pk]), {"post": "yes"}
    )
    assert gone.status_code == 403
    administrator.post(LIST, {"action": "delete_selected", "_selected_action": page.pk, "post": "yes"})
    assert GuidancePage.objects.exists()


@pytest.mark.parametrize("address", [ADD, "change"])
def test_both_languages_are_previewed_and_nothing_is_saved(administrator, address):
    if address == "change":
        address = change(GuidancePageFactory(slug="parking"))
    assert f'formaction="{PREVIEW}"' in administrator.get(address).text
    before = list(GuidancePage.objects.values())

    shown = administrator.post(PREVIEW, WRITTEN | {"body_en": "<script>x</script> **new**"}).text

    assert "A preview: nothing is saved" in shown
    assert "&lt;script&gt;x&lt;/script&gt; <strong>new</strong>" in shown
    assert '<article class="sheet prose" lang="es">' in shown
    assert "<h1>Dónde estacionar</h1>" in shown
    assert list(GuidancePage.objects.values()) == before


def test_a_page_with_faults_can_be_looked_at(administrator):
    shown = administrator.post(PREVIEW, {"title_en": "Half of it", "reviewed_on": "soon", "is_active": "on"})
    assert shown.status_code == 200
    assert "<h1>Half of it</h1>" in shown.text


def test_a_preview_is_posted(administrator):
    assert administrator.get(PREVIEW).status_code == 405


@pytest.mark.parametrize("role", [Assignment.Role.AUDITOR, Assignment.Role.FRONT_DESK])
def test_only_administrators_write_and_preview(client, role):
    client.force_login(AssignmentFactory(role=role, location=None).user)
    page = GuidancePageFactory()
    answers = [client.get(LIST), client.post(change(page), WRITTEN), client.post(PREVIEW, WRITTEN)]
    assert {answer.status_code for answer in answers} <= {302, 403}
    assert GuidancePage.objects.get().body_en == "Use the yard behind the house."
    assert "Use the *yard*" not in "".join(answer.text for answer in answers)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(administrator, rows, django_assert_num_queries):
    GuidancePageFactory.create_batch(rows)
    administrator.get(LIST)
    with django_assert_num_queries(12):
        administrator.get(LIST)
