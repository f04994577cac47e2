import datetime as dt

import pytest
from django.urls import reverse

from locations.models import Assignment
from scheduling.models import Questionnaire, Screening, Version
from tests.factories.locations import AssignmentFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, FullDraftFactory
from tests.factories.screening import AnswerSheetFactory

pytestmark = pytest.mark.django_db

ROLES = Assignment.Role
NOW = dt.datetime(2027, 3, 1, 18, tzinfo=dt.UTC)


@pytest.fixture
def draft_version():
    questionnaire = Questionnaire.objects.create(key="respiratory", kind="respiratory", name="Respiratory")
    return Version.objects.create(
        questionnaire=questionnaire, number=1, approved_by="Dr. Sukarno", reviewed_on=NOW.date()
    )


@pytest.fixture
def version(draft_version):
    Version.objects.filter(pk=draft_version.pk).update(published_at=NOW)
    return draft_version


def screening_of(version, **about):
    return Screening.objects.create(
        version=version,
        language="en",
        shown={"q": "Did you test positive?"},
        answers={"q": "confirmed-positive"},
        disposition="mask",
        answered_by="patient",
        answered_at=NOW,
        **about,
    )


def page(client, record):
    name = f"admin:scheduling_{record._meta.model_name}_change"
    return client.get(reverse(name, args=[record.pk])).content.decode()


def administrator(client):
    user = AssignmentFactory(role=ROLES.ADMINISTRATOR, location=None).user
    client.force_login(user)
    return user


def test_an_administrator_sees_that_someone_answered_and_not_what(client, version):
    administrator(client)
    shown = page(client, screening_of(version, appointment=AppointmentFactory()))
    assert "Respiratory" in shown
    assert "confirmed-positive" not in shown
    assert "Wear a mask" not in shown


@pytest.mark.parametrize("role", [ROLES.TECHNOLOGIST, ROLES.RADIOLOGIST])
def test_a_clinical_role_at_the_location_reads_the_answers(client, version, role):
    user, visit = administrator(client), AppointmentFactory()
    AssignmentFactory(user=user, role=role, location=visit.location)
    assert "confirmed-positive" in page(client, screening_of(version, appointment=visit))


def test_a_clinical_role_at_another_location_does_not(client, version):
    user = administrator(client)
    AssignmentFactory(user=user, role=ROLES.RADIOLOGIST)
    assert "confirmed-positive" not in page(client, screening_of(version, appointment=AppointmentFactory()))


def test_a_draft_shows_neither_answers_nor_the_token_of_its_browser(client):
    administrator(client)
    draft = FullDraftFactory(why_chest="not-sure", visitor="secret-token")
    sheet = AnswerSheetFactory(draft=draft, answers={"q": "confirmed-positive"})
    shown = page(client, draft)
    assert "Núñez" in shown
    assert "not-sure" not in shown
    assert "secret-token" not in shown
    assert "confirmed-positive" not in page(client, sheet)


def test_the_answers_on_a_draft_are_there_for_clinical_roles_of_its_location(client):
    user = administrator(client)
    draft = FullDraftFactory(why_chest="not-sure", visitor="secret-token")
    sheet = AnswerSheetFactory(draft=draft, answers={"q": "confirmed-positive"})
    AssignmentFactory(user=user, role=ROLES.RADIOLOGIST, location=draft.location)
    shown = page(client, draft)
    assert "not-sure" in shown
    assert "secret-token" not in shown
    assert "confirmed-positive" in page(client, sheet)


def test_answers_of_a_visit_are_there_for_clinical_roles_of_its_location(client):
    user, visit = administrator(client), AppointmentFactory()
    sheet = AnswerSheetFactory(draft=None, appointment=visit, answers={"q": "confirmed-positive"})
    assert "confirmed-positive" not in page(client, sheet)
    AssignmentFactory(user=user, role=ROLES.TECHNOLOGIST, location=visit.location)
    assert "confirmed-positive" in page(client, sheet)


@pytest.mark.parametrize("is_published", [True, False])
def test_a_version_is_only_looked_at_and_leads_to_the_screens_that_write_it(
    client, draft_version, is_published
):
    """One way to write: with its checks, its history and both languages side by side."""
    administrator(client)
    Version.objects.filter(pk=draft_version.pk).update(published_at=NOW if is_published else None)
    change = reverse("admin:scheduling_version_change", args=[draft_version.pk])
    shown = client.get(change)
    assert shown.status_code == 200
    assert 'name="change_note"' not in shown.content.decode()
    assert 'name="questions-0-key"' not in shown.content.decode()
    assert f'href="{reverse("manage:version", args=[draft_version.pk])}"' in shown.content.decode()
    assert client.post(change, {"number": 2}).status_code == 403
    for name, args in (("delete", [draft_version.pk]), ("add", [])):
        assert client.post(reverse(f"admin:scheduling_version_{name}", args=args)).status_code == 403


@pytest.mark.parametrize("model", ["questionnaire", "version", "publication"])
def test_the_lists_lead_to_the_screens_that_write_questionnaires(client, version, model):
    administrator(client)
    shown = client.get(reverse(f"admin:scheduling_{model}_changelist")).content.decode()
    assert f'href="{reverse("manage:home")}"' in shown  # in the head
    assert shown.count(f'href="{reverse("manage:questionnaires")}"') == 1  # beside the list


def test_a_superuser_without_a_role_reads_no_screening(client, version):
    client.force_login(UserFactory(is_superuser=True))
    record = screening_of(version, appointment=AppointmentFactory())
    assert client.get(reverse("admin:scheduling_screening_change", args=[record.pk])).status_code == 403
