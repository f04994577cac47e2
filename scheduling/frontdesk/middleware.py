from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control

from locations.models import User
from scheduling.actions.staff_sessions import note_seen
from scheduling.frontdesk.carried import carry, lock, welcome
from scheduling.frontdesk.lockout import address_of
from scheduling.frontdesk.second_factor import SET_UP, is_verified, keep_wanted
from scheduling.queries.staff import has_second_factor
from scheduling.queries.staff_sessions import SEEN_EVERY
from scheduling.see_other import SeeOther

STAFF_SITES = ("desk/", "manage/", "admin/")
LAST_SEEN = "staff_last_seen"
NOTED = "staff_noted"


class StaffPages:
    """The desk, administrators' screens and the admin: nothing stays in a browser's cache, whoever was
    away for STAFF_IDLE_SECONDS signs in again, and nobody gets in without a second factor.

    The session's own expiry can't say that: a patient's draft in the same browser prolongs it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_staff_page(request):
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True)
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not is_staff_page(request):
            return None
        if SESSION_KEY not in request.session:
            carry(request, now=timezone.now())
            return None
        now = timezone.now().timestamp()
        if now - request.session.get(LAST_SEEN, now) > settings.STAFF_IDLE_SECONDS:
            lock(request)
            carry(request, now=timezone.now())
            return None
        welcome(request)
        if is_poll(request):
            request.session.setdefault(LAST_SEEN, now)
            return None if is_verified(request) else _without_second_factor(request)
        request.session[LAST_SEEN] = now
        _note_seen(request, now)
        return None if is_verified(request) else _without_second_factor(request)


def is_poll(request: HttpRequest) -> bool:
    """What a page that stands open asks by itself: nobody need be there."""
    assert request.resolver_match is not None
    asks = "since" in request.GET or request.resolver_match.view_name == "frontdesk:signed-in"
    return request.method == "GET" and asks


def seconds_left(request: HttpRequest, *, now: datetime) -> int:
    """Until this session has been idle for too long."""
    seen = request.session.get(LAST_SEEN, now.timestamp())
    return max(0, int(seen + settings.STAFF_IDLE_SECONDS - now.timestamp()))


def _note_seen(request: HttpRequest, now: float) -> None:
    """For the list of one's own sessions. Sign-in has written the first line of it."""
    if now - request.session.setdefault(NOTED, now) < SEEN_EVERY.total_seconds():
        return
    request.session[NOTED] = now
    if isinstance(request.user, User):
        note_seen(
            user=request.user,
            session_key=str(request.session.session_key),
            address=address_of(request),
            agent=request.headers.get("User-Agent", ""),
            now=datetime.fromtimestamp(now, UTC),
        )


def _without_second_factor(request: HttpRequest) -> HttpResponse | None:
    """To the way to one. Who has one by now did not show it in this session: from the start."""
    if not request.user.is_authenticated:
        return None
    if has_second_factor(request.user):
        logout(request)
        return None
    assert request.resolver_match is not None
    if request.resolver_match.url_name in SET_UP:
        return None
    keep_wanted(request)
    return SeeOther(reverse("mfa_activate_totp"))


def is_staff_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.route.startswith(STAFF_SITES)
