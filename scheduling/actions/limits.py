"""Rate limits, counted in PostgreSQL so that they hold with Redis down and across machines."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, Min, OuterRef
from django.utils.crypto import salted_hmac

from scheduling.exceptions import TooManyTries
from scheduling.models import Appointment, Attempts, Draft, Origin, Task, WaitlistEntry

ORIGINS_KEPT = timedelta(days=7)  # long enough to see and undo a burst

_COUNT = """
    INSERT INTO scheduling_attempts AS a (key, window_ends_at, count) VALUES (%(key)s, %(ends)s, %(times)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN a.window_ends_at <= %(now)s THEN %(times)s ELSE a.count + %(times)s END,
        window_ends_at = CASE WHEN a.window_ends_at <= %(now)s THEN %(ends)s ELSE a.window_ends_at END
    RETURNING count, window_ends_at
"""


class Tries(NamedTuple):
    left: int
    window: timedelta  # what is left of it: who has no try left waits that long


def count_attempt(
    *, kind: str, source: str, limit: int, window: timedelta, times: int = 1, now: datetime
) -> Tries:
    """What is left after this one. Raises TooManyTries on try number `limit` + 1 inside the window, which
    opens with the first try. `times`: what costs as much as several, such as several files.

    The counter's row is locked until the transaction ends: count before any other lock, best in a
    transaction of its own. What is counted stays counted, whatever comes of the try.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(kind, source), "ends": now + window, "now": now, "times": times})
        count, window_ends_at = cursor.fetchone()
    if count > limit:
        raise TooManyTries(window_ends_at - now)
    return Tries(limit - int(count), window_ends_at - now)


def may_try(*, kind: str, source: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Whether one more try would be let through. Counts nothing and locks nothing."""
    used = Attempts.objects.filter(key=_key(kind, source), window_ends_at__gt=now, count__gte=limit)
    return not used.exists()


def count_live_hold(
    *, draft: Draft, location_id: int, source: str, here: int, everywhere: int, now: datetime
) -> None:
    """Before a time is held, in the same transaction. Raises TooManyTries if `here` other visitors of this
    source hold a time at the location right now, or `everywhere` at all of them: a hold costs nothing, so it
    must not be had without end.

    Holds of one source wait for each other here, before any other lock, so that all are counted.
    """
    key = _key("live-hold", source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    held = Appointment.objects.filter(
        draft__address_key=key, status=Appointment.Status.HELD, held_until__gt=now
    ).exclude(draft__visitor=draft.visitor)  # one of their own is freed by the new one
    for holds, limit in ((held.filter(scanner__location_id=location_id), here), (held, everywhere)):
        if holds.count() >= limit:
            raise TooManyTries(holds.aggregate(first=Min("held_until"))["first"] - now)
    Draft.objects.filter(pk=draft.pk).update(address_key=key)


def forget_addresses(*, now: datetime) -> int:
    """Of drafts that hold no time any more."""
    holds = Appointment.objects.filter(
        draft=OuterRef("pk"), status=Appointment.Status.HELD, held_until__gt=now
    )
    return Draft.objects.exclude(address_key="").filter(~Exists(holds)).update(address_key="")


def note_origin(
    *,
    visit: Appointment | None = None,
    task: Task | None = None,
    entry: WaitlistEntry | None = None,
    address: str,
    now: datetime,
) -> None:
    """Of one of them; the first time counts. `address`: rules.addresses.source_of the browser; empty for what
    the desk does itself."""
    if address:
        Origin.objects.get_or_create(
            appointment=visit,
            task=task,
            waitlist_entry=entry,
            defaults={"key": _key("booking.source", address), "came_at": now},
        )


def forget_origins(*, now: datetime) -> int:
    return Origin.objects.filter(came_at__lt=now - ORIGINS_KEPT).delete()[0]


def forget_attempts(*, kind: str, source: str) -> None:
    """After a success: a patient who mistyped twice starts afresh."""
    Attempts.objects.filter(key=_key(kind, source)).delete()


def purge_attempts(*, now: datetime) -> int:
    return Attempts.objects.filter(window_ends_at__lte=now).delete()[0]


def _key(kind: str, source: str) -> str:
    return salted_hmac(f"attempts.{kind}", source, algorithm="sha256").hexdigest()
