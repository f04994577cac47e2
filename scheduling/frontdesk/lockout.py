"""What django-axes asks us: whose tries count together, and what somebody reads who has to wait."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from scheduling.exceptions import TooManyTries
from scheduling.queries.staff import account_of, wait_of
from scheduling.rules.addresses import source_of


def account_key(request: HttpRequest, credentials: Mapping[str, object] | None) -> str:
    return account_of(str((credentials or {}).get("email") or ""))


def address_of(request: HttpRequest) -> str:
    return source_of(request.META.get("REMOTE_ADDR", "")).partition("/")[0]


def locked_page(
    request: HttpRequest, answer: HttpResponse, credentials: Mapping[str, object] | None
) -> HttpResponse:
    """In place of the view's answer, which is not looked at."""
    wait = wait_of(account_key(request, credentials), address_of(request), now=timezone.now())
    return too_many(request, TooManyTries(wait))


def too_many(request: HttpRequest, refusal: TooManyTries) -> HttpResponse:
    response = render(request, "frontdesk/too_many_tries.html", {"refusal": refusal}, status=429)
    response["Retry-After"] = str(refusal.seconds)
    return response
