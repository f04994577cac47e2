"""Forms that anybody may send and that make rows: whether a person seems to have filled one in.

Nothing is dropped in silence: who is taken for a program sees a page with one button, which sends the same
again. That works for people however they came here, and is counted strictly per address.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from scheduling.actions.limits import count_attempt
from scheduling.exceptions import TooManyTries
from scheduling.forms.strangers import MADE_AT, TRAP, is_hasty, is_trapped
from scheduling.portal.limits import HASTY, PRESSED_AGAIN
from scheduling.portal.visitor import address_of

NOT_SENT_AGAIN = {"csrfmiddlewaretoken", TRAP, MADE_AT}


def press_again(request: HttpRequest, *, now: datetime) -> HttpResponse | None:
    """The page that asks to press once more, 422; None where a person may have sent the form.

    Raises TooManyTries (429) for an address that gets it too often.
    """
    if not (is_trapped(request.POST) or _is_too_hasty(request, now)):
        return None
    count_attempt(source=address_of(request), now=now, **PRESSED_AGAIN)
    sent = [(name, values) for name, values in request.POST.lists() if name not in NOT_SENT_AGAIN]
    answer = render(request, "portal/press_again.html", {"sent": sent}, status=422)
    add_never_cache_headers(answer)
    return answer


def _is_too_hasty(request: HttpRequest, now: datetime) -> bool:
    """Quick fingers and saved pages are let through a few times an hour: a program wants more."""
    if not is_hasty(request.POST, now=now):
        return False
    try:
        count_attempt(source=address_of(request), now=now, **HASTY)
    except TooManyTries:
        return True
    return False
