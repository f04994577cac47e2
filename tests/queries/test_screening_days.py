"""Days count on the clock of the location: midnight, the nights of a clock change, the end of a year."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import Appointment
from scheduling.queries.screening import outcome_of
from scheduling.rules.screening import FormKind
from tests.factories.scheduling import AppointmentFactory
from tests.factories.screening import AnswerSheetFactory, publish_preset

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
QUARTER_TO, QUARTER_PAST = dt.time(23, 45), dt.time(0, 15)
CHICAGO, PHOENIX, NEW_YORK = "America/Chicago", "America/Phoenix", "America/New_York"


def on_the_clock(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, time, ZoneInfo(zone)).astimezone(dt.UTC)


def outcome(zone, *, visit_at, answers, answered_at):
    version = publish_preset("a")
    visit = AppointmentFactory(scanner__location__time_zone=zone, starts_at=visit_at)
    sheet = {"answers": answers, "answered_at": answered_at, "language": "en"}
    AnswerSheetFactory(draft=None, appointment=visit, version=version, **sheet)
    visit = Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit.pk)
    found = outcome_of(visit, FormKind.RESPIRATORY, now=answered_at)
    assert found is not None
    return found


@pytest.mark.parametrize("zone", [CHICAGO, PHOENIX, NEW_YORK])
@pytest.mark.parametrize(
    "day_11",
    [
        dt.date(2026, 11, 1),  # clocks go back
        dt.date(2026, 11, 2),
        dt.date(2027, 3, 14),  # clocks go forward
        dt.date(2027, 3, 15),
        dt.date(2027, 1, 1),
        dt.date(2028, 2, 29),
        dt.date(2028, 3, 1),
    ],
)
def test_day_10_waits_until_midnight_and_day_11_comes_after_it(zone, day_11):
    day_0 = day_11 - 11 * DAY
    answers = {"pos": "yes", "pos_which": "covid", "pos_date": day_0.isoformat()}
    answered_at = on_the_clock(day_11 - 2 * DAY, dt.time(12), zone)

    late = on_the_clock(day_11 - DAY, QUARTER_TO, zone)
    early = on_the_clock(day_11, QUARTER_PAST, zone)

    waits = outcome(zone, visit_at=late, answers=answers, answered_at=answered_at)
    comes = outcome(zone, visit_at=early, answers=answers, answered_at=answered_at)
    assert (waits.disposition, waits.defer_until) == ("defer", day_11)
    assert (comes.disposition, comes.defer_until) == ("ok", None)


@pytest.mark.parametrize("zone", [CHICAGO, PHOENIX])
@pytest.mark.parametrize("day", [dt.date(2026, 10, 31), dt.date(2027, 3, 13), dt.date(2026, 12, 31)])
@pytest.mark.parametrize(("time", "later"), [(dt.time(23, 59), 0), (dt.time(0, 1), 1)])
def test_without_a_date_the_day_of_answering_counts(zone, day, time, later):
    """A minute before midnight, and a minute after it."""
    answered_on = day + later * DAY
    found = outcome(
        zone,
        visit_at=on_the_clock(answered_on + DAY, dt.time(9), zone),
        answers={"pos": "yes"},
        answered_at=on_the_clock(answered_on, time, zone),
    )
    assert found.defer_until == answered_on + 11 * DAY
