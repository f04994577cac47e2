"""Two centers, the shipped questionnaires, and an administrator who is signed in."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.urls import reverse

from locations.models import Assignment
from scheduling.actions.catalogue import load_catalogue
from scheduling.actions.versions import start_draft
from scheduling.models import Version
from scheduling.rules.actors import Actor
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory, LocationFactory
from tests.once import made_once


def load() -> None:
    load_catalogue()
    call_command("load_questionnaires", verbosity=0)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with made_once(load, django_db_blocker):
        yield


@pytest.fixture
def world(loaded, db, client, time_machine):
    """Monday, November 30, 2026, 9 am in Austin. `draft` is a copy of what is in force, without approval."""
    time_machine.move_to(NOW, tick=False)
    user = AssignmentFactory(
        role=Assignment.Role.ADMINISTRATOR, location=None, user__first_name="Ruth", user__last_name="Feldman"
    ).user
    client.force_login(user)
    in_force = Version.objects.get(preset="respiratory-a")
    return SimpleNamespace(
        client=client,
        user=user,
        by=Actor.staff(user.pk),
        here=LocationFactory(name="Riverside", slug="riverside"),
        east=LocationFactory(name="Midtown", slug="midtown", time_zone="America/New_York"),
        in_force=in_force,
        community=Version.objects.get(preset="respiratory-b"),
        mri=Version.objects.get(preset="safety-mri"),
        draft=start_draft(version_id=in_force.pk, now=NOW - dt.timedelta(minutes=5), by=Actor.staff(user.pk)),
    )


@pytest.fixture
def url():
    return lambda name, *args: reverse(f"manage:{name}", args=args)
