"""When an invitation to book that nobody answers is followed up. Plain policy, in business days of the
location: a weekend is no silence.

Sooner than two days a reminder finds people who were about to answer. After a week, those had time who needed
to ask at home or at work. Then a person calls: three mails were enough, and a doctor waits for the pictures.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from scheduling.rules.business_days import business_days_after
from scheduling.rules.opening_hours import local_day, wall_instant

REMIND_AFTER: tuple[int, ...] = (2, 5)
CALL_AFTER = 7
# The doctor wants it soon: one reminder, and the call on the day after.
REMIND_AFTER_IF_URGENT: tuple[int, ...] = (1,)
CALL_AFTER_IF_URGENT = 2
# In the middle of the morning, when mail is read and the center answers the phone.
MINUTE_OF_DAY = 10 * 60


@dataclass(frozen=True, slots=True)
class Reminder:
    number: int  # from 1
    due_at: datetime
    drop_after: datetime  # when the next step is due


@dataclass(frozen=True, slots=True)
class FollowUp:
    reminders: tuple[Reminder, ...]
    call_at: datetime

    @property
    def first_at(self) -> datetime:
        """When the invitation itself is too late to send."""
        return self.reminders[0].due_at


def follow_up(*, invited_at: datetime, zone: ZoneInfo, is_urgent: bool) -> FollowUp:
    remind, call = REMIND_AFTER, CALL_AFTER
    if is_urgent:
        remind, call = REMIND_AFTER_IF_URGENT, CALL_AFTER_IF_URGENT
    day = local_day(invited_at, zone)
    steps = [wall_instant(business_days_after(day, count), MINUTE_OF_DAY, zone) for count in (*remind, call)]
    reminders = tuple(
        Reminder(number, due_at, following)
        for number, (due_at, following) in enumerate(pairwise(steps), start=1)
    )
    return FollowUp(reminders, steps[-1])
