import datetime as dt

import pytest
from django.utils import translation

from locations import queries
from locations.geography import Point
from locations.models import Assignment, Location
from tests.factories.locations import (
    AssignmentFactory,
    ClosureFactory,
    LocationFactory,
    NoticeFactory,
    OpeningHoursFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

AUSTIN = Point(30.2711, -97.7437)
NOW = dt.datetime(2027, 1, 15, 18, tzinfo=dt.UTC)
Role = Assignment.Role


def found(point, **options):
    return [near.location.name for near in queries.nearest_locations(point, **{"limit": 10} | options)]


def test_nearest_come_first_with_their_miles():
    LocationFactory(name="Houston", latitude=29.7604, longitude=-95.3698)
    LocationFactory(name="Downtown")
    LocationFactory(name="Round Rock", latitude=30.5083, longitude=-97.6789)
    near = queries.nearest_locations(AUSTIN, limit=3)
    assert [(row.location.name, round(row.miles, 1)) for row in near] == [
        ("Downtown", 0.0),
        ("Round Rock", 16.8),
        ("Houston", 146.3),
    ]


def test_nearest_are_limited_by_number_and_by_miles():
    for name, latitude in (("A", 30.3), ("B", 30.6), ("C", 31.6)):
        LocationFactory(name=name, latitude=latitude)
    assert found(AUSTIN, limit=2) == ["A", "B"]
    assert found(AUSTIN, within_miles=30) == ["A", "B"]
    assert found(AUSTIN, within_miles=1) == []


def test_within_miles_is_a_circle_and_not_its_box():
    LocationFactory(name="corner", latitude=AUSTIN.latitude + 0.13, longitude=AUSTIN.longitude + 0.15)
    assert found(AUSTIN, within_miles=10) == []
    assert found(AUSTIN, within_miles=13) == ["corner"]


def test_nearest_leave_out_what_is_inactive_or_not_among():
    LocationFactory(name="A")
    LocationFactory(name="B")
    LocationFactory(name="C", is_active=False)
    assert found(AUSTIN) == ["A", "B"]
    assert found(AUSTIN, among=Location.objects.exclude(name="A")) == ["B"]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (Point(13.44, 179.9), Point(13.44, -179.9)),
        (Point(13.44, -179.9), Point(13.44, 179.9)),
        (Point(89.9, 0), Point(89.9, 180)),
        (Point(-89.9, 0), Point(-89.9, 180)),
    ],
)
def test_nearest_over_the_date_line_and_the_poles(here, there):
    LocationFactory(name="there", latitude=there.latitude, longitude=there.longitude)
    assert found(here, within_miles=20) == ["there"]


def test_nearest_at_the_other_end_of_the_world():
    LocationFactory(latitude=-30.2711, longitude=82.2563)
    (row,) = queries.nearest_locations(AUSTIN, limit=1)
    assert round(row.miles) == 12437


def test_notices_are_current_from_their_start_until_before_their_end():
    start, end = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
    notice = NoticeFactory(shown_from=start, shown_until=end)
    second = dt.timedelta(seconds=1)
    assert list(queries.current_notices(start - second)) == []
    assert list(queries.current_notices(start)) == [notice]
    assert list(queries.current_notices(end - second)) == [notice]
    assert list(queries.current_notices(end)) == []


def test_notices_of_a_location_are_shown_there_only():
    here, elsewhere = LocationFactory(), LocationFactory()
    everywhere, local = NoticeFactory(text_en="all"), NoticeFactory(text_en="here")
    local.locations.set([here])
    assert list(queries.current_notices(NOW)) == [everywhere]
    assert set(queries.current_notices(NOW, here)) == {everywhere, local}
    assert list(queries.current_notices(NOW, elsewhere)) == [everywhere]


def test_notice_speaks_the_active_language():
    notice = NoticeFactory.build()
    with translation.override("es"):
        assert notice.text == "Por favor, use mascarilla."
    with translation.override("en"):
        assert notice.text == "Please wear a mask."


def test_location_text_falls_back_to_english():
    location = LocationFactory.build(parking_en="Behind the building", parking_es="")
    with translation.override("es"):
        assert location.parking == "Behind the building"


def test_week_has_the_hours_of_the_coming_seven_days():
    location = LocationFactory()
    change = dt.date(2027, 1, 18)  # the Monday after NOW, a Friday
    OpeningHoursFactory(location=location, weekday=0, opens=480, closes=720, effective_until=change)
    OpeningHoursFactory(location=location, weekday=0, opens=420, closes=720, effective_from=change)
    OpeningHoursFactory(location=location, weekday=0, opens=780, closes=1440)
    OpeningHoursFactory(location=location, weekday=4, opens=0, closes=1440)
    OpeningHoursFactory(location=location, weekday=5, kind="doors")
    week = queries.week_of(location, NOW)
    assert [day.date.weekday() for day in week] == [0, 1, 2, 3, 4, 5, 6]
    assert (week[0].date, week[4].date) == (change, dt.date(2027, 1, 15))
    assert [day.spans for day in week] == [((420, 720), (780, 1440)), (), (), (), ((0, 1440),), (), ()]


def test_upcoming_closures_are_of_the_whole_location_and_not_over():
    location = LocationFactory()
    day = dt.timedelta(days=1)
    ClosureFactory(location=location, starts_at=NOW - 2 * day, ends_at=NOW)
    current = ClosureFactory(location=location, starts_at=NOW - day, ends_at=NOW + day)
    ClosureFactory(location=location, starts_at=NOW + 30 * day, ends_at=NOW + 31 * day)
    ClosureFactory(starts_at=NOW, ends_at=NOW + day)
    assert list(queries.upcoming_closures(location, NOW)) == [current]


def test_staff_work_where_they_are_assigned():
    here, _elsewhere = LocationFactory(name="A"), LocationFactory(name="B")
    user = AssignmentFactory(location=here, role=Role.TECHNOLOGIST).user
    assert list(user.locations_for()) == [here]
    assert list(user.locations_for(Role.TECHNOLOGIST, Role.AUDITOR)) == [here]
    assert list(user.locations_for(Role.FRONT_DESK)) == []


def test_staff_without_a_location_work_everywhere_in_that_role():
    here, elsewhere = LocationFactory(name="A"), LocationFactory(name="B")
    user = AssignmentFactory(location=None, role=Role.AUDITOR).user
    AssignmentFactory(user=user, location=here, role=Role.FRONT_DESK)
    assert list(user.locations_for(Role.AUDITOR)) == [here, elsewhere]
    assert list(user.locations_for(Role.FRONT_DESK)) == [here]
    assert list(user.locations_for()) == [here, elsewhere]


def test_staff_who_left_or_only_administer_the_site_work_nowhere():
    left = AssignmentFactory(user=UserFactory(is_active=False), location=None).user
    LocationFactory()
    assert list(left.locations_for()) == []
    assert list(UserFactory(is_staff=True, is_superuser=True).locations_for()) == []


def test_warnings_stand_first_and_of_one_level_the_newest():
    hour = dt.timedelta(hours=1)
    times = {"shown_until": NOW + hour}
    old = NoticeFactory(level="warning", shown_from=NOW - 3 * hour, **times)
    news = NoticeFactory(level="info", shown_from=NOW - hour, **times)
    warning = NoticeFactory(level="warning", shown_from=NOW - 2 * hour, **times)
    assert list(queries.current_notices(NOW)) == [warning, old, news]
