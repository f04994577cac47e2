"""Running behind: whom it touches, then all of them moved on in one step."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext

from scheduling.actions.running_behind import run_behind
from scheduling.exceptions import BookingError
from scheduling.frontdesk.behind_forms import BehindForm, BehindTellForm
from scheduling.frontdesk.views.at import AtLocation
from scheduling.queries.running_behind import Delayed, delayed_on
from scheduling.queries.swapping import waiting_on
from scheduling.rules.telling import Telling
from scheduling.see_other import SeeOther


class Behind(AtLocation):
    books = True

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        form = BehindForm(request.GET or None, location=self.location)
        return self._page(form, 422 if form.is_bound and not form.is_valid() else 200)

    def post(self, request: HttpRequest, center: str) -> HttpResponse:
        form = BehindTellForm(request.POST, location=self.location)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            moved = run_behind(
                scanner_id=form.cleaned_data["scanner"].pk,
                minutes=form.cleaned_data["minutes"],
                versions=form.seen(),
                tell=Telling(form.cleaned_data["tell"]),
                now=self.now,
                by=self.by,
            )
        except BookingError as refusal:
            return self._page(form, 409, refusal=str(refusal))
        return self._told(len(moved))

    def _told(self, count: int) -> HttpResponse:
        said = ngettext("%(count)s visit was moved on.", "%(count)s visits were moved on.", count)
        messages.success(self.request, said % {"count": count})
        return SeeOther(reverse("frontdesk:board", args=[self.location.slug, self.today]))

    def _page(self, form: BehindForm, status: int = 200, **context: Any) -> HttpResponse:
        waiting = waiting_on(self.location, self.now, now=self.now)
        about = {"form": form, "location": self.location, "waiting": waiting}
        about |= {**self._preview(form), **context}
        return render(self.request, "frontdesk/behind.html", about, status=status)

    def _preview(self, form: BehindForm) -> dict[str, Any]:
        """Nothing before a scanner and its minutes are known."""
        if not form.is_bound or form.errors.keys() & {"scanner", "minutes"}:
            return {"delayed": [], "is_shown": False}
        given = form.cleaned_data
        delayed = delayed_on(given["scanner"], given["minutes"], now=self.now)
        has_errors = isinstance(form, BehindTellForm) and bool(form.errors)
        return {
            "delayed": delayed,
            "tell_form": form if has_errors else self._tell(given, delayed),
            "is_shown": True,
        }

    def _tell(self, given: dict[str, Any], delayed: Sequence[Delayed]) -> BehindTellForm:
        seen = " ".join(f"{one.visit.pk}:{one.visit.version}" for one in delayed)
        initial = {"scanner": given["scanner"], "minutes": given["minutes"], "versions": seen}
        return BehindTellForm(location=self.location, initial={**initial, "tell": Telling.MESSAGE})
