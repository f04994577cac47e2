from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.locations import LocationFactory, NoticeFactory
from tests.factories.scheduling import OfferingFactory

pytestmark = pytest.mark.django_db
AUSTIN = {"latitude": 30.27, "longitude": -97.74}


def names_of(response):
    return [center.name for center in response.context["centers"]]


def test_home_asks_for_a_scan_and_shows_centers_from_a_to_z(client):
    LocationFactory(name="North Park")
    LocationFactory(name="Elm Street")
    LocationFactory(name="Closed for good", is_active=False)

    response = client.get("/")

    assert response.status_code == 200
    assert names_of(response) == ["Elm Street", "North Park"]
    assert f'action="{reverse("portal:exams")}"' in response.text
    assert "See all centers" not in response.text


def test_home_links_to_all_centers_where_it_shows_only_some(client):
    LocationFactory.create_batch(7)

    response = client.get("/")

    assert len(names_of(response)) == 6
    assert f'href="{reverse("locations:list")}">See all centers' in response.text


def test_place_shows_the_three_nearest_with_their_distance(client):
    LocationFactory(name="Far", latitude=32.78, longitude=-96.8)
    LocationFactory(name="Third", latitude=30.5, longitude=-97.74)
    LocationFactory(name="First", **AUSTIN)
    LocationFactory(name="Second", latitude=30.35, longitude=-97.74)

    response = client.get("/", {"near": "78701"})

    assert names_of(response) == ["First", "Second", "Third"]
    assert response.context["place"].name == "Austin, TX 78701"
    assert "miles" in response.text


def test_position_of_the_browser_shows_the_nearest(client):
    LocationFactory(name="Far", latitude=32.78, longitude=-96.8)
    LocationFactory(name="Second", latitude=30.35, longitude=-97.74)
    LocationFactory(name="First", **AUSTIN)

    assert names_of(client.get("/", {"lat": "30.27", "lon": "-97.74"})) == ["First", "Second"]


def test_farther_than_fifty_miles_only_the_nearest_is_shown_and_said_to_be_far(client):
    LocationFactory(name="Far", latitude=32.78, longitude=-96.8)
    LocationFactory(name="Farther", latitude=40, longitude=-96.8)

    response = client.get("/", {"near": "78701"})

    assert names_of(response) == ["Far"]
    assert "No center is within 50 miles. This one is the nearest." in response.text
    assert "See all centers" in response.text


@pytest.mark.parametrize(
    "query", [{"lat": "x", "lon": "1"}, {"lat": "91", "lon": "0"}, {"lat": "nan", "lon": "0"}]
)
def test_position_off_the_globe_is_ignored(client, query):
    LocationFactory(name="First")

    assert names_of(client.get("/", query)) == ["First"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a ZIP code or city"),
        ("00000", "We don’t know that place. Try a 5-digit ZIP code"),
        ("Nowhereville", "We don’t know that place. Try a 5-digit ZIP code"),
        ("\x00", "We don’t know that place. Try a 5-digit ZIP code"),
        ("7" * 5000, "We don’t know that place. Try a 5-digit ZIP code"),
    ],
)
def test_unknown_place_is_said_and_shows_all_centers(client, typed, words):
    LocationFactory(name="North Park")

    response = client.get("/", {"near": typed})

    assert response.status_code == 422
    assert words in response.text
    assert "<title>Error: " in response.text
    assert names_of(response) == ["North Park"]


def test_home_without_centers_shows_the_phone(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "No center is open to bookings at the moment" in response.text
    assert "800-555-0142" in response.text


def test_prices_are_from_and_examples_are_named(client):
    OfferingFactory(price=Decimal(420), price_is_example=True)
    OfferingFactory(price=Decimal("61.50"), exam__modality="XR")

    page = client.get("/").text

    assert "from $420</dd>" in page
    assert page.count("Example prices are not real.") == 1
    assert "from $61.50</dd>" in page
    assert "your cost" not in page.lower()


def test_home_without_prices_says_nothing_of_them(client):
    OfferingFactory(price=None)

    assert "If you pay yourself" not in client.get("/").text


def test_current_notices_stand_on_home(client):
    now = timezone.now()
    NoticeFactory(shown_from=now - timedelta(days=1), shown_until=now + timedelta(days=1))
    NoticeFactory(
        text_en="Old news.", shown_from=now - timedelta(days=2), shown_until=now - timedelta(days=1)
    )

    page = client.get("/").text

    assert "Please wear a mask." in page
    assert "Old news." not in page


@pytest.mark.parametrize("count", [1, 3])
def test_home_has_a_fixed_number_of_queries(client, django_assert_num_queries, count):
    OfferingFactory.create_batch(count, price=Decimal(100))

    client.get("/", {"near": "78701"})  # from then on the place is in the session

    with django_assert_num_queries(8):
        client.get("/", {"near": "78701"})


def test_home_keeps_nothing_and_takes_no_post(client):
    LocationFactory()

    assert client.post("/").status_code == 405
    assert not client.get("/").cookies
