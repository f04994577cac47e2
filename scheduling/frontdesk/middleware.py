from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control

STAFF_SITES = frozenset({"frontdesk", "admin"})


class StaffPages:
    """The desk and the admin: nothing stays in a browser's cache, and each page starts the idle
    minutes of a signed-in session again (their number is set at sign-in)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match and match.app_name in STAFF_SITES:
            if SESSION_KEY in request.session:
                request.session.modified = True
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True)
        return response
