"""What the time page makes of openings."""

import datetime as dt

import pytest

from scheduling.portal.time_search import search_of_draft, times_context
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import AppointmentFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world():
    return bookable()


def page(machine, exam, **options):
    search = search_of_draft(ready_draft(machine, exam), now=NOW)
    return times_context(search, machine.location, now=NOW, **options)["times"]


def test_times_close_to_a_lost_one_are_not_five_minutes_apart(world):
    machine, exam = world
    AppointmentFactory(scanner=machine, exam=exam)

    close = page(machine, exam, around=NINE_FORTY).close_times()

    assert [suggestion.time for suggestion in close] == ["8:55 am", "10:25 am", "11:10 am"]
    assert {suggestion.day for suggestion in close} == {"Tomorrow, Tuesday, December 1"}


def test_nothing_is_close_where_nothing_was_lost(world):
    assert page(*world).close_times() == []


def test_days_reach_further_where_the_next_weeks_are_closed(world):
    machine, exam = world
    ClosureFactory(location=machine.location, starts_at=NOW - DAY, ends_at=NOW + 25 * DAY)

    days = page(machine, exam).days()

    assert (len(days), days[0].full) == (12, "Friday, December 25")


def test_part_of_the_day_looks_through_the_whole_horizon(world):
    times = page(*world, query={"part": "evening"})

    assert times.shown[-1].starts_at > NOW + 55 * DAY


def test_day_far_ahead_is_shown_with_the_days_before_it(world):
    times = page(*world, query={"day": "2027-01-20"})

    assert times.day == dt.date(2027, 1, 20)
    assert times.groups() != []
