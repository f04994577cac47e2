"""Where somebody of the staff is signed in right now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from locations.models import User
from scheduling.rules.devices import Device, device_of

SEEN_EVERY = timedelta(minutes=1)  # what is written down of a session is that old at most


@dataclass(frozen=True, slots=True)
class OpenSession:
    pk: int
    device: Device
    signed_in_at: datetime
    seen_at: datetime
    is_this: bool


def open_sessions(user: User, *, this_key: str, now: datetime) -> list[OpenSession]:
    """This one first, then the last used. Who was away too long is signed out at the next click, so that
    session is open no more."""
    away = timedelta(seconds=settings.STAFF_IDLE_SECONDS) + SEEN_EVERY
    there = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows = UserSession.objects.filter(user=user, last_seen_at__gte=now - away, session_key__in=there)
    found = [
        OpenSession(
            row.pk,
            device_of(row.user_agent),
            row.created_at,
            row.last_seen_at,
            is_this=row.session_key == this_key,
        )
        for row in rows.order_by("-last_seen_at", "-pk")
    ]
    return sorted(found, key=lambda each: not each.is_this)


def count_open_sessions(user: User, *, now: datetime) -> int:
    return len(open_sessions(user, this_key="", now=now))
