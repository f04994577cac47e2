import datetime as dt

import pytest
from django.utils import timezone

from locations.models import OpeningHours
from tests.factories.locations import ClosureFactory, LocationFactory, NoticeFactory, OpenLocationFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

LONG_NAME = "Alliance MRI Alamo Heights and Northeast San Antonio"


@pytest.fixture
def centers():
    now = timezone.now()
    riverside = OpenLocationFactory(
        name="Alliance MRI Riverside",
        slug="riverside",
        email="riverside@alliance.example",
        directions_en="Bus 7 and 20 stop in front.",
        parking_en="Free parking behind the building.",
        entrance_en="Door B. There is a ramp.",
    )
    OpeningHours.objects.filter(location=riverside, weekday=4).update(closes=1080)
    OpeningHours.objects.create(location=riverside, weekday=4, opens=1200, closes=1440)
    ClosureFactory(
        location=riverside, starts_at=now + dt.timedelta(days=2), ends_at=now + dt.timedelta(days=3)
    )
    LocationFactory(name=LONG_NAME, slug="alamo", latitude=29.4241, longitude=-98.4936)
    NoticeFactory(shown_from=now, shown_until=now + dt.timedelta(days=1))


def test_an_unknown_place_takes_the_focus_to_the_problem(live_server, browser_page, centers):
    page = browser_page
    page.goto(f"{live_server.url}/locations/")
    page.get_by_label("ZIP code or city").fill("nowhere")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?near=nowhere")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.get_by_role("link", name="We don’t know that place. Try a 5-digit ZIP code").click()
    assert page.evaluate("document.activeElement.id") == "id_near"


def test_my_location_is_rounded_before_it_leaves(live_server, make_page, centers):
    page = make_page(geolocation={"latitude": 30.24567, "longitude": -97.76543}, permissions=["geolocation"])
    page.goto(f"{live_server.url}/locations/")
    page.get_by_role("button", name="Use my location").click()
    page.wait_for_url("**lat=*")
    assert page.url == f"{live_server.url}/locations/?lat=30.25&lon=-97.77"
    assert page.get_by_role("heading", level=1).inner_text() == "Centers near you"
    assert page.locator(".row-name").all_inner_texts() == ["Alliance MRI Riverside", LONG_NAME]


def test_my_location_says_when_it_was_refused(live_server, make_page, centers):
    page = make_page(permissions=[])
    page.goto(f"{live_server.url}/locations/")
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("We could not find where you are. Type a ZIP code or city.").wait_for()
    assert page.url == f"{live_server.url}/locations/"


def test_without_javascript_the_zip_code_is_enough(live_server, make_page, centers):
    page = make_page(java_script_enabled=False)
    page.goto(f"{live_server.url}/locations/")
    assert not page.get_by_role("button", name="Use my location").is_visible()
    page.get_by_label("ZIP code or city").fill("San Antonio, TX")
    page.get_by_role("button", name="Show the nearest").click()
    assert page.locator(".row-name").all_inner_texts() == [LONG_NAME, "Alliance MRI Riverside"]
