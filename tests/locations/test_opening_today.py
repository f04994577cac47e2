import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from locations.queries import kinds_today, opening_today, openings_today, week_of
from tests.factories.locations import ClosureFactory, LocationFactory, OpeningHoursFactory, ScannerFactory

pytestmark = pytest.mark.django_db

CHICAGO = ZoneInfo("America/Chicago")
FRIDAY = dt.date(2027, 1, 15)
CLOSED = (None, None, False)


def at(hour, minute=0, date=FRIDAY, zone=CHICAGO, fold=0):
    return dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=zone, fold=fold)


def center(*spans, date=FRIDAY, **values):
    location = LocationFactory(**values)
    for opens, closes in spans:
        OpeningHoursFactory(location=location, weekday=date.weekday(), opens=opens, closes=closes)
    return location


def today(location, moment):
    """In words of the wall clock: (until, opens, all_day)."""
    result = opening_today(location, moment.astimezone(dt.UTC))
    clocks = (value and value.strftime("%d %H:%M") for value in (result.until, result.opens))
    return (*clocks, result.all_day)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (0, 0, (None, "15 07:00", False)),
        (6, 59, (None, "15 07:00", False)),
        (7, 0, ("15 12:00", None, False)),
        (11, 59, ("15 12:00", None, False)),
        (12, 0, (None, "15 13:00", False)),
        (18, 59, ("15 19:00", None, False)),
        (19, 0, CLOSED),
        (23, 59, CLOSED),
    ],
)
def test_a_day_in_two_spans(hour, minute, expected):
    assert today(center((420, 720), (780, 1140)), at(hour, minute)) == expected


def test_a_day_that_is_over_is_not_a_day_without_hours():
    location = center((420, 1140))
    moments = (at(6), at(20), at(20, date=FRIDAY + dt.timedelta(days=1)))
    assert [opening_today(location, moment).is_over for moment in moments] == [False, True, False]


def test_spans_that_touch_are_one():
    assert today(center((420, 720), (720, 1140)), at(8)) == ("15 19:00", None, False)


def test_a_day_without_hours_is_closed():
    assert today(center((420, 720)), at(8, date=FRIDAY + dt.timedelta(days=1))) == CLOSED


def test_open_until_midnight_and_all_day():
    assert today(center((1200, 1440)), at(23, 59)) == ("16 00:00", None, False)
    assert today(center((0, 1440)), at(0)) == ("16 00:00", None, True)


def test_the_day_is_the_one_of_the_location():
    """At 05:30 UTC it is still Friday evening in Chicago, and Saturday in Paris."""
    moment = dt.datetime(2027, 1, 16, 5, 30, tzinfo=dt.UTC)
    assert today(center((1200, 1440)), moment) == ("16 00:00", None, False)
    assert today(center((1200, 1440), time_zone="Europe/Paris"), moment) == CLOSED


def test_only_hours_for_visits_of_the_location_count():
    location = LocationFactory()
    scanner = ScannerFactory(location=location)
    OpeningHoursFactory(location=location, weekday=4, kind="doors")
    OpeningHoursFactory(location=location, weekday=4, kind="contrast")
    OpeningHoursFactory(location=location, weekday=4, scanner=scanner)
    assert today(location, at(8)) == CLOSED


def test_hours_count_in_their_effective_days_only():
    location = LocationFactory()
    OpeningHoursFactory(location=location, weekday=4, closes=720, effective_until=FRIDAY)
    OpeningHoursFactory(location=location, weekday=4, closes=900, effective_from=FRIDAY)
    assert today(location, at(8)) == ("15 15:00", None, False)
    assert today(location, at(8, date=FRIDAY - dt.timedelta(days=7))) == ("08 12:00", None, False)


@pytest.mark.parametrize(
    ("closed", "hour", "expected"),
    [
        ((0, 23), 8, CLOSED),
        ((10, 12), 8, ("15 10:00", None, False)),
        ((10, 12), 10, (None, "15 12:00", False)),
        ((10, 12), 12, ("15 19:00", None, False)),
        ((16, 23), 17, CLOSED),
        ((5, 9), 8, (None, "15 09:00", False)),
        ((20, 21), 8, ("15 19:00", None, False)),
    ],
)
def test_closures_are_taken_out(closed, hour, expected):
    location = center((420, 1140))
    ClosureFactory(location=location, starts_at=at(closed[0]), ends_at=at(closed[1]))
    assert today(location, at(hour)) == expected


