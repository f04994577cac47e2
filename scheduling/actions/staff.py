"""What staff do at the door. Limits on tries are in actions/limits.py."""

from datetime import datetime, timedelta

from locations.models import User
from scheduling.actions import audit
from scheduling.actions.limits import count_attempt, forget_attempts
from scheduling.models import AuditEvent
from scheduling.rules.actors import Actor

SIGN_IN_TRIES = 5
SIGN_IN_WINDOW = timedelta(minutes=15)


def count_sign_in(*, email: str, address: str, now: datetime) -> None:
    """Before the password is looked at, so that parallel tries count too. Raises TooManyTries."""
    for kind, source in _counted(email, address):
        count_attempt(kind=kind, source=source, limit=SIGN_IN_TRIES, window=SIGN_IN_WINDOW, now=now)


def sign_in_failed(*, email: str, now: datetime) -> None:
    """What was typed is not kept: it may be a password in the wrong box."""
    known = User.objects.filter(email=User.objects.normalize_email(email)).first()
    audit.record(
        event=AuditEvent.Event.SIGN_IN_FAILED,
        subject=known or User(pk=0),  # 0: nobody has this email
        now=now,
        by=Actor.process("sign-in"),
    )


def signed_in(*, user: User, address: str, now: datetime) -> None:
    for kind, source in _counted(user.email, address):
        forget_attempts(kind=kind, source=source)
    audit.record(event=AuditEvent.Event.SIGNED_IN, subject=user, now=now, by=Actor.staff(user.pk))


def _counted(email: str, address: str) -> list[tuple[str, str]]:
    account = User.objects.normalize_email(email)
    return [("sign-in.account", account), ("sign-in.address", address)]
