import pytest
from django.contrib import admin
from django.urls import reverse

from locations.models import Assignment
from scheduling.models import AuditEvent
from scheduling.queries.permissions import CONFIGURATION, RECORDS
from tests.factories.locations import AssignmentFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

ROLES = Assignment.Role
RECORD_MODELS = [model for model in admin.site._registry if model._meta.label_lower in RECORDS]
CONFIGURATION_MODELS = [model for model in admin.site._registry if model._meta.label_lower in CONFIGURATION]


def page_of(model, name="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def sign_in(client, role, **location):
    user = AssignmentFactory(role=role, **location).user
    client.force_login(user)
    return user


def test_every_model_of_the_admin_is_either_configuration_or_a_record():
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert registered <= {*CONFIGURATION, *RECORDS, "auth.group"}
    assert registered >= set(RECORDS)


def test_nobody_is_let_in_without_signing_in_at_the_desk(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1] == ("/desk/sign-in/?next=/admin/", 302)


def test_the_admins_own_sign_in_page_is_closed(client):
    response = client.post("/admin/login/", {"username": "x", "password": "y"})
    assert (response.status_code, response["Location"]) == (302, "/desk/sign-in/?next=/admin/")


@pytest.mark.parametrize("role", [ROLES.FRONT_DESK, ROLES.TECHNOLOGIST, ROLES.RADIOLOGIST])
def test_roles_that_work_with_patients_do_not_open_the_admin(client, role):
    sign_in(client, role, location=None)
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("role", [ROLES.ADMINISTRATOR, ROLES.AUDITOR])
def test_a_role_at_one_location_does_not_open_a_site_about_all_of_them(client, role):
    sign_in(client, role)
    assert client.get("/admin/", follow=True).status_code == 403


def test_someone_who_has_left_opens_nothing(client):
    user = sign_in(client, ROLES.ADMINISTRATOR, location=None)
    user.is_active = False
    user.save()
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


@pytest.mark.parametrize("model", CONFIGURATION_MODELS, ids=lambda model: model.__name__)
def test_an_administrator_edits_configuration(client, model):
    sign_in(client, ROLES.ADMINISTRATOR, location=None)
    assert client.get(page_of(model)).status_code == 200
    may_add = model.__name__ not in ("Publication", "Version")  # written on screens of their own
    assert client.get(page_of(model, "add")).status_code == (200 if may_add else 403)


@pytest.mark.parametrize("model", RECORD_MODELS, ids=lambda model: model.__name__)
def test_an_administrator_looks_at_records_and_changes_none(client, model):
    sign_in(client, ROLES.ADMINISTRATOR, location=None)
    assert client.get(page_of(model)).status_code == 200
    assert client.get(page_of(model), {"q": "7K3MX2AB"}).status_code == 200
    assert client.get(page_of(model, "add")).status_code == 403


@pytest.mark.parametrize("model", [*RECORD_MODELS, *CONFIGURATION_MODELS], ids=lambda model: model.__name__)
def test_an_auditor_sees_the_audit_and_the_appointments_only(client, model):
    sign_in(client, ROLES.AUDITOR, location=None)
    allowed = model.__name__ in {"AuditEvent", "Appointment"}
    assert client.get(page_of(model)).status_code == (200 if allowed else 403)


def test_a_superuser_without_a_role_configures_and_sees_no_patient(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert client.get("/admin/").status_code == 200
    assert {page_of(model): client.get(page_of(model)).status_code for model in CONFIGURATION_MODELS} == {
        page_of(model): 200 for model in CONFIGURATION_MODELS
    }
    assert {page_of(model): client.get(page_of(model)).status_code for model in RECORD_MODELS} == {
        page_of(model): 403 for model in RECORD_MODELS
    }


@pytest.mark.parametrize("factory", [AppointmentFactory, PatientFactory, TaskFactory])
def test_a_record_cannot_be_changed_or_deleted_and_looking_is_audited(client, factory):
    user = sign_in(client, ROLES.ADMINISTRATOR, location=None)
    record = factory()
    change, delete = page_of(type(record), "change", record.pk), page_of(type(record), "delete", record.pk)

    assert client.get(change).status_code == 200
    assert client.post(change, {"status": "canceled"}).status_code == 403
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert type(record).objects.filter(pk=record.pk).exists()
    seen = AuditEvent.objects.get()
    assert (seen.event, seen.actor_name) == ("visit.viewed", str(user.pk))
    assert (seen.object_kind, seen.object_id) == (type(record)._meta.model_name, str(record.pk))


def test_the_title_of_a_page_names_no_patient(client):
    sign_in(client, ROLES.ADMINISTRATOR, location=None)
    page = client.get(page_of(PatientFactory._meta.model, "change", PatientFactory().pk)).content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "Núñez" in page
    assert "Núñez" not in title


def test_signing_out_of_the_admin_is_the_desks_sign_out(client):
    sign_in(client, ROLES.ADMINISTRATOR, location=None)
    response = client.post("/admin/logout/")
    assert (response.status_code, response["Location"]) == (307, "/desk/sign-out/")


def test_the_admin_is_in_our_colors_and_kept_in_no_cache(client):
    sign_in(client, ROLES.ADMINISTRATOR, location=None)
    response = client.get("/admin/")
    assert "css/admin.css" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_the_front_page_speaks_of_things_administrators_know(client):
    sign_in(client, ROLES.ADMINISTRATOR, location=None)
    page = client.get("/admin/").content.decode()
    for words in ("Locations and staff", "Visits, exams and questions", "Questionnaire versions"):
        assert words in page
    assert "Published questionnaires" in page


def test_lists_show_times_on_the_clock_of_the_location(client):
    sign_in(client, ROLES.ADMINISTRATOR, location=None)
    AppointmentFactory()
    page = client.get(page_of(AppointmentFactory._meta.model)).content.decode()
    assert "Tue, Dec 1, 2026, 9:40\xa0am CST" in page
