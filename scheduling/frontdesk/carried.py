"""A desk's form that was sent after the session was locked: shown as typed after signing in.

It waits in the locked session on the server, opens for the same person only, and is never sent by itself.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

LOCKED, CARRIED = "staff_locked", "staff_carried"
KEPT = timedelta(hours=8)  # a shift
MOST = 100_000  # signs; more than any form of the desk
_NOT_TYPED = ("csrfmiddlewaretoken",)


def lock(request: HttpRequest) -> None:
    """Signed out for having been away. Whose session it was is remembered, for what they still send."""
    owner = str(request.session[SESSION_KEY])
    logout(request)
    request.session[LOCKED] = owner


def carry(request: HttpRequest, *, now: datetime) -> None:
    """Of a POST that a locked session refuses: the latest one, without files."""
    match = request.resolver_match
    is_form = match is not None and match.namespace in ("frontdesk", "manage")
    owner = request.session.get(LOCKED)
    if owner is None or request.method != "POST" or not is_form:
        return
    posted = request.POST.copy()
    for name in _NOT_TYPED:
        posted.pop(name, None)
    typed = posted.urlencode()
    if typed and len(typed) <= MOST:
        request.session[CARRIED] = {
            "by": owner,
            "path": request.path,
            "typed": typed,
            "at": now.timestamp(),
        }


def welcome(request: HttpRequest) -> None:
    """Somebody signed in: what another person typed is gone."""
    if LOCKED in request.session:
        del request.session[LOCKED]
        if _of(request).get("by") != str(request.session[SESSION_KEY]):
            request.session.pop(CARRIED, None)


def carried(request: HttpRequest, path: str = "") -> QueryDict | None:
    """What was typed for this address, once; the page says where it comes from."""
    kept = _of(request)
    if request.method != "GET" or kept.get("path") != (path or request.path):
        return None
    del request.session[CARRIED]
    if kept["by"] != str(request.session[SESSION_KEY]) or _is_old(kept):
        return None
    messages.warning(
        request, _("You were signed out before this was saved. Check what you typed and send it.")
    )
    return QueryDict(kept["typed"])


def _of(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(CARRIED, {})
    return kept


def _is_old(kept: dict[str, Any]) -> bool:
    return timezone.now().timestamp() - float(kept["at"]) > KEPT.total_seconds()
