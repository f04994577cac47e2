"""Apart from test_make_demo.py, whose data stay for the whole module."""

import datetime as dt
import random
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from locations.models import Location, User
from scheduling.management.demo.calendar import next_holiday
from scheduling.management.demo.people import make_patients
from scheduling.models import Patient
from tests.factories.locations import LocationFactory


@pytest.mark.django_db
def test_demo_leaves_a_database_with_locations_alone(settings):
    settings.DEMO = True
    LocationFactory()
    out = StringIO()
    call_command("make_demo", stdout=out)
    assert out.getvalue() == "There are locations already: nothing was changed.\n"
    assert (Location.objects.count(), User.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_demo_refuses_a_database_that_is_no_demo(settings):
    """`TRUSTED` is not enough: dev.py may run on a database that its owner cares for."""
    settings.DEMO, settings.TRUSTED = False, True
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("make_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_logins_name_only_people_who_are_there():
    out = StringIO()
    call_command("demo_logins", stdout=out)
    assert out.getvalue() == ""


@pytest.mark.django_db
def test_the_same_seed_invents_the_same_people():
    now = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    once, again = (make_patients(50, rng=random.Random(1), now=now) for _ in range(2))
    assert [(one.full_name, one.birth_date) for one in once] == [
        (one.full_name, one.birth_date) for one in again
    ]
    assert Patient.objects.count() == 100


@pytest.mark.parametrize(
    ("today", "holiday"),
    [
        (dt.date(2026, 11, 25), dt.date(2026, 11, 26)),
        (dt.date(2026, 11, 26), dt.date(2026, 12, 25)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 1)),
        (dt.date(2027, 1, 1), dt.date(2027, 11, 25)),  # July 4 is a Sunday
    ],
)
def test_the_next_holiday_is_a_working_day_that_is_off(today, holiday):
    assert next_holiday(today)[1] == holiday
