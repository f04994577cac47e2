"""One of each role, with an app as second factor. For demonstrations: `make_demo` runs nowhere else."""

from typing import NamedTuple

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password

from locations.models import Assignment, Location, User
from scheduling.frontdesk.demo import PASSWORD


class Person(NamedTuple):
    email: str
    first_name: str
    last_name: str
    role: str
    slugs: tuple[str, ...]  # none: every location


Role = Assignment.Role
PEOPLE = (
    Person("desk@alliance.example", "Dana", "Okafor", Role.FRONT_DESK, ("riverside", "round-rock")),
    Person("desk.phoenix@alliance.example", "Marisol", "Vega", Role.FRONT_DESK, ("camelback", "tempe")),
    Person("desk.east@alliance.example", "Tomasz", "Wójcik", Role.FRONT_DESK, ("midtown", "calle-ocho")),
    Person("tech@alliance.example", "Linh", "Phạm", Role.TECHNOLOGIST, ("riverside", "round-rock")),
    Person("radiologist@alliance.example", "Amara", "Sesay", Role.RADIOLOGIST, ()),
    Person("admin@alliance.example", "Ruth", "Feldman", Role.ADMINISTRATOR, ()),
    Person("auditor@alliance.example", "Ken", "Nakamura", Role.AUDITOR, ()),
)


def make_staff() -> None:
    locations = {location.slug: location for location in Location.objects.all()}
    password = make_password(PASSWORD)
    for person in PEOPLE:
        user = User.objects.create(
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            password=password,
        )
        TOTP.activate(user, generate_totp_secret())
        places: list[Location | None] = [locations[slug] for slug in person.slugs]
        Assignment.objects.bulk_create(
            Assignment(user=user, location=place, role=person.role) for place in places or [None]
        )


def log_ins() -> list[str]:
    """For whoever tries the demonstration; only people who are really there."""
    there = set(User.objects.values_list("email", flat=True))
    return [
        f"{Role(person.role).label}: {person.email} / {PASSWORD}"
        for person in PEOPLE
        if person.email in there
    ]
