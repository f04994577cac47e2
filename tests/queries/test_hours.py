import datetime as dt

import pytest

from scheduling.models import GoodHours
from scheduling.queries.hours import due_in_staffed_hours
from scheduling.rules.day_parts import DayPart
from tests.factories.locations import (
    ClosureFactory,
    LocationFactory,
    OpeningHoursFactory,
    OpenLocationFactory,
    ScannerFactory,
)

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
EVENING = dt.datetime(2026, 12, 1, 0, 30, tzinfo=dt.UTC)  # Monday 6:30 pm in Austin, open until 7
TUESDAY_7_AM = dt.datetime(2026, 12, 1, 13, tzinfo=dt.UTC)


def test_an_hour_of_staffed_time_goes_on_the_next_morning():
    assert due_in_staffed_hours(OpenLocationFactory(), now=EVENING) == TUESDAY_7_AM + 30 * MINUTE


def test_nobody_calls_from_a_scanner_that_runs_at_night():
    scanner = ScannerFactory(location=OpenLocationFactory())
    for kind in ("open", "doors"):
        OpeningHoursFactory(
            location=scanner.location, scanner=scanner, kind=kind, weekday=0, opens=19 * 60, closes=24 * 60
        )

    assert due_in_staffed_hours(scanner.location, now=EVENING) == TUESDAY_7_AM + 30 * MINUTE


def test_closed_hours_do_not_count():
    location = OpenLocationFactory()
    day = dt.timedelta(days=1)
    ClosureFactory(location=location, starts_at=EVENING + 60 * MINUTE, ends_at=EVENING + day)

    # Half an hour until 7 pm, and the half hour after the closure on Tuesday from 6:30 pm.
    assert due_in_staffed_hours(location, now=EVENING) == TUESDAY_7_AM + 12 * 60 * MINUTE


def test_never_after_the_patient_comes_anyway():
    location = OpenLocationFactory()

    assert due_in_staffed_hours(location, now=EVENING, before=TUESDAY_7_AM) == TUESDAY_7_AM
    assert due_in_staffed_hours(location, now=EVENING, before=EVENING) == TUESDAY_7_AM + 30 * MINUTE


def test_location_without_hours_gets_an_hour_of_the_clock():
    assert due_in_staffed_hours(LocationFactory(), now=EVENING) == EVENING + 60 * MINUTE


@pytest.mark.parametrize(
    ("good_hours", "due"),
    [
        ("any", TUESDAY_7_AM + 30 * MINUTE),
        ("morning", TUESDAY_7_AM + 60 * MINUTE),
        ("afternoon", TUESDAY_7_AM + 6 * 60 * MINUTE),
        ("evening", TUESDAY_7_AM + (10 * 60 + 30) * MINUTE),
    ],
)
def test_a_call_comes_in_the_part_of_the_day_that_suits(good_hours, due):
    """Asked on Monday at 6:30 pm: half an hour of the evening is left, the other half is on Tuesday."""
    part = GoodHours(good_hours).part

    assert due_in_staffed_hours(OpenLocationFactory(), now=EVENING, part=part) == due


def test_who_asks_for_an_hour_when_nobody_is_there_is_called_when_somebody_is():
    location = LocationFactory()
    OpeningHoursFactory(location=location, kind="doors", weekday=1, opens=8 * 60, closes=12 * 60)

    assert due_in_staffed_hours(location, now=EVENING, part=DayPart.EVENING) == TUESDAY_7_AM + 120 * MINUTE
