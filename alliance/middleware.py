from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ProxyAddress:
    """REMOTE_ADDR behind one trusted proxy: the last address of X-Forwarded-For, which that proxy
    has written itself. What a client put before it has no effect on rate limits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if last:
            request.META["REMOTE_ADDR"] = last
        return self.get_response(request)
