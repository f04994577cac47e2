"""Links to visits: they can be neither guessed nor made from one another, and tell nothing."""

import base64
import datetime as dt
import itertools

import pytest
from django.urls import reverse

from scheduling.exceptions import NotFound
from scheduling.queries.access import visit_of_token, visit_token
from tests.factories.journey import NINE_FORTY, NOW
from tests.factories.scheduling import AppointmentFactory

pytestmark = pytest.mark.django_db
BITS = 128


def visits(count: int) -> list:
    first = AppointmentFactory()
    later = [NINE_FORTY + number * dt.timedelta(hours=2) for number in range(1, count)]
    return [
        first,
        *(AppointmentFactory(scanner=first.scanner, exam=first.exam, starts_at=at) for at in later),
    ]


def test_a_link_opens_its_visit_and_can_be_made_again():
    one, other = visits(2)

    assert visit_of_token(visit_token(one), now=NOW) == one
    assert visit_of_token(visit_token(other), now=NOW) == other
    assert visit_token(one) == visit_token(one)


def test_links_of_visits_in_a_row_have_nothing_in_common():
    keys = [base64.urlsafe_b64decode(visit_token(visit).partition(".")[0] + "==") for visit in visits(10)]
    apart = [
        (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()
        for one, other in itertools.combinations(keys, 2)
    ]

    assert {len(key) * 8 for key in keys} == {BITS}
    assert min(apart) > 24  # half of the bits differ; by chance fewer than 25 do once in 10^12 pairs


def test_the_signature_of_another_visit_does_not_open_this_one():
    one, other = visits(2)

    with pytest.raises(NotFound):
        visit_of_token(f"{one.link_key}.{visit_token(other).partition('.')[2]}", now=NOW)


def test_the_stored_key_opens_nothing_by_itself():
    (visit,) = visits(1)

    for token in (visit.link_key, f"{visit.link_key}.", str(visit.pk), visit.code):
        with pytest.raises(NotFound):
            visit_of_token(token, now=NOW)


def test_links_of_an_old_secret_key_open_while_it_is_a_fallback(client, settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    link = reverse("portal:visit", args=[visit_token(*visits(1))])

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "k" * 50, [settings.SECRET_KEY]
    assert client.get(link).status_code == 200

    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(link).status_code == 404
