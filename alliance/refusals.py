"""Refusals that no page handles itself become the system pages, in one place."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from scheduling.exceptions import BookingError, NotFound, TooManyTries


class RefusalPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match exception:
            case NotFound():
                raise Http404 from exception
            case TooManyTries():
                answer = render(request, "429.html", {"wait": exception.how_long}, status=429)
                answer["Retry-After"] = str(exception.seconds)
                return answer
            case BookingError():
                return render(request, "409.html", {"refusal": exception}, status=409)
        return None
