"""What every page about one visit shares: whose it is, and that details need the date of birth."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from scheduling.actions.limits import Tries, count_attempt, forget_attempts
from scheduling.actions.visits import note_failed_lookup, note_view
from scheduling.exceptions import BookingError, NotFound, TooManyTries
from scheduling.models import Appointment
from scheduling.portal.forms import BirthDateForm
from scheduling.portal.limits import BIRTH_DATE
from scheduling.portal.verification import closes_in, is_verified, mark_verified
from scheduling.portal.views.base import see_other
from scheduling.portal.visit_page import VisitPage
from scheduling.portal.visitor import ANYBODY, actor_of_visit
from scheduling.queries.access import is_birth_date_of, visit_of_token
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

WARN_FROM = 2
BIRTH_DATE_PARTS = frozenset({"birth_date_month", "birth_date_day", "birth_date_year"})
NOT_KEPT = BIRTH_DATE_PARTS | {"csrfmiddlewaretoken"}


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
        if self.is_open:
            content["closes_in"] = int(closes_in(self.request, self.visit, now=self.now).total_seconds())
        return render(self.request, template or self.template_name, content, status=status)

    def ask_birth_date(self, form: BirthDateForm, status: int = 200, **context: Any) -> HttpResponse:
        form.helper.form_tag = False
        content = {"token": self.token, "form": form, "page": VisitPage(self.visit, now=self.now), **context}
        return render(self.request, "portal/visit_locked.html", content, status=status)

    def opens_with(self, form: BirthDateForm) -> bool:
        """With the right date this browser sees the visit from now on. Raises TooManyTries."""
        if form.is_valid():
            tries = count_attempt(source=str(self.visit.pk), now=self.now, **BIRTH_DATE)
            if is_birth_date_of(self.visit, form.cleaned_data["birth_date"]):
                self._open()
            else:
                note_failed_lookup(visit=self.visit, now=self.now, by=ANYBODY)
                form.add_error("birth_date", wrong_birth_date(tries))
        return not form.errors

    def _open(self) -> None:
        forget_attempts(kind=BIRTH_DATE["kind"], source=str(self.visit.pk))
        mark_verified(self.request, self.visit, now=self.now)
        note_view(visit=self.visit, now=self.now, by=self.by)
        self.is_open = True

    def url_of_visit(self) -> str:
        return reverse("portal:visit", kwargs={"token": self.token})

    def back_to_visit(self) -> HttpResponse:
        return see_other("portal:visit", token=self.token)


def wrong_birth_date(tries: Tries) -> str:
    """Warns before the last tries, so that nobody is shut out by surprise."""
    words = _("That is not the date of birth we have. Check it, or call us")
    if tries.left > WARN_FROM:
        return words
    given = {"count": tries.left, "wait": TooManyTries(tries.window).how_long}
    if tries.left == 0:
        return f"{words}. {_('Wait %(wait)s before you try again') % given}"
    more = ngettext(
        "%(count)s more try, then a wait of up to %(wait)s",
        "%(count)s more tries, then a wait of up to %(wait)s",
        tries.left,
    )
    return f"{words}. {more % given}"


class OpenVisitView(VisitView):
    """Only for browsers that gave the date of birth; others are asked for it first, and then led back:
    to `back_to`, where that is not the page itself. What was typed on a page that was left open for too long
    waits meanwhile, in the page that asks."""

    back_to: ClassVar[str] = ""

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.is_open or not hasattr(self, (request.method or "").lower()):
            return super().answer(request, **kwargs)
        kept = [
            (name, values) for name, values in request.POST.lists() if name not in NOT_KEPT and any(values)
        ]
        if kept:
            return self._ask_and_keep(request, kept, **kwargs)
        asked_first = self.back_to_visit()
        name = self.back_to or (request.resolver_match.url_name if request.resolver_match else "")
        if name in LEADS_BACK_TO:
            asked_first["Location"] += f"?to={name}"
        return asked_first

    def _ask_and_keep(
        self, request: HttpRequest, kept: list[tuple[str, list[Any]]], **kwargs: Any
    ) -> HttpResponseBase:
        is_given = request.POST.keys() >= BIRTH_DATE_PARTS
        form = BirthDateForm(request.POST if is_given else None, today=self.now.date())
        if is_given and self.opens_with(form):
            return super().answer(request, **kwargs)
        return self.ask_birth_date(form, 422, sent=kept, had_files=bool(request.FILES))
