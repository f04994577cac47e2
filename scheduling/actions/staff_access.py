"""Who works here: administrators invite, give roles and take them away. Whatever is done is checked under one
lock, so that two of them can't remove each other and leave nobody."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from locations.models import Assignment, Location, User
from scheduling.actions import audit, messages, staff_sessions
from scheduling.actions.staff_links import NEWS_FOR, make_link, send_link, withdraw_link
from scheduling.exceptions import AccessTaken, EmailTaken, LastAdministrator, NotFound, OwnAccess
from scheduling.models import AuditEvent, Message, StaffLink
from scheduling.queries.staff_admin import ADMINISTRATOR, ALL, Scope, administrators, scope_of
from scheduling.rules.actors import Actor

Event = AuditEvent.Event
Place = Location | None  # None: every location
_LOCK = "LOCK TABLE locations_assignment IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True)
class Invited:
    """`added`: how many roles they did not have before. Who is here already gets no other account."""

    person: User
    is_new: bool
    added: int


@transaction.atomic
def invite(*, email: str, role: str, places: Iterable[Place], now: datetime, by: Actor) -> Invited:
    """Somebody new gets a mail with a link. Raises AccessTaken; NotFound for a place that is not theirs."""
    scope, places = _begin(by), list(places)
    _own_places(scope, places)
    email = User.objects.normalize_email(email)
    person = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if person is not None and not person.is_active:
        raise AccessTaken
    is_new = person is None
    if person is None:
        person = User.objects.create_user(email, is_invited=True)
        audit.record(event=Event.INVITED, subject=person, after={"email": email}, now=now, by=by)
        send_link(user=person, kind=StaffLink.Kind.JOIN, now=now)
    return Invited(person, is_new, _give(person, role, places, now=now, by=by))


@transaction.atomic
def add_roles(*, person_id: int, role: str, places: Iterable[Place], now: datetime, by: Actor) -> int:
    """How many they did not have before. Raises NotFound."""
    scope, places = _begin(by), list(places)
    person = _person(scope, person_id)
    _own_places(scope, places)
    return _give(person, role, places, now=now, by=by)


@transaction.atomic
def remove_role(*, person_id: int, assignment_id: int, now: datetime, by: Actor) -> None:
    """Ends all sessions of the person. Raises NotFound, OwnAccess, LastAdministrator."""
    scope = _begin(by)
    person = _person(scope, person_id)
    held = person.assignments.filter(pk=assignment_id).first()
    if held is None or not scope.has(held.location_id):
        raise NotFound
    if _is_own(person, by) and not _own_other(held):
        raise OwnAccess
    before = _roles(person)
    _keep_administrator(held.delete)
    _note_roles(person, before, now=now, by=by)
    staff_sessions.end_sessions(user=person, now=now, by=by)


@transaction.atomic
def change_account(
    *, person_id: int, email: str, first_name: str, last_name: str, now: datetime, by: Actor
) -> bool:
    """False when nothing differs. Who is invited gets the invitation at the new address; else the old one
    hears of it. Raises NotFound, EmailTaken."""
    person = _person(_begin(by), person_id, whole=True)
    email = User.objects.normalize_email(email)
    wanted = {"email": email, "first_name": first_name, "last_name": last_name}
    before = {name: getattr(person, name) for name, value in wanted.items() if getattr(person, name) != value}
    if not before:
        return False
    if User.objects.filter(email=email).exclude(pk=person.pk).exists():
        raise EmailTaken
    for name, value in wanted.items():
        setattr(person, name, value)
    person.save(update_fields=list(before))
    after = {name: wanted[name] for name in before}
    audit.record(event=Event.ACCOUNT_CHANGED, subject=person, before=before, after=after, now=now, by=by)
    if "email" in before:
        _follow_email(person, before["email"], now)
    return True


@transaction.atomic
def invite_again(*, person_id: int, now: datetime, by: Actor) -> None:
    """A new link; the old one opens nothing any more. Raises NotFound, also for who has joined."""
    person = _person(_begin(by), person_id, whole=True)
    if not person.is_invited or not person.is_active:
        raise NotFound
    send_link(user=person, kind=StaffLink.Kind.JOIN, now=now)
    audit.record(event=Event.INVITED, subject=person, after={"again": True}, now=now, by=by)


@transaction.atomic
def end_access(*, person_id: int, now: datetime, by: Actor) -> None:
    """At once: their next click signs them out. Roles and second factor are kept, so that it can be given
    back. Raises NotFound, OwnAccess, LastAdministrator."""
    person = _person(_begin(by), person_id, whole=True)
    if _is_own(person, by):
        raise OwnAccess
    if not person.is_active:
        return
    _keep_administrator(lambda: _set_active(person, is_active=False))
    withdrawn = withdraw_link(user=person, now=now)
    event = Event.INVITATION_WITHDRAWN if person.is_invited else Event.ACCESS_ENDED
    audit.record(event=event, subject=person, before={"link": withdrawn}, now=now, by=by)
    staff_sessions.end_sessions(user=person, now=now, by=by)


@transaction.atomic
def give_access(*, person_id: int, now: datetime, by: Actor) -> None:
    """As it was; who had not joined is invited again. Raises NotFound."""
    person = _person(_begin(by), person_id, whole=True)
    if person.is_active:
        return
    _set_active(person, is_active=True)
    audit.record(event=Event.ACCESS_GIVEN, subject=person, after={"roles": _roles(person)}, now=now, by=by)
    if person.is_invited:
        send_link(user=person, kind=StaffLink.Kind.JOIN, now=now)


@transaction.atomic
def reset_factor(*, person_id: int, now: datetime, by: Actor) -> None:
    """It was lost: the next sign-in sets up another. They are told, as it may not have been them who said so.
    Raises NotFound, OwnAccess."""
    person = _person(_begin(by), person_id, whole=True)
    if _is_own(person, by):
        raise OwnAccess
    _forget_factors(person, now=now, by=by)
    kind = Message.Kind.FACTOR_RESET
    messages.mail_account(user=person, kind=kind, useless_after=now + NEWS_FOR, now=now)


@transaction.atomic
def make_administrator(*, email: str, factor_lost: bool = False, now: datetime, by: Actor) -> StaffLink:
    """Of all locations, whoever has the email, with a link to choose a password. For who has the server."""
    _begin(by)
    email = User.objects.normalize_email(email)
    person = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if person is None:
        person = User.objects.create_user(email, is_invited=True)
    if not person.is_active:
        _set_active(person, is_active=True)
        audit.record(event=Event.ACCESS_GIVEN, subject=person, now=now, by=by)
    _give(person, ADMINISTRATOR, [None], now=now, by=by)
    if factor_lost:
        _forget_factors(person, now=now, by=by)
    kind = StaffLink.Kind.JOIN if person.is_invited else StaffLink.Kind.PASSWORD
    event = Event.INVITED if person.is_invited else Event.PASSWORD_ASKED
    audit.record(event=event, subject=person, after={"email": email}, now=now, by=by)
    return make_link(user=person, kind=kind, now=now)


def _begin(by: Actor) -> Scope:
    """The lock, and what the actor may do now that nobody else is changing it. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    if by.kind == "process":
        return ALL
    doer = User.objects.filter(pk=int(by.name)).first()
    scope = scope_of(doer) if doer else None
    if not scope:
        raise NotFound
    return scope


