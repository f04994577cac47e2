"""An administrator changes a rule without code: ten days become seven, tried, published, and ten again."""

import datetime as dt
import time

import pytest
from django.urls import reverse

from locations.models import Assignment
from scheduling.models import Appointment, Publication, Version
from tests.e2e.world import DAY, NOW, Guide, draft_path, visit_path
from tests.factories.locations import AssignmentFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

POSITIVE = {"pos": "yes", "pos_which": "covid"}
AND_THEN = {"pos_ill": "no"}  # asked because of them
MIDNIGHT = dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC)  # in Austin
ASKED_TEN = "In the last 10 days, have you had a positive test"
ASKED_SEVEN = "In the last 7 days, have you had a positive test"


@pytest.fixture
def patient(guide) -> Guide:
    """Who booked today, and was asked about ten days."""
    patient = guide()
    patient.screened("check")
    patient.press("Book this visit")
    patient.page.wait_for_url("**/booked/")
    return patient


@pytest.fixture
def administrator(guide) -> Guide:
    administrator = guide(width=1280)
    administrator.be(user=AssignmentFactory(location=None, role=Assignment.Role.ADMINISTRATOR).user)
    return administrator


def follow(guide: Guide, words: str) -> None:
    guide.page.get_by_role("link", name=words).first.click()


def change_ten_to_seven(guide: Guide) -> None:
    guide.open(reverse("manage:questionnaires"))
    follow(guide, "Version 1")
    guide.press("Copy into a new draft")
    for number in ("Full days to wait after a positive test", "Days that questions look back"):
        guide.page.get_by_label(number).fill("7")
    guide.press("Save the numbers")
    follow(guide, "Nobody has written who approved it.")
    guide.page.get_by_label("Approved by").fill("Dr. Osei")
    guide.page.get_by_label("Last reviewed on").fill("2026-11-30")
    guide.press("Save")


def preview_a_positive_test(guide: Guide) -> str:
    follow(guide, "Try it as a patient")
    guide.page.get_by_label("Exam").select_option("hand-x-ray-3-views")
    guide.page.get_by_label("Day of the visit").fill("2026-12-01")
    guide.press("Show the questions")
    for answers in (POSITIVE, AND_THEN):
        for name, value in answers.items():
            guide.choose(name, value)
        guide.page.locator("[name=pos_date]").select_option("2026-11-28")
        guide.press("Show what it leads to")
    return guide.page.locator("#result").inner_text()


def publish_for_tomorrow(guide: Guide, draft: Version) -> None:
    guide.open(reverse("manage:version", args=[draft.pk]))
    follow(guide, "Publish…")
    guide.page.get_by_label("A day and time").check()
    guide.page.get_by_label("Day and time", exact=True).fill("2026-12-01T00:00")
    guide.press("Continue")
    assert "1 booked visit from then on falls into it." in guide.page.locator("main").inner_text()
    guide.press("Publish")
    guide.page.get_by_text("is published").wait_for()


def roll_back(guide: Guide) -> None:
    guide.open(reverse("manage:questionnaires"))
    follow(guide, "Version 1")
    guide.press("Roll back to this")
    guide.press("Continue")
    guide.press("Publish")
    guide.page.get_by_text("is published").wait_for()


def asked(guide: Guide) -> str:
    """What a patient who books now is asked."""
    draft = guide.draft(held=False)
    guide.open(draft_path(draft, "covid"))
    guide.choose("emerg", "no")
    guide.press("Continue")
    return guide.page.locator("main").inner_text()


def own_answers(guide: Guide) -> str:
    visit = Appointment.objects.select_related("patient").get(status="booked")
    guide.open(visit_path(visit, "answers"))
    born = visit.patient.birth_date
    guide.page.locator("[name=birth_date_month]").select_option(str(born.month))
    guide.page.locator("[name=birth_date_day]").fill(str(born.day))
    guide.page.locator("[name=birth_date_year]").fill(str(born.year))
    guide.press("Continue")
    return guide.page.locator("main").inner_text()


def test_ten_days_become_seven_and_ten_again(patient, administrator, guide, clock):
    began = time.monotonic()
    change_ten_to_seven(administrator)
    result = preview_a_positive_test(administrator)
    assert "First possible day: Sunday, December 6" in result
    assert "positive_covid" in result
    draft = Version.objects.get(parameters__deferral_days=7)
    publish_for_tomorrow(administrator, draft)
    print(f"questionnaires: changed, tried and published in {time.monotonic() - began:.0f} s")

    seven = Publication.objects.get(version=draft)
    assert seven.active_during.lower == MIDNIGHT
    assert ASKED_TEN in asked(guide())
    clock.move_to(NOW + DAY)
    assert ASKED_SEVEN in asked(guide())
    assert ASKED_TEN in own_answers(patient)

    administrator.be(user=AssignmentFactory(location=None, role=Assignment.Role.ADMINISTRATOR).user)
    roll_back(administrator)
    assert ASKED_TEN in asked(guide())
    assert (
        Version.objects.get(
            publications__active_during__contains=NOW + 2 * DAY, questionnaire__key="respiratory"
        ).change_note
        == "Back to version 1"
    )
