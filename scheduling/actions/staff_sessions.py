"""Sessions of staff: which there are, and ending them. Rows are of allauth.usersessions; a session without
one, such as a patient's, is nobody's."""

from datetime import datetime, timedelta
from ipaddress import ip_address

from allauth.usersessions.models import UserSession

from locations.models import User
from scheduling.actions import audit
from scheduling.models import AuditEvent
from scheduling.rules.actors import Actor

_LONGEST_AGENT = 200
_NO_ADDRESS = "::"


def note_seen(*, user: User, session_key: str, address: str, agent: str, now: datetime) -> None:
    """Once a minute at most, so that a page costs no write."""
    seen = {"user": user, "last_seen_at": now}
    first = {**seen, "created_at": now, "ip": _as_ip(address), "user_agent": agent[:_LONGEST_AGENT]}
    UserSession.objects.update_or_create(session_key=session_key, defaults=seen, create_defaults=first)


def _as_ip(address: str) -> str:
    """Behind a socket there is none, and the column wants one."""
    try:
        return str(ip_address(address))
    except ValueError:
        return _NO_ADDRESS


def end_sessions(*, user: User, but_key: str = "", now: datetime, by: Actor) -> int:
    """All, or all but the one with that key: each stops at its next click."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=but_key):
        session.end()
        ended += 1
    if ended:
        _note(user, ended, now=now, by=by)
    return ended


def end_session(*, user: User, session_id: int, now: datetime, by: Actor) -> bool:
    """One of their own; False when it is gone already."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        return False
    session.end()
    _note(user, 1, now=now, by=by)
    return True


def follow_new_key(*, user: User, old: str, new: str) -> None:
    """The session got another key, as it does when its password changes."""
    UserSession.objects.filter(user=user, session_key=old).update(session_key=new)


def forget_old_sessions(*, kept: timedelta, now: datetime) -> int:
    count: int = UserSession.objects.filter(last_seen_at__lt=now - kept).delete()[0]
    return count


def _note(user: User, ended: int, *, now: datetime, by: Actor) -> None:
    event = AuditEvent.Event.SESSIONS_ENDED
    audit.record(event=event, subject=user, before={"open": ended}, now=now, by=by)
