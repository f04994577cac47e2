"""Accounts of staff for those who administer them: whom they see, and what they may do with whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from locations.models import Assignment, Location, User
from scheduling.exceptions import NotFound
from scheduling.models import Message, StaffLink
from scheduling.queries.staff import FACTORS
from scheduling.queries.staff_links import WITH_LINK

ADMINISTRATOR = Assignment.Role.ADMINISTRATOR
AT_ONCE = 50  # people on a page


class State(StrEnum):
    """Of an account. The value stands in the address of the list."""

    ACTIVE = "active"
    INVITED = "invited"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where somebody is an administrator."""

    everywhere: bool
    location_ids: frozenset[int]
    is_superuser: bool = False

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.location_ids)

    def has(self, location_id: int | None) -> bool:
        """Whether a role there is theirs to give and to take. None: at every location."""
        return self.everywhere or location_id in self.location_ids

    def owns(self, person: User, held: Iterable[Assignment]) -> bool:
        """The whole account: who sets somebody's email, password or second factor anew could sign in as them,
        so everything that person may do must be theirs to give."""
        if person.is_superuser and not self.is_superuser:
            return False
        held = list(held)
        return self.everywhere or (bool(held) and all(self.has(each.location_id) for each in held))


# The command that makes the first administrator, and nothing else.
ALL = Scope(everywhere=True, location_ids=frozenset(), is_superuser=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    active: int
    invited: int
    ended: int


def scope_of(user: User) -> Scope:
    held = user.assignments.filter(role=ADMINISTRATOR) if user.is_active else Assignment.objects.none()
    ids = list(held.values_list("location_id", flat=True))
    return Scope(None in ids, frozenset(each for each in ids if each is not None), user.is_superuser)


def may_administer_staff(user: User) -> bool:
    return ADMINISTRATOR in user.roles_held


def places_of(scope: Scope) -> QuerySet[Location]:
    """Where roles may be given, by name."""
    places = Location.objects.order_by("name", "pk")
    return places if scope.everywhere else places.filter(pk__in=scope.location_ids)


def people_of(scope: Scope, state: State | None = None, typed: str = "") -> QuerySet[User]:
    """Who works at a location of the scope, by name. Of all locations: also who has no role any more."""
    people = User.objects.order_by("last_name", "first_name", "email")
    if not scope.everywhere:
        here = Assignment.objects.filter(user=OuterRef("pk"), location_id__in=scope.location_ids)
        people = people.filter(Exists(here))
    if state is not None:
        people = people.filter(_STATES[state])
    for word in typed.split():
        people = people.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
        )
    return with_all(people)


def with_all(people: QuerySet[User]) -> QuerySet[User]:
    """With what the pages say of each: `has_factor`, `link_ends_at` (of an open invitation), and roles."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    links = StaffLink.objects.filter(
        user=OuterRef("pk"), kind=StaffLink.Kind.JOIN, used_at=None, withdrawn_at=None
    )
    held = Assignment.objects.select_related("location").order_by(
        F("location__name").asc(nulls_first=True), "role"
    )
    return people.annotate(
        has_factor=Exists(factors), link_ends_at=Subquery(links.values("ends_at")[:1])
    ).prefetch_related(Prefetch("assignments", queryset=held))


def counts_of(scope: Scope) -> Counts:
    return Counts(**{state.value: people_of(scope, state).count() for state in State})


def person_of(scope: Scope, user_id: int) -> User:
    """Raises NotFound."""
    person = people_of(scope).filter(pk=user_id).first()
    if person is None:
        raise NotFound
    return person


def role_of(scope: Scope, person: User, assignment_id: int) -> Assignment:
    """One that may be taken away. Raises NotFound."""
    held = person.assignments.select_related("location").filter(pk=assignment_id).first()
    if held is None or not scope.has(held.location_id):
        raise NotFound
    return held


def state_of(person: User) -> State:
    if not person.is_active:
        return State.ENDED
    return State.INVITED if person.is_invited else State.ACTIVE


def invitation_mail_of(person: User) -> Message | None:
    """The last one: whether it left, and whether it arrived nowhere."""
    mails = Message.objects.filter(staff=person, location=None, kind__in=WITH_LINK)
    return mails.order_by("-pk").first()


def works_until(person: User, *, now: datetime) -> datetime | None:
    """The invitation; None when it is too old or withdrawn. Of `with_all`."""
    ends_at: datetime | None = getattr(person, "link_ends_at", None)
    return ends_at if ends_at is not None and ends_at > now else None


def administrators() -> QuerySet[Assignment]:
    """Of people who can sign in."""
    return Assignment.objects.filter(role=ADMINISTRATOR, user__is_active=True, user__is_invited=False)


_STATES = {
    State.ACTIVE: Q(is_active=True, is_invited=False),
    State.INVITED: Q(is_active=True, is_invited=True),
    State.ENDED: Q(is_active=False),
}
