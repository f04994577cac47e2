"""A release is for some scanners until some day: a visit that leaves them is looked at again."""

from datetime import datetime

from django.utils.translation import gettext_noop

from scheduling.actions import tasks
from scheduling.models import Appointment, Release, Task
from scheduling.queries.reviews import last_release
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import local_day
from scheduling.rules.releases import covers

# Stored in English, translated where staff read it.
REASON_OTHER_EXAM = gettext_noop("The exam was corrected to the order: what was released was another one")
REASON_OUTSIDE = gettext_noop("The visit moved outside what was released: look at it again")


def follow_move(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction, after the row has its new time and place."""
    release = last_release(appointment)
    if release is None:
        return
    still_covered = covers(
        scanner_ids=[scanner.pk for scanner in release.scanners.all()],
        expires_on=release.expires_on,
        scanner_id=appointment.scanner_id,
        day=local_day(appointment.starts_at, appointment.zone),
    )
    if not still_covered:
        _look_again(appointment, release, REASON_OUTSIDE, now=now, by=by)


def follow_exam(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction, after the row has another exam."""
    release = last_release(appointment)
    if release is not None:
        _look_again(appointment, release, REASON_OTHER_EXAM, now=now, by=by)


def _look_again(visit: Appointment, release: Release, reason: str, *, now: datetime, by: Actor) -> None:
    tasks.open_task(
        kind=Task.Kind.REVIEW,
        location=visit.location,
        appointment=visit,
        reason=reason,
        for_radiologist=release.task.for_radiologist,
        now=now,
        by=by,
    )
