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


@pytest.mark.parametrize(
    ("seconds", "minutes", "words"),
    [(0.2, 1, "1 minute,"), (60, 1, "1 minute,"), (61, 2, "2 minutes,"), (900, 15, "15 minutes,")],
)
def test_the_wait_is_told_in_minutes_rounded_up(seconds, minutes, words):
    refusal = TooManyTries(dt.timedelta(seconds=seconds))

    assert refusal.minutes == minutes
    assert words in str(refusal)
