"""Who is filling in a draft: a random token in the browser's session, no account."""

import secrets
from datetime import timedelta

from django.http import HttpRequest

from scheduling.rules.actors import Actor

DRAFT_LIVES = timedelta(hours=24)  # over 20 hours: no warning needed (WCAG 2.2.1)
_KEY = "visitor"


def visitor_of(request: HttpRequest, *, create: bool = False) -> str:
    """Empty for a browser that has begun nothing."""
    token: str = request.session.get(_KEY, "")
    if create and not token:
        token = request.session[_KEY] = secrets.token_urlsafe(32)
        request.session.set_expiry(DRAFT_LIVES)
    return token


def actor_of_draft(draft_id: object) -> Actor:
    return Actor.patient(f"draft {draft_id}")


def actor_of_visit(visit_id: int) -> Actor:
    return Actor.patient(f"visit {visit_id}")


def address_of(request: HttpRequest) -> str:
    """For rate limits only; never stored as it is."""
    return str(request.META.get("REMOTE_ADDR", ""))
