import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduling.rules.invitations import follow_up

AUSTIN = ZoneInfo("America/Chicago")


def steps(day, *, is_urgent=False, hour=9):
    plan = follow_up(
        invited_at=dt.datetime.combine(day, dt.time(hour), AUSTIN), zone=AUSTIN, is_urgent=is_urgent
    )
    moments = [*(each.due_at for each in plan.reminders), plan.call_at]
    assert [each.drop_after for each in plan.reminders] == moments[1:]
    assert [each.number for each in plan.reminders] == list(range(1, len(moments)))
    assert plan.first_at == moments[0]
    return [f"{at.astimezone(AUSTIN):%a %b %-d %-H:%M}" for at in moments]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (dt.date(2026, 12, 1), ["Thu Dec 3 10:00", "Tue Dec 8 10:00", "Thu Dec 10 10:00"]),
        # Over a weekend, Christmas (a Friday) and the end of the summer time.
        (dt.date(2026, 12, 23), ["Mon Dec 28 10:00", "Thu Dec 31 10:00", "Tue Jan 5 10:00"]),
        (dt.date(2026, 10, 30), ["Tue Nov 3 10:00", "Fri Nov 6 10:00", "Tue Nov 10 10:00"]),
    ],
)
def test_two_reminders_and_a_call_in_business_days(day, found):
    assert steps(day) == found
    assert steps(day, hour=23) == found  # by the location's calendar


def test_what_is_urgent_is_asked_once_more_and_called():
    assert steps(dt.date(2026, 12, 4), is_urgent=True) == ["Mon Dec 7 10:00", "Tue Dec 8 10:00"]
