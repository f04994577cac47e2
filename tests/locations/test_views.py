import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from locations.models import OpeningHours
from tests.factories.locations import ClosureFactory, LocationFactory, NoticeFactory, OpenLocationFactory
from tests.factories.scheduling import OfferingFactory
from tests.factories.walk_ins import waiting, xray_center

pytestmark = pytest.mark.django_db

LIST = "/locations/"
UNKNOWN = "We don’t know that place. Try a 5-digit ZIP code"


def names(response):
    return [center.name for center in response.context["centers"]]


@pytest.fixture
def three_centers():
    LocationFactory(name="Zilker")
    LocationFactory(name="Alamo", latitude=29.4241, longitude=-98.4936)
    LocationFactory(name="Mueller", latitude=30.2985, longitude=-97.7052)


def test_list_shows_all_centers_a_to_z(client, three_centers):
    LocationFactory(name="Not open", is_active=False)
    response = client.get(LIST)
    assert response.status_code == 200
    assert names(response) == ["Alamo", "Mueller", "Zilker"]
    assert "All 3 centers, A to Z" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "heading", "distances"),
    [
        (
            {"near": "78704"},
            "Centers near Austin, TX 78704",
            ["about 2.4 miles", "about 5.3 miles", "about 71 miles"],
        ),
        (
            {"near": "austin tx"},
            "Centers near Austin, TX",
            ["about 2.7 miles", "about 3.2 miles", "about 75 miles"],
        ),
        (
            {"lat": "30.24", "lon": "-97.77"},
            "Centers near you",
            ["about 2.7 miles", "about 5.6 miles", "about 71 miles"],
        ),
    ],
)
def test_list_shows_the_nearest_first(client, three_centers, query, heading, distances):
    response = client.get(LIST, query)
    assert response.status_code == 200
    assert names(response) == ["Zilker", "Mueller", "Alamo"]
    html = response.content.decode()
    assert f"<h1>{heading}</h1>" in html
    assert "3 centers, nearest first" in html
    assert [center.distance for center in response.context["centers"]] == distances


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Enter a ZIP code or city"),
        ("00000", UNKNOWN),
        ("Atlantis, TX", UNKNOWN),
        ("78\x00704", UNKNOWN),
        ("<script>alert(1)</script>", UNKNOWN),
        ("7" * 100_000, UNKNOWN),
    ],
)
def test_list_answers_an_unknown_place_with_all_centers(client, three_centers, text, error):
    response = client.get(LIST, {"near": text})
    assert response.status_code == 422
    html = response.content.decode()
    assert html.count(error) == 2  # in the summary and at the field
    assert "<title>Error: Our centers - Alliance</title>" in html
    assert "<script>alert" not in html
    assert names(response) == ["Alamo", "Mueller", "Zilker"]


@pytest.mark.parametrize("query", [{"lat": "nan", "lon": "1"}, {"lat": "1"}, {"lat": "999", "lon": "1"}])
def test_list_passes_over_what_is_no_position(client, three_centers, query):
    response = client.get(LIST, query)
    assert response.status_code == 200
    assert names(response) == ["Alamo", "Mueller", "Zilker"]


@pytest.mark.parametrize("query", [{}, {"near": "78704"}])
def test_list_takes_the_same_queries_for_1_and_3_centers(client, query, django_assert_num_queries):
    for more in (1, 2):
        OpenLocationFactory.create_batch(more)
        with django_assert_num_queries(6):  # notices, guidance, locations, hours, closures, scanners' hours
            client.get(LIST, query)


def test_list_without_centers_offers_the_phone(client):
    html = client.get(LIST).content.decode()
    assert "No center is open to bookings at the moment" in html
    assert "tel:+18005550142" in html


def test_pages_show_their_notices(client):
    here, elsewhere = LocationFactory(), LocationFactory()
    now = timezone.now()
    shown = {"shown_from": now - dt.timedelta(days=1), "shown_until": now + dt.timedelta(days=1)}
    NoticeFactory(text_en="Flu season <b>", **shown)
    NoticeFactory(text_en="Elevator out", **shown).locations.set([here])
    pages = [
        client.get(url).content.decode()
        for url in (LIST, here.get_absolute_url(), elsewhere.get_absolute_url())
    ]
    assert ["Flu season &lt;b&gt;" in page for page in pages] == [True, True, True]
    assert ["Elevator out" in page for page in pages] == [False, True, False]


