"""What the pages about staff show of a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locations.models import Assignment, User
from scheduling.models import Message
from scheduling.queries.staff_admin import (
    ADMINISTRATOR,
    Scope,
    State,
    invitation_mail_of,
    state_of,
    works_until,
)
from scheduling.queries.staff_sessions import count_open_sessions

EVERY = _("every location")
TABS: tuple[tuple[str, Promise], ...] = (
    (State.ACTIVE.value, _("Active")),
    (State.INVITED.value, _("Invited")),
    (State.ENDED.value, _("Access taken away")),
)
NOBODY: dict[str, tuple[Promise, Promise]] = {
    State.ACTIVE.value: (_("Nobody is active"), _("Who has accepted an invitation is listed here.")),
    State.INVITED.value: (
        _("Nobody is invited right now"),
        _("Who was invited and has not chosen a password yet is listed here."),
    ),
    State.ENDED.value: (
        _("Nobody’s access was taken away"),
        _("Who has left stays listed here, because their name stands beside what they did."),
    ),
}


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role with its places, in words."""

    role: str
    places: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: User
    state: State
    until: datetime | None
    roles: list[RoleLine]
    is_elsewhere: bool

    @property
    def has_factor(self) -> bool:
        return bool(getattr(self.person, "has_factor", False))


def row_of(person: User, scope: Scope, *, now: datetime) -> PersonRow:
    held = list(person.assignments.all())
    shown = [each for each in held if scope.has(each.location_id)]
    return PersonRow(
        person,
        state_of(person),
        works_until(person, now=now),
        _role_lines(shown),
        is_elsewhere=len(shown) < len(held),
    )


def _role_lines(held: Iterable[Assignment]) -> list[RoleLine]:
    places: dict[str, list[str]] = {}
    for each in held:
        places.setdefault(each.role, []).append(str(each.location.name if each.location else EVERY))
    return [
        RoleLine(str(Assignment.Role(role).label), ", ".join(places[role]))
        for role in Assignment.Role
        if role in places
    ]


def person_context(person: User, doer: User, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """`may_all`: the account is theirs to change, not only roles at their locations."""
    row, held = row_of(person, scope, now=now), list(person.assignments.all())
    mail = invitation_mail_of(person) if row.state is State.INVITED else None
    is_self = person == doer
    own = [each for each in held if each.role == ADMINISTRATOR]
    return {
        "row": row,
        "person": person,
        "held": [each for each in held if scope.has(each.location_id)],
        "kept": own[0].pk if is_self and len(own) == 1 else None,
        "is_self": is_self,
        "may_all": scope.owns(person, held),
        "sessions": count_open_sessions(person, now=now),
        "is_mail_lost": mail is not None and mail.status in (Message.Status.FAILED, Message.Status.DROPPED),
        "is_mail_waiting": mail is not None
        and mail.status in (Message.Status.PENDING, Message.Status.SENDING),
        "now": now,
    }
