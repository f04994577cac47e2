from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control

STAFF_SITES = frozenset({"frontdesk", "manage", "admin"})
LAST_SEEN = "staff_last_seen"


class StaffPages:
    """The desk, administrators' screens and the admin: nothing stays in a browser's cache, and whoever was
    away for STAFF_IDLE_SECONDS signs in again.

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

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if not is_staff_page(request) or SESSION_KEY not in request.session:
            return
        now = timezone.now().timestamp()
        if now - request.session.get(LAST_SEEN, now) > settings.STAFF_IDLE_SECONDS:
            logout(request)
        else:
            request.session[LAST_SEEN] = now


def is_staff_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.app_name in STAFF_SITES