@pytest.mark.parametrize(("count", "words"), [(1, []), (2, ["1 more notice"]), (4, ["3 more notices"])])
def test_one_notice_is_open_and_the_others_are_behind_a_line(client, count, words):
    now = timezone.now()
    for number in range(count):
        begun = now - dt.timedelta(hours=1 + number)
        NoticeFactory(text_en=f"News {number}", shown_from=begun, shown_until=now + dt.timedelta(days=1))
    above, _, behind = client.get(LIST).text.partition('<details class="wrap">')
    assert re.findall(r"News \d", above) == ["News 0"]
    assert re.findall(r"News \d", behind) == [f"News {number}" for number in range(1, count)]
    assert re.findall(r"\d more notices?", behind) == words


def test_location_page_says_where_and_when(client):
    location = LocationFactory(
        name="Riverside",
        parking_en="Behind the building.",
        entrance_en="Door B.",
        directions_en="Bus 7 stops here.",
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(location=location, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in [(0, 420, 720), (0, 780, 1440), (1, 0, 1440)]
    )
    html = client.get(location.get_absolute_url()).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "<title>Riverside - Alliance</title>" in html
    assert "1100 Congress Avenue<br>Austin, TX 78701" in html
    assert "<dt>Monday</dt><dd>7 am to noon<br>1 pm until midnight</dd>" in html
    assert "<dt>Tuesday</dt><dd>Open 24 hours</dd>" in html
    assert "<dt>Sunday</dt><dd>Closed</dd>" in html
    assert 'href="tel:+1-512-555-0142"' in html
    assert "destination=1100%20Congress%20Avenue%2C%20Austin%2C%20TX%2078701" in html
    for words in ("Behind the building.", "Door B.", "Bus 7 stops here."):
        assert words in html


def test_location_page_announces_closures_in_local_days(client):
    location = LocationFactory()
    today = timezone.now().astimezone(location.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = today + dt.timedelta(days=3), today + dt.timedelta(days=4)
    ClosureFactory(location=location, starts_at=start, ends_at=end)
    html = client.get(location.get_absolute_url()).content.decode()
    assert f"<li>{start:%A}, {start:%B} {start.day} (holiday)</li>" in html


def test_location_page_lists_what_the_center_offers(client):
    offering = OfferingFactory(exam__name="Knee MRI")
    OfferingFactory(exam__name="Chest CT")
    html = client.get(offering.location.get_absolute_url()).content.decode()
    assert ("Knee MRI" in html, "Chest CT" in html) == (True, False)


def test_location_page_takes_the_same_queries_for_1_and_3_rows(client, django_assert_num_queries):
    location = OpenLocationFactory()
    now = timezone.now()
    for more in (1, 2):
        OfferingFactory.create_batch(more, location=location)
        for ahead in range(more):
            start = now + dt.timedelta(days=1 + ahead)
            ClosureFactory(location=location, starts_at=start, ends_at=start + dt.timedelta(hours=1))
        with django_assert_num_queries(
            10
        ):  # location, hours and closures of today, scanners' twice, week, closures, notices, guidance, exams
            client.get(location.get_absolute_url())


def test_location_page_of_an_inactive_or_unknown_center_is_missing(client):
    inactive = LocationFactory(is_active=False)
    assert client.get(inactive.get_absolute_url()).status_code == 404
    assert client.get(f"{LIST}no-such-center/").status_code == 404


def test_public_pages_change_nothing(client):
    for url in (LIST, LocationFactory().get_absolute_url()):
        assert client.post(url).status_code == 405


def test_an_expired_form_says_how_to_go_on():
    user = Client(enforce_csrf_checks=True)
    response = user.post(reverse("admin:login"), {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "This page was open too long" in response.content.decode()


@pytest.mark.parametrize(
    ("hour", "takes", "said"),
    [
        (
            16,
            True,
            "Walk-in X-ray: the wait is <strong>about 15 to 25 minutes</strong> now.",
        ),
        (6, True, "Walk-in X-ray: with a doctor’s order and without a time, while we are open for X-ray."),
        (25, True, "Walk-in X-ray: we may not get to you before we close today."),
        (16, False, ""),
    ],
)
def test_the_page_says_how_long_a_walk_in_waits(client, time_machine, hour, takes, said):
    now = dt.datetime(2026, 12, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hour, minutes=-5 * (hour == 25))
    time_machine.move_to(now, tick=False)
    room = xray_center()
    room.location.takes_walk_in_xray = takes
    room.location.save()
    waiting(room, now)
    page = " ".join(client.get(f"/locations/{room.location.slug}/").content.decode().split())
    assert said in page
    assert ("Walk-in" in page) is takes
    assert "Ana" not in page
