"""Which visits and orders this browser may see in full: after the date of birth, for 30 idle minutes."""

from datetime import datetime, timedelta

from django.http import HttpRequest

from scheduling.models import Appointment, Order

STAYS_OPEN = timedelta(minutes=30)
_KEY = "open_visits"


def mark_verified(request: HttpRequest, about: Appointment | Order, *, now: datetime) -> None:
    opened: dict[str, str] = request.session.get(_KEY, {})
    fresh = {pk: at for pk, at in opened.items() if _is_fresh(at, now)}
    request.session[_KEY] = {**fresh, str(about.pk): now.isoformat()}


def is_verified(request: HttpRequest, about: Appointment | Order, *, now: datetime) -> bool:
    """Each look starts the 30 minutes again."""
    at = request.session.get(_KEY, {}).get(str(about.pk), "")
    if not at or not _is_fresh(at, now):
        return False
    if now - datetime.fromisoformat(at) > timedelta(minutes=1):
        mark_verified(request, about, now=now)
    return True


def closes_in(request: HttpRequest, visit: Appointment, *, now: datetime) -> timedelta:
    """Without another look; for a visit that is open."""
    looked_at = datetime.fromisoformat(request.session[_KEY][str(visit.pk)])
    return min(STAYS_OPEN, looked_at + STAYS_OPEN - now)


def _is_fresh(at: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(at) < STAYS_OPEN
