"""When reminders leave. Plain policy: instants in UTC and the location's quiet hours in, instants out.

Two reminders beat one (clinical page, reminders): three days and one day before the start.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["reminder_72h", "reminder_24h"]

BEFORE_START: dict[Kind, timedelta] = {
    "reminder_72h": timedelta(hours=72),
    "reminder_24h": timedelta(hours=24),
}
# The first reminder is useless when the second is near.
FIRST_IS_USELESS = timedelta(hours=36)
# The patient has just read the confirmation (or the other reminder): a reminder tells nothing new.
LEAST_GAP = timedelta(hours=4)
# A reminder arrives this long before the preparation begins, so that "no food from 8:00" is in time.
BEFORE_PREPARATION = timedelta(hours=1)
_STEP = timedelta(minutes=15)
_STEPS_A_DAY = 96


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No messages from `start` until `end`, on the location's wall clock. Equal times: never quiet."""

    start: time
    end: time
    zone: ZoneInfo

    def cover(self, moment: datetime) -> bool:
        wall = moment.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def last_before(self, moment: datetime) -> datetime | None:
        """The moment itself, or the nearest quarter hour back from it that is not quiet."""
        return self._first_allowed(moment, -_STEP)

    def first_after(self, moment: datetime) -> datetime | None:
        """The moment itself, or the nearest quarter hour on from it that is not quiet."""
        return self._first_allowed(moment, _STEP)

    def _first_allowed(self, moment: datetime, step: timedelta) -> datetime | None:
        # Steps of real time, judged on the wall clock: right on both nights of a clock change.
        return next(
            (found for n in range(_STEPS_A_DAY + 5) if not self.cover(found := moment + n * step)), None
        )


@dataclass(frozen=True, slots=True)
class Reminder:
    kind: Kind
    due_at: datetime
    drop_after: datetime


def plan(*, starts_at: datetime, prepare_from: datetime, now: datetime, quiet: QuietHours) -> list[Reminder]:
    """The reminders of a visit whose confirmation leaves now.

    `prepare_from` is when the patient's preparation begins: fasting, else arriving.
    A reminder in quiet hours leaves earlier, never later; one whose time has passed, or that
    would come within LEAST_GAP of the confirmation or of the first reminder, is left out.
    """
    found: list[Reminder] = []
    said_last = now
    for kind, before in BEFORE_START.items():
        due_at = quiet.last_before(min(starts_at - before, prepare_from - BEFORE_PREPARATION))
        if due_at is None or due_at < said_last + LEAST_GAP:
            continue
        found.append(Reminder(kind, due_at, _drop_after(kind, starts_at, prepare_from)))
        said_last = due_at
    return found


def _drop_after(kind: Kind, starts_at: datetime, prepare_from: datetime) -> datetime:
    if kind == "reminder_72h":
        return min(prepare_from, starts_at - FIRST_IS_USELESS)
    return prepare_from
