"""The location whose day a member of staff works on, from page to page."""

from django.db.models import Case, When
from django.http import HttpRequest

from locations.models import Location, User
from scheduling.queries.access import desk_locations

KEPT = "desk_location"


def remember_place(request: HttpRequest, location: Location) -> None:
    if request.session.get(KEPT) != location.slug:
        request.session[KEPT] = location.slug


def place_of(request: HttpRequest, user: User) -> Location | None:
    """The last one looked at, else the first; None for who works nowhere."""
    is_last = Case(When(slug=request.session.get(KEPT, ""), then=0), default=1)
    return desk_locations(user).order_by(is_last, "name", "pk").first()