def _person(scope: Scope, person_id: int, *, whole: bool = False) -> User:
    """Locked. `whole`: the account itself, not only a role. Raises NotFound."""
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    held = list(person.assignments.all()) if person else []
    if person is None or not (scope.everywhere or any(scope.has(each.location_id) for each in held)):
        raise NotFound
    if whole and not scope.owns(person, held):
        raise NotFound
    return person


def _own_places(scope: Scope, places: list[Place]) -> None:
    if not places or not all(scope.has(place.pk if place else None) for place in places):
        raise NotFound


def _is_own(person: User, by: Actor) -> bool:
    return by == Actor.staff(person.pk)


def _own_other(held: Assignment) -> bool:
    """Whether it is no role of an administrator, or one of several."""
    own = Assignment.objects.filter(user_id=held.user_id, role=ADMINISTRATOR)
    return held.role != ADMINISTRATOR or own.exclude(pk=held.pk).exists()


def _keep_administrator(change: Callable[[], object]) -> None:
    """If somebody is administrator of all locations, somebody is afterwards; else of any. Raises
    LastAdministrator, which undoes the change with its transaction."""
    had_all, had_any = administrators().filter(location=None).exists(), administrators().exists()
    change()
    if had_all and not administrators().filter(location=None).exists():
        raise LastAdministrator
    if had_any and not administrators().exists():
        raise LastAdministrator


def _give(person: User, role: str, places: Iterable[Place], *, now: datetime, by: Actor) -> int:
    before = _roles(person)
    for place in places:
        Assignment.objects.get_or_create(user=person, role=role, location=place)
    added = len(_roles(person)) - len(before)
    if added:
        _note_roles(person, before, now=now, by=by)
    return added


def _roles(person: User) -> list[list[Any]]:
    """As the audit keeps them: role and location, or none for every one."""
    held = Assignment.objects.filter(user=person).order_by("role", "location_id")
    return [list(pair) for pair in held.values_list("role", "location_id")]


def _note_roles(person: User, before: list[list[Any]], *, now: datetime, by: Actor) -> None:
    audit.record(
        event=Event.ROLES_CHANGED,
        subject=person,
        before={"roles": before},
        after={"roles": _roles(person)},
        now=now,
        by=by,
    )


def _set_active(person: User, *, is_active: bool) -> None:
    person.is_active = is_active
    person.save(update_fields=["is_active"])


def _follow_email(person: User, old: str, now: datetime) -> None:
    withdraw_link(user=person, now=now)
    if person.is_invited and person.is_active:
        send_link(user=person, kind=StaffLink.Kind.JOIN, now=now)
    elif not person.is_invited:
        kind = Message.Kind.EMAIL_CHANGED
        messages.mail_account(user=person, kind=kind, to_email=old, useless_after=now + NEWS_FOR, now=now)


def _forget_factors(person: User, *, now: datetime, by: Actor) -> None:
    kinds = sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    Authenticator.objects.filter(user=person).delete()
    audit.record(event=Event.FACTOR_RESET, subject=person, before={"kinds": kinds}, now=now, by=by)
    staff_sessions.end_sessions(user=person, now=now, by=by)
