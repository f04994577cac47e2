import datetime as dt

import pytest
from django.utils import timezone

from locations.context_processors import site, spoken_phone
from locations.models import Notice


def test_every_page_knows_the_names_and_the_phone(rf, settings):
    settings.BRAND_NAME, settings.NEUTRAL_NAME, settings.DEMO = "Lakeside MRI", "Lakeside", True
    settings.HELP_PHONE = "+18005550142"
    known = site(rf.get("/"))
    known.pop("notices")  # read from the database when a page shows them, not before
    assert known == {
        "brand_name": "Lakeside MRI",
        "neutral_name": "Lakeside",
        "help_phone": "800-555-0142",
        "help_phone_link": "tel:+18005550142",
        "demo": True,
    }


@pytest.mark.django_db
def test_pages_show_the_notices_of_now(rf):
    now = timezone.now()
    hour = dt.timedelta(hours=1)
    shown = Notice.objects.create(
        text_en="Ice", text_es="Hielo", shown_from=now - hour, shown_until=now + hour
    )
    Notice.objects.create(text_en="Old", text_es="Viejo", shown_from=now - 2 * hour, shown_until=now - hour)
    assert list(site(rf.get("/"))["notices"]) == [shown]


@pytest.mark.parametrize(
    ("e164", "spoken"), [("+18005550142", "800-555-0142"), ("+442079460000", "+44 20 7946 0000")]
)
def test_phones_are_written_as_people_say_them(e164, spoken):
    assert spoken_phone(e164) == spoken
