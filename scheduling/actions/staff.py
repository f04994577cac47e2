"""What staff do at the door. Tries of a password are counted by django-axes (`AXES_` in the settings)."""

from datetime import datetime, timedelta
from typing import TypedDict

from locations.models import User
from scheduling.actions import audit
from scheduling.actions.limits import count_attempt, forget_attempts, may_try
from scheduling.models import AuditEvent
from scheduling.rules.actors import Actor


class Limit(TypedDict):
    kind: str
    limit: int
    window: timedelta


CODES = Limit(kind="second-factor", limit=5, window=timedelta(minutes=15))
# As long as a code of an app is accepted, with MFA_TOTP_TOLERANCE.
ONCE = Limit(kind="code-used", limit=1, window=timedelta(seconds=90))


def sign_in_failed(*, email: str, now: datetime) -> None:
    """What was typed is not kept: it may be a password in the wrong box."""
    known = User.objects.filter(email=User.objects.normalize_email(email)).first()
    audit.record(
        event=AuditEvent.Event.SIGN_IN_FAILED,
        subject=known or User(pk=0),  # 0: nobody has this email
        now=now,
        by=Actor.process("sign-in"),
    )


def signed_in(*, user: User, now: datetime) -> None:
    audit.record(event=AuditEvent.Event.SIGNED_IN, subject=user, now=now, by=Actor.staff(user.pk))


def count_code(*, user: User, now: datetime) -> None:
    """Before a second factor is looked at, so that parallel tries count too. Raises TooManyTries."""
    count_attempt(source=str(user.pk), now=now, **CODES)


def code_was_right(*, user: User) -> None:
    forget_attempts(kind=CODES["kind"], source=str(user.pk))


def use_code(*, user: User, code: str, now: datetime) -> None:
    """Of an app: it opens once, whatever process asks. Raises TooManyTries the second time."""
    count_attempt(source=f"{user.pk} {code}", now=now, **ONCE)


def is_unused(*, user: User, code: str, now: datetime) -> bool:
    return may_try(source=f"{user.pk} {code}", now=now, **ONCE)


def factor_changed(*, user: User, event: AuditEvent.Event, kind: str, now: datetime, by: Actor) -> None:
    """`kind`: of allauth's Authenticator."""
    audit.record(event=event, subject=user, after={"kind": kind}, now=now, by=by)


def lock(*, user: User) -> None:
    """In a transaction: changes of one account's way in go one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
