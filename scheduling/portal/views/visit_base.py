"""What every page about one visit shares: whose it is, and that details need the date of birth."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from scheduling.exceptions import BookingError, NotFound
from scheduling.models import Appointment
from scheduling.portal.verification import is_verified
from scheduling.portal.views.base import see_other
from scheduling.portal.visit_page import VisitPage
from scheduling.portal.visitor import actor_of_visit
from scheduling.queries.access import visit_of_token
from scheduling.rules.actors import Actor

# The pages, by URL name, that one may have been on when the date of birth was asked for again.
LEADS_BACK_TO = frozenset(
    {
        "cancel",
        "move",
        "move-where",
        "visit-order",
        "visit-card",
        "visit-paying",
        "visit-waitlist",
        "health",
        "safety-form",
        "answers",
    }
)


class VisitView(View):
    """A page about one visit, for whoever has its link. A link that opens nothing, for whatever reason,
    has one answer."""

    template_name: ClassVar[str] = "portal/visit.html"

    def dispatch(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        self.now, self.token = timezone.now(), token
        answer: HttpResponseBase
        try:
            self.visit: Appointment = visit_of_token(token, now=self.now)
        except NotFound:
            answer = render(request, "portal/no_such_visit.html", status=404)
        else:
            self.is_open = is_verified(request, self.visit, now=self.now)
            answer = self.answer(request, **kwargs)
        add_never_cache_headers(answer)
        return answer

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, **kwargs)

    @property
    def by(self) -> Actor:
        return actor_of_visit(self.visit.pk)

    def refused(self, refusal: BookingError, **context: Any) -> HttpResponse:
        """With the visit as it is now."""
        self.visit = visit_of_token(self.token, now=self.now)
        return self.page(409, refusal=refusal, **context)

    def page(self, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        content = {"token": self.token, "page": VisitPage(self.visit, now=self.now), **context}
        return render(self.request, template or self.template_name, content, status=status)

    def url_of_visit(self) -> str:
        return reverse("portal:visit", kwargs={"token": self.token})

    def back_to_visit(self) -> HttpResponse:
        return see_other("portal:visit", token=self.token)


class OpenVisitView(VisitView):
    """Only for browsers that gave the date of birth; others are asked for it first, and then led back:
    to `back_to`, where that is not the page itself."""

    back_to: ClassVar[str] = ""

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.is_open or not hasattr(self, (request.method or "").lower()):
            return super().answer(request, **kwargs)
        asked_first = self.back_to_visit()
        name = self.back_to or (request.resolver_match.url_name if request.resolver_match else "")
        if name in LEADS_BACK_TO:
            asked_first["Location"] += f"?to={name}"
        return asked_first
