import datetime as dt

import pytest

from scheduling.actions.limits import count_attempt, forget_attempts, purge_attempts
from scheduling.exceptions import TooManyTries
from scheduling.models import Attempts
from tests.factories.journey import NOW

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def attempt(source="a", now=NOW):
    count_attempt(kind="test", source=source, limit=3, window=15 * MINUTE, now=now)


def test_the_fourth_try_inside_the_window_is_refused_and_counts_for_its_source_only():
    for _ in range(3):
        attempt()

    with pytest.raises(TooManyTries) as refusal:
        attempt(now=NOW + 15 * MINUTE - dt.timedelta(seconds=1))
    assert refusal.value.seconds == 1
    attempt(source="b")
    attempt(now=NOW + 15 * MINUTE)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (dt.timedelta(milliseconds=1), "1 minute"),
        (61 * dt.timedelta(seconds=1), "2 minutes"),
        (90 * MINUTE, "90 minutes"),
        (91 * MINUTE, "2 hours"),
        (24 * 60 * MINUTE, "24 hours"),
    ],
)
def test_the_wait_is_said_as_people_say_it_and_never_too_short(wait, words):
    refusal = TooManyTries(wait)
    assert refusal.how_long == words
    assert f"Please wait {words}, or call us" in str(refusal)


def test_a_success_starts_afresh():
    for _ in range(3):
        attempt()
    forget_attempts(kind="test", source="a")

    attempt()

    assert Attempts.objects.get().count == 1


def test_purging_takes_windows_that_have_ended():
    attempt(source="old")
    attempt(source="new", now=NOW + MINUTE)

    assert purge_attempts(now=NOW + 15 * MINUTE) == 1
    assert Attempts.objects.count() == 1
