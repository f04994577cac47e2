"""Who is filling in a draft: a random token in the browser's session, no account."""

import secrets

from django.http import HttpRequest

from scheduling.rules.actors import Actor
from scheduling.rules.addresses import source_of

_KEY = "visitor"
_PLACE = "place"
ASKED_CALL = "asked_call"  # the key of a task
BEGUN_AGAIN = "begun_again"  # the draft by the visit that it is like
ANYBODY = Actor.patient("unknown")  # who tried to find a visit and could not


def visitor_of(request: HttpRequest, *, create: bool = False) -> str:
    """Empty for a browser that has begun nothing."""
    token: str = request.session.get(_KEY, "")
    if create and not token:
        token = request.session[_KEY] = secrets.token_urlsafe(32)
    return token


def keep_alive(request: HttpRequest) -> None:
    """A draft lives 24 hours (SESSION_COOKIE_AGE) after the last answer, so each answer counts anew.
    Over 20 hours need no warning (WCAG 2.2.1)."""
    request.session.modified = True


def remember_place(request: HttpRequest, place: str) -> None:
    """What was typed as ZIP code or city is asked once, on whatever page comes first."""
    if place_of(request) != place.strip():
        request.session[_PLACE] = place.strip()


def place_of(request: HttpRequest) -> str:
    place: str = request.session.get(_PLACE, "")
    return place


def forget(request: HttpRequest) -> None:
    """For shared computers: this browser has begun and opened nothing. Staff stay signed in."""
    for key in (_KEY, _PLACE, ASKED_CALL, BEGUN_AGAIN, "open_visits"):
        request.session.pop(key, None)


def actor_of_draft(draft_id: object) -> Actor:
    return Actor.patient(f"draft {draft_id}")


def actor_of_visit(visit_id: int) -> Actor:
    return Actor.patient(f"visit {visit_id}")


def actor_of_entry(entry_id: int) -> Actor:
    return Actor.patient(f"waitlist {entry_id}")


def actor_of_order(order_id: object) -> Actor:
    return Actor.patient(f"order {order_id}")


def address_of(request: HttpRequest) -> str:
    """For rate limits only; never stored as it is."""
    return source_of(str(request.META.get("REMOTE_ADDR", "")))
