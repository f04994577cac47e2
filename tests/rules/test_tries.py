import datetime as dt

import pytest

from scheduling.rules.tries import Fault, as_said, fault_of

NOW = dt.datetime(2026, 11, 30, 18, 7, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        (NOW - 2 * MINUTE, Fault.OVER),
        (NOW.replace(second=0), None),  # the minute that runs
        (NOW + DAY, None),
        (NOW + 2 * DAY, None),
        (NOW + 2 * DAY + MINUTE, Fault.AFTER_VISIT),
    ],
)
def test_a_time_to_call_again_is_ahead_and_before_the_patient_comes(at, fault):
    assert fault_of(at, now=NOW, before=NOW + 2 * DAY) is fault


def test_without_a_visit_to_come_it_may_be_two_months_off():
    for before in (None, NOW - DAY):
        assert fault_of(NOW + 60 * DAY, now=NOW, before=before) is None
        assert fault_of(NOW + 60 * DAY + MINUTE, now=NOW, before=before) is Fault.TOO_FAR


@pytest.mark.parametrize(("minute", "said"), [(59, 45), (45, 45), (20, 15)])
def test_a_proposal_is_on_the_quarter_of_an_hour(minute, said):
    at = NOW.replace(hour=20, minute=minute)
    assert as_said(at, now=NOW) == NOW.replace(hour=20, minute=said, second=0)


def test_a_proposal_in_this_quarter_stays_as_it_is():
    assert as_said(NOW.replace(minute=12), now=NOW) == NOW.replace(minute=12, second=0)
