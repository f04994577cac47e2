"""The week form: typed, copied, refused with what was typed, and on to the plan."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from locations.models import Assignment, OpeningHours
from scheduling.models import Appointment, ChangePlan
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory

pytestmark = pytest.mark.django_db

OPEN = OpeningHours.Kind.OPEN


@pytest.fixture
def admin(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    machine, exam = bookable(name="MRI 1")
    user = AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=machine.location).user
    client.force_login(user)
    return SimpleNamespace(client=client, machine=machine, exam=exam, location=machine.location, user=user)


def url(admin, scanner=False):
    args = [admin.location.slug, admin.machine.pk] if scanner else [admin.location.slug]
    return reverse("manage:scanner-week" if scanner else "manage:week", args=args)


def typed(**more):
    days = {f"{kind}-{day}": "7 am - 7 pm" for kind in OpeningHours.Kind for day in range(7)}
    return {"first_day": "2026-11-30", "last_day": "", **days, **more}


def test_the_list_leads_to_each_of_ones_locations_and_scanners(admin):
    other = ScannerFactory()
    page = admin.client.get(reverse("manage:locations")).content.decode()
    assert url(admin) in page
    assert url(admin, scanner=True) in page
    assert other.location.slug not in page


def test_another_center_and_another_centers_scanner_are_not_found(admin):
    other = ScannerFactory()
    assert admin.client.get(reverse("manage:week", args=[other.location.slug])).status_code == 404
    stranger = reverse("manage:scanner-week", args=[admin.location.slug, other.pk])
    assert admin.client.get(stranger).status_code == 404


def test_what_stands_is_shown_as_it_can_be_typed(admin):
    page = admin.client.get(url(admin)).content.decode()
    assert page.count('value="7:00 am - 7:00 pm"') == 21


def test_typed_hours_are_looked_at_first_and_saved_from_the_plan(admin):
    late = AppointmentFactory(
        scanner=admin.machine,
        exam=admin.exam,
        starts_at=NINE_FORTY + dt.timedelta(hours=8),
        laterality="left",
    )
    answer = admin.client.post(url(admin), typed(**{"open-1": "7-12, 13-17"}))
    made = ChangePlan.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == reverse("frontdesk:closure-plan", args=[made.pk])
    assert not OpeningHours.objects.filter(effective_from__isnull=False).exists()

    page = admin.client.get(answer["Location"]).content.decode()
    assert "7:00 am - 12:00 pm, 1:00 pm - 5:00 pm" in page
    assert "It touches 1 visit." in page
    assert "Save the hours, and do all of this" in page

    done = admin.client.post(answer["Location"], {f"choice-{late.pk}": "cancel"})
    assert done.status_code == 303
    late.refresh_from_db()
    assert (late.status, late.cancel_reason) == (Appointment.Status.CANCELED, "The center changed its hours")
    saved = OpeningHours.objects.filter(location=admin.location, kind=OPEN, weekday=1)
    assert sorted(saved.filter(effective_until=None).values_list("opens", "closes")) == [
        (420, 720),
        (780, 1020),
    ]
    assert "Hours changed" in admin.client.get(answer["Location"]).content.decode()


def test_what_cannot_be_read_is_said_beside_it_and_nothing_typed_is_lost(admin):
    answer = admin.client.post(url(admin), typed(**{"open-1": "seven to nine", "doors-2": "9 pm - 8 pm"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Write the hours like 7 am - 7 pm") >= 2  # in the summary and beside the field
    assert page.count("The end must be after the start.") >= 2
    assert 'value="seven to nine"' in page
    assert not ChangePlan.objects.exists()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"first_day": "2026-11-29"}, "Choose today or a later day"),
        ({"first_day": "2029-11-29"}, "Choose a day in the next two years"),
        ({"first_day": "soon"}, "Enter a day, such as 2026-12-31"),
        ({"first_day": "2026-12-24", "last_day": "2026-12-23"}, "The last day must not be before the first"),
        ({}, "These are the hours that stand already"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(admin, days, words):
    answer = admin.client.post(url(admin), typed(**days))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_day_is_copied_to_others_and_nothing_is_saved(admin):
    wanted = typed(**{"open-0": "8-4:30 pm", "copy": "1", "copy_from": "0", "copy_to": "workdays"})
    page = admin.client.post(url(admin), wanted).content.decode()
    assert page.count('value="8-4:30 pm"') == 5
    assert not ChangePlan.objects.exists()


@pytest.mark.parametrize(("to", "count"), [("6", 2), ("all", 7), ("9", 1), ("", 1)])
def test_a_copy_goes_to_the_days_that_are_meant(admin, to, count):
    wanted = typed(**{"open-0": "8-4:30 pm", "copy": "1", "copy_from": "0", "copy_to": to})
    answer = admin.client.post(url(admin), wanted)
    assert (answer.status_code, answer.content.decode().count('value="8-4:30 pm"')) == (200, count)


def test_a_scanner_follows_its_location_until_it_has_hours_of_its_own(admin):
    page = admin.client.get(url(admin, scanner=True)).content.decode()
    assert page.count("checked") == 3
    assert page.count('value="7:00 am - 7:00 pm"') == 21
    follows = {"follows-contrast": "on", "follows-doors": "on"}
    answer = admin.client.post(url(admin, scanner=True), typed(**follows, **{"open-5": "", "open-6": ""}))
    admin.client.post(answer["Location"])
    own = OpeningHours.objects.filter(scanner=admin.machine)
    assert set(own.values_list("kind", flat=True)) == {OPEN}
    assert own.filter(effective_until=None).count() == 5


def test_hours_that_are_typed_but_said_to_be_the_locations_are_not_dropped_silently(admin):
    follows = {f"follows-{kind}": "on" for kind in OpeningHours.Kind}
    answer = admin.client.post(url(admin, scanner=True), typed(**follows, **{"open-2": "9-17"}))
    assert answer.status_code == 422
    assert "Untick “Visits: as the location” above, to give own hours" in answer.content.decode()


def test_a_desk_clerk_neither_plans_hours_nor_opens_such_a_plan(admin, client):
    made = admin.client.post(url(admin), typed(**{"open-1": "7-17"}))["Location"]
    clerk = AssignmentFactory(role=Assignment.Role.FRONT_DESK, location=admin.location).user
    client.force_login(clerk)
    assert client.get(url(admin)).status_code == 403
    assert client.get(made).status_code == 404


def test_leaving_the_plan_leads_back_to_the_week(admin):
    made = admin.client.post(url(admin), typed(**{"open-1": "7-17"}))["Location"]
    answer = admin.client.post(f"{made}discard/")
    assert answer["Location"] == url(admin)
    assert not ChangePlan.objects.exists()