def test_a_closure_of_weeks_closes_each_day():
    location = center((420, 1140))
    ClosureFactory(location=location, starts_at=at(0) - dt.timedelta(days=9), ends_at=at(0) + dt.timedelta(9))
    assert today(location, at(8)) == CLOSED


def test_a_closure_of_one_scanner_or_elsewhere_changes_nothing():
    location = center((420, 1140))
    whole_day = {"starts_at": at(0), "ends_at": at(23)}
    ClosureFactory(location=location, scanner=ScannerFactory(location=location), **whole_day)
    ClosureFactory(**whole_day)
    assert today(location, at(8)) == ("15 19:00", None, False)


SPRING, AUTUMN = dt.date(2027, 3, 14), dt.date(2027, 11, 7)  # Sundays on which Chicago changes its clocks


def test_spring_change_keeps_the_wall_clock():
    location = center((420, 1140), date=SPRING)
    assert today(location, at(6, 59, date=SPRING)) == (None, "14 07:00", False)
    assert today(location, at(18, 59, date=SPRING)) == ("14 19:00", None, False)
    assert today(location, at(19, date=SPRING)) == CLOSED


def test_spring_change_swallows_hours_that_do_not_exist():
    location = center((150, 180), date=SPRING)  # 2:30 to 3:00
    assert today(location, at(1, 59, date=SPRING)) == CLOSED


def test_spring_change_still_leaves_an_all_day():
    assert today(center((0, 1440), date=SPRING), at(12, date=SPRING)) == ("15 00:00", None, True)


def test_autumn_change_keeps_open_through_both_hours():
    location = center((0, 180), date=AUTUMN)
    assert today(location, at(1, 30, date=AUTUMN)) == ("07 03:00", None, False)
    assert today(location, at(1, 30, date=AUTUMN, fold=1)) == ("07 03:00", None, False)


def test_many_locations_take_two_queries(django_assert_num_queries):
    centers = [center((420, 1140)), center(), center((0, 1440))]
    for count in (1, 3):
        with django_assert_num_queries(2):
            days = openings_today(centers[:count], at(8).astimezone(dt.UTC))
        assert [days[place.pk].is_open for place in centers[:count]] == [True, False, True][:count]


@pytest.mark.parametrize(
    ("hour", "closed_days", "again", "is_soon"),
    [
        (20, 0, "22 07:00", False),  # only Fridays
        (20, 8, None, True),
        (8, 0, None, True),
    ],
)
def test_closed_says_when_it_opens_again(hour, closed_days, again, is_soon):
    location = center((420, 1140))
    if closed_days:
        ClosureFactory(location=location, starts_at=at(20), ends_at=at(20) + dt.timedelta(days=closed_days))
        OpeningHoursFactory(location=location, weekday=5, effective_until=FRIDAY)
        ClosureFactory(
            location=location, starts_at=at(0) + dt.timedelta(days=8), ends_at=at(0) + dt.timedelta(days=16)
        )
    result = opening_today(location, at(hour).astimezone(dt.UTC))
    assert (result.again and result.again.strftime("%d %H:%M"), result.is_soon) == (again, is_soon)


def test_closed_on_friday_opens_on_monday():
    location = center((420, 1140))
    OpeningHoursFactory(location=location, weekday=0, opens=480, closes=1140)
    result = opening_today(location, at(20).astimezone(dt.UTC))
    assert (result.again, result.is_soon) == (at(8, date=FRIDAY + dt.timedelta(days=3)), True)


def test_a_kind_of_scanner_with_hours_of_its_own_is_told_apart():
    location = center((420, 1140))
    late = ScannerFactory(location=location, modality="XR")
    OpeningHoursFactory(location=location, scanner=late, weekday=4, opens=600, closes=1440)
    ScannerFactory(location=location, modality="XR")  # as the location
    ScannerFactory(location=location, modality="MR")

    (kind, today), *others = kinds_today([location], at(20).astimezone(dt.UTC))[location.pk].items()

    assert (kind, today.until, others) == ("XR", at(0, date=FRIDAY + dt.timedelta(days=1)), [])
    assert kinds_today([location], at(20, date=FRIDAY + dt.timedelta(days=1)).astimezone(dt.UTC)) == {}
    friday = next(day for day in week_of(location, at(8).astimezone(dt.UTC)) if day.date == FRIDAY)
    assert (friday.spans, friday.kinds) == (((420, 1140),), (("XR", ((420, 1440),)),))


def test_without_hours_of_scanners_no_kind_differs():
    assert kinds_today([center((420, 1140))], at(8).astimezone(dt.UTC)) == {}
