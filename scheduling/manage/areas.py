"""The areas of the administrators' side, in the order of their work: for its home page and its bar."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locations.models import User
from scheduling.forms.words import Words
from scheduling.queries.catalogue_rows import may_write_catalogue, offering_locations
from scheduling.queries.staff_admin import may_administer_staff
from scheduling.queries.versions import may_write_questionnaires


@dataclass(frozen=True, slots=True)
class Area:
    name: Words
    about: Words
    view: str
    args: tuple[str, ...]
    routes: tuple[str, ...]  # how its addresses begin, after "manage/"
    may_open: Callable[[User], bool]

    @property
    def url(self) -> str:
        return reverse(f"manage:{self.view}", args=self.args)

    def has(self, route: str) -> bool:
        """Whether an address of the site (as its route is written) is one of this area."""
        return route.removeprefix("manage/").startswith(self.routes)


def edits_places(user: User) -> bool:
    return offering_locations(user).exists()


def edits_offerings(user: User) -> bool:
    return may_write_catalogue(user) or edits_places(user)


AREAS = (
    Area(
        name=_("Locations"),
        about=_("Hours and scanners. You see whom a change touches before it is saved."),
        view="locations",
        args=(),
        routes=("locations/", "scanners/"),
        may_open=edits_places,
    ),
    Area(
        name=_("Exams"),
        about=_("Which exams there are, what comes before them, and where they are done."),
        view="exams",
        args=(),
        routes=("files/", "exams/", "offerings/", "preparations/"),
        may_open=edits_offerings,
    ),
    Area(
        name=_("Questionnaires"),
        about=_("What patients are asked about illness and safety, and what follows from it."),
        view="questionnaires",
        args=(),
        routes=("questionnaires/",),
        may_open=may_write_questionnaires,
    ),
    Area(
        name=_("Staff"),
        about=_("Who works where, and what they may do. Invite them, and take access away."),
        view="staff",
        args=(),
        routes=("staff/",),
        may_open=may_administer_staff,
    ),
)


def areas_of(user: User) -> list[Area]:
    return [area for area in AREAS if area.may_open(user)]
