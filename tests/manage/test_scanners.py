"""Scanners: added, described, and changed only after it was seen whom that touches."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from locations.models import Assignment, Scanner
from scheduling.models import Appointment, AuditEvent, ChangePlan
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
NEW = {
    "name": "MRI 7",
    "modality": "MR",
    "dicom_modality": "MR",
    "character_set": "ISO_IR 192",
    "turnover_minutes": "10",
    "is_active": "on",
    "field_strength_tesla": "1.5",
}


@pytest.fixture
def admin(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    machine, exam = bookable(name="MRI 1", weight_limit_lb=500, field_strength_tesla="1.50")
    user = AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=machine.location).user
    client.force_login(user)
    return SimpleNamespace(client=client, machine=machine, exam=exam, location=machine.location)


def visit(admin, hours=0, **fields):
    at = NINE_FORTY + hours * HOUR
    usual = {"scanner": admin.machine, "exam": admin.exam, "laterality": "left", "starts_at": at}
    return AppointmentFactory(**{**usual, **fields})


def add(admin, **fields):
    return admin.client.post(reverse("manage:scanner-add", args=[admin.location.slug]), {**NEW, **fields})


def edit(admin, **fields):
    """As the page has it, but for `fields`; None for a tick that is not there."""
    page = admin.client.get(reverse("manage:scanner", args=[admin.machine.pk]))
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed = {**typed, **fields}
    sent = {name: value for name, value in typed.items() if value not in (None, False)}
    return admin.client.post(reverse("manage:scanner", args=[admin.machine.pk]), sent)


def test_a_scanner_is_added_and_the_history_says_by_whom(admin):
    answer = add(admin, ae_title="MRI7")
    made = Scanner.objects.get(name="MRI 7")
    assert answer["Location"] == reverse("manage:locations")
    assert (made.location, made.ae_title, made.turnover_minutes) == (admin.location, "MRI7", 10)
    assert AuditEvent.objects.get(event="scanner.saved").object_id == str(made.pk)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "MRI 1"}, "Another scanner of this location has this name"),
        ({"ae_title": "A" * 17}, "at most 16 characters"),
        ({"ae_title": "A\\B"}, "1 to 16 plain characters, no backslash, no space at either end."),
        ({"dicom_modality": "CT"}, "This DICOM modality does not fit the kind of scan."),
        ({"turnover_minutes": "-5"}, "Enter a number, 0 or more"),
        ({"name": ""}, "Enter the name of the scanner"),
    ],
)
def test_what_cannot_be_saved_says_why_and_loses_nothing(admin, fields, words):
    answer = add(admin, **{"bore_cm": "72", **fields})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="72"' in page
    assert not Scanner.objects.filter(name="MRI 7").exists()


def test_a_name_is_saved_at_once(admin):
    visit(admin)
    answer = edit(admin, name="MRI east", ae_title="EAST")
    admin.machine.refresh_from_db()
    assert answer["Location"] == reverse("manage:locations")
    assert (admin.machine.name, admin.machine.ae_title) == ("MRI east", "EAST")
    saved = AuditEvent.objects.get(event="scanner.saved")
    assert (saved.before, saved.after) == (
        {"name": "MRI 1", "ae_title": ""},
        {"name": "MRI east", "ae_title": "EAST"},
    )
    assert not ChangePlan.objects.exists()


def test_out_of_service_shows_its_visits_and_moves_them_to_another(admin):
    first, second = visit(admin), visit(admin, 1)
    other = ScannerFactory(location=admin.location, weight_limit_lb=500, field_strength_tesla="1.50")
    answer = edit(admin, is_active=None)
    plan = ChangePlan.objects.get()
    assert {fate.appointment_id for fate in plan.fates.all()} == {first.pk, second.pk}
    admin.machine.refresh_from_db()
    assert admin.machine.is_active

    page = admin.client.get(answer["Location"]).content.decode()
    assert "before it changes" in page
    assert "Save the scanner, and do all of this" in page
    chosen = {f"choice-{first.pk}": "move", f"choice-{second.pk}": "keep", f"reason-{second.pk}": "Agreed"}
    assert admin.client.post(answer["Location"], chosen).status_code == 303
    admin.machine.refresh_from_db()
    first.refresh_from_db()
    second.refresh_from_db()
    assert not admin.machine.is_active
    assert (first.scanner, first.starts_at) == (other, NINE_FORTY)
    assert (second.scanner, second.overbook_reason) == (admin.machine, "Agreed")
    saved = AuditEvent.objects.get(event="scanner.saved")
    assert (saved.before, saved.after) == ({"is_active": True}, {"is_active": False, "touched": 2})


def test_a_lower_weight_limit_touches_exactly_who_weighs_more(admin):
    heavy = visit(admin, weight_lb=420)
    visit(admin, 1, weight_lb=180)
    visit(admin, 2)
    edit(admin, weight_limit_lb="350")
    assert [fate.appointment for fate in ChangePlan.objects.get().fates.all()] == [heavy]


def test_a_change_that_touches_nobody_is_saved_at_once(admin):
    visit(admin, weight_lb=180)
    answer = edit(admin, weight_limit_lb="350", has_contrast="on")
    admin.machine.refresh_from_db()
    assert answer["Location"] == reverse("manage:locations")
    assert (admin.machine.weight_limit_lb, admin.machine.has_contrast) == (350, True)
    assert "No booked visit depends on the change." in admin.client.get(answer["Location"]).content.decode()


def test_who_is_booked_in_between_brings_the_preview_back(admin):
    first = visit(admin)
    answer = edit(admin, is_active=None)
    visit(admin, 2)
    done = admin.client.post(answer["Location"], {f"choice-{first.pk}": "cancel"})
    assert done.status_code == 409
    assert Appointment.objects.filter(status="booked").count() == 2
    assert ChangePlan.objects.get().fates.count() == 2


def test_another_centers_scanner_is_not_found(admin):
    other = ScannerFactory()
    assert admin.client.get(reverse("manage:scanner", args=[other.pk])).status_code == 404
    assert admin.client.get(reverse("manage:scanner-add", args=[other.location.slug])).status_code == 404
