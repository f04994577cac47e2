"""“I lost my link or code”. Everyone gets the same page, as fast: nothing is looked up here."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from scheduling.actions.limits import count_attempt
from scheduling.actions.links import ask_for_links
from scheduling.portal.forms import LostLinkForm
from scheduling.portal.limits import LOST_LINK, LOST_LINK_BY_ADDRESS
from scheduling.portal.strangers import press_again
from scheduling.portal.views.base import see_other
from scheduling.portal.visitor import ANYBODY, address_of


class LostLink(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(LostLinkForm(today=timezone.now().date()))

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        form = LostLinkForm(request.POST, today=now.date())
        if not form.is_valid():
            return self._page(form, 422)
        return press_again(request, now=now) or self._ask(form, now)

    def _ask(self, form: LostLinkForm, now: datetime) -> HttpResponse:
        count_attempt(source=address_of(self.request), now=now, **LOST_LINK_BY_ADDRESS)
        count_attempt(source=form.way, now=now, **LOST_LINK)
        ask_for_links(**form.answers(), now=now, by=ANYBODY)
        return see_other("portal:lost-sent")

    def _page(self, form: LostLinkForm, status: int = 200) -> HttpResponse:
        answer = render(self.request, "portal/lost.html", {"form": form}, status=status)
        add_never_cache_headers(answer)
        return answer


@require_safe
@never_cache
def lost_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/lost_sent.html")
