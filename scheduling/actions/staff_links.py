"""How staff choose a password: by the link of an invitation, by the one for who forgot it, or signed in.

Lock order of accounts: the table of assignments (actions/staff_access.py), the person, their links.
"""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction

from locations.models import User
from scheduling.actions import audit, messages, staff_sessions
from scheduling.actions.limits import count_attempt
from scheduling.actions.staff import Limit
from scheduling.exceptions import TooManyTries
from scheduling.models import AuditEvent, Message, PasswordRequest, StaffLink
from scheduling.queries.staff import account_of
from scheduling.queries.staff_links import link_of_token, open_link_of
from scheduling.rules import codes
from scheduling.rules.actors import Actor

Event, Kind = AuditEvent.Event, StaffLink.Kind
PASSWORD_LINK_FOR = timedelta(hours=2)
NEWS_FOR = timedelta(days=1)  # after that it helps nobody any more
REQUEST_KEPT = timedelta(days=1)
ASKING = Limit(kind="password-asked", limit=10, window=timedelta(hours=1))  # of one address
MAILS = Limit(kind="password-mail", limit=5, window=timedelta(hours=1))  # to one person
AT_SIGN_IN = Actor.process("sign-in")


def make_link(*, user: User, kind: StaffLink.Kind, now: datetime) -> StaffLink:
    """The only one that is open. Call with the person's row locked."""
    withdraw_link(user=user, now=now)
    works_for = timedelta(days=settings.STAFF_INVITATION_DAYS) if kind == Kind.JOIN else PASSWORD_LINK_FOR
    return StaffLink.objects.create(
        user=user, kind=kind, key=codes.new_link_key(), made_at=now, ends_at=now + works_for
    )


def withdraw_link(*, user: User, now: datetime) -> bool:
    """Call with the person's row locked."""
    links = StaffLink.objects.filter(user=user, used_at=None, withdrawn_at=None)
    return bool(links.update(withdrawn_at=now))


def send_link(*, user: User, kind: StaffLink.Kind, now: datetime) -> None:
    link = make_link(user=user, kind=kind, now=now)
    mail = Message.Kind.STAFF_INVITED if kind == Kind.JOIN else Message.Kind.STAFF_PASSWORD
    messages.mail_account(user=user, kind=mail, useless_after=link.ends_at, now=now)


@transaction.atomic
def join(*, token: str, first_name: str, last_name: str, password: str, now: datetime) -> User:
    """The invitation is accepted. Raises NotFound when the link opens nothing any more."""
    user = _use_link(token, Kind.JOIN, now)
    user.first_name, user.last_name, user.is_invited = first_name, last_name, False
    user.set_password(password)
    user.save(update_fields=["first_name", "last_name", "is_invited", "password"])
    audit.record(event=Event.JOINED, subject=user, now=now, by=Actor.staff(user.pk))
    return user


@transaction.atomic
def choose_password(*, token: str, password: str, now: datetime) -> User:
    """Who forgot it. Raises NotFound when the link opens nothing any more."""
    user = _use_link(token, Kind.PASSWORD, now)
    _set_password(user, password, way="link", now=now)
    # Who has guessed at the old one waits no longer: there is a new one, and whoever reads the mail has it.
    AccessAttempt.objects.filter(username=account_of(user.email)).delete()
    return user


@transaction.atomic
def change_password(*, user: User, password: str, session_key: str, now: datetime) -> User:
    """By somebody who is signed in, and stays so in this session only."""
    locked = _lock(user.pk)
    withdraw_link(user=locked, now=now)
    _set_password(locked, password, way="signed in", but_key=session_key, now=now)
    return locked


@transaction.atomic
def ask_for_password(*, email: str, now: datetime) -> None:
    """The same for everybody: nothing is looked up."""
    PasswordRequest.objects.create(email=User.objects.normalize_email(email), created_at=now)


def answer_password_requests(*, now: datetime) -> int:
    """For the worker. Each request is looked up once, and what was typed is gone with it."""
    answered = 0
    while _answer_next(now):
        answered += 1
    return answered


@transaction.atomic
def _answer_next(now: datetime) -> bool:
    request = PasswordRequest.objects.select_for_update(skip_locked=True).order_by("pk").first()
    if request is None:
        return False
    if now - request.created_at < REQUEST_KEPT:
        _send_password_link(request.email, now)
    request.delete()
    return True


def _send_password_link(email: str, now: datetime) -> None:
    """A link that was just made is sent once more: who asks in somebody's name makes none of theirs useless.
    Who is invited and never came has the invitation."""
    user = User.objects.select_for_update(no_key=True).filter(email=email).first()
    audit.record(event=Event.PASSWORD_ASKED, subject=user or User(pk=0), now=now, by=AT_SIGN_IN)
    if user is None or not user.is_active or user.is_invited:
        return
    try:
        count_attempt(source=str(user.pk), now=now, **MAILS)
    except TooManyTries:
        return
    link = open_link_of(user)
    if link is None or link.ends_at - now < PASSWORD_LINK_FOR / 2:
        link = make_link(user=user, kind=Kind.PASSWORD, now=now)
    mail = Message.Kind.STAFF_PASSWORD
    messages.mail_account(user=user, kind=mail, useless_after=link.ends_at, now=now)


def _use_link(token: str, kind: StaffLink.Kind, now: datetime) -> User:
    """Looked up again under the lock: the other tab may have been faster, or the access taken away."""
    user = _lock(link_of_token(token, kind, now=now).user_id)
    link = link_of_token(token, kind, now=now)
    StaffLink.objects.filter(pk=link.pk).update(used_at=now)
    return user


def _lock(user_id: int) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def _set_password(user: User, password: str, *, way: str, but_key: str = "", now: datetime) -> None:
    by = Actor.staff(user.pk)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(event=Event.PASSWORD_CHANGED, subject=user, after={"way": way}, now=now, by=by)
    staff_sessions.end_sessions(user=user, but_key=but_key, now=now, by=by)
    kind = Message.Kind.PASSWORD_SET
    messages.mail_account(user=user, kind=kind, useless_after=now + NEWS_FOR, now=now)
