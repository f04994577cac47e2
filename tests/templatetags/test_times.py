from datetime import UTC, datetime

import pytest
from django.template import Context, Template

from tests.factories.locations import LocationFactory

FIRST_HALF_PAST_ONE = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
SECOND_HALF_PAST_ONE = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def shown(at: datetime, zone: str, words: str) -> str:
    page = Template("{% load times %}{% with when=at|at_location:location %}{{ " + words + " }}{% endwith %}")
    return page.render(Context({"at": at, "location": LocationFactory.build(time_zone=zone)}))


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        (
            datetime(2026, 12, 1, 15, 40, tzinfo=UTC),
            "America/Chicago",
            "Tuesday, December 1, 2026, 9:40\xa0am",
        ),
        # Another day than in UTC.
        (
            datetime(2026, 12, 1, 5, 59, tzinfo=UTC),
            "America/Chicago",
            "Monday, November 30, 2026, 11:59\xa0pm",
        ),
        # Arizona has no daylight saving time.
        (datetime(2026, 7, 1, 19, 0, tzinfo=UTC), "America/Phoenix", "Wednesday, July 1, 2026, 12:00\xa0pm"),
        # The hour that comes twice carries its zone; the hours around it do not.
        (
            datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
            "America/New_York",
            "Sunday, November 1, 2026, 1:30\xa0am\xa0EDT",
        ),
        (
            datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
            "America/New_York",
            "Sunday, November 1, 2026, 1:30\xa0am\xa0EST",
        ),
        (
            datetime(2026, 11, 1, 7, 30, tzinfo=UTC),
            "America/New_York",
            "Sunday, November 1, 2026, 2:30\xa0am",
        ),
        (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "America/New_York", "Sunday, March 8, 2026, 3:30\xa0am"),
    ],
)
def test_moment_is_shown_on_the_locations_clock(at, zone, words):
    assert shown(at, zone, "when") == words


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("when.day", "Tuesday, December 1"),
        ("when.day_year", "Tuesday, December 1, 2026"),
        ("when.short_day", "Tue, Dec 1"),
        ("when.time", "9:40\xa0am"),
        ("when.zone", "CST"),
    ],
)
def test_parts_of_a_moment(part, words):
    assert shown(datetime(2026, 12, 1, 15, 40, tzinfo=UTC), "America/Chicago", part) == words
