"""Undoing a burst: look, choose, read what it comes to, cancel without messages, read what was done.

What is chosen waits in the session: no visit stands in an address.
"""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from scheduling.actions.bursts import BATCH, undo_bookings
from scheduling.frontdesk.burst_forms import BurstForm, SpanFilter, UndoForm
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries import bursts
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

CHOSEN = "burst"  # in the session: the ids still to cancel, the reason, and what was done so far


class BurstView(LoginRequiredMixin, View):
    """For the front desk and administrators, about their own locations."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated and not bursts.burst_locations(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def chosen(self) -> dict[str, Any]:
        found: dict[str, Any] = self.request.session.get(CHOSEN, {})
        return found

    def keep(self, **chosen: Any) -> None:
        self.request.session[CHOSEN] = {**self.chosen, **chosen}


class Bursts(BurstView):
    def get(self, request: StaffRequest) -> HttpResponse:
        return self._page(BurstForm(None))

    def post(self, request: StaffRequest) -> HttpResponse:
        form = BurstForm(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        visits = form.cleaned_data["visit"]
        if form.cleaned_data["every"]:
            since = SpanFilter(request.GET).since(self.now)
            key = form.cleaned_data["every"]
            visits = bursts.visits_of_source(request.user, key, since=since, now=self.now)
        request.session[CHOSEN] = {"visits": bursts.undoable_of(request.user, visits, now=self.now)}
        return SeeOther(reverse("frontdesk:burst-review"))

    def _page(self, form: BurstForm, status: int = 200) -> HttpResponse:
        span = SpanFilter(self.request.GET)
        context = {
            "form": form,
            "span": span,
            "bursts": bursts.bursts_for(self.request.user, since=span.since(self.now), now=self.now),
            "query": self.request.GET.urlencode(),
            "checked": set(self.request.POST.getlist("visit")),
        }
        return render(self.request, "frontdesk/bursts.html", context, status=status)


class BurstReview(BurstView):
    """What canceling them comes to, in numbers; and a batch of it for each press of the button."""

    def get(self, request: StaffRequest) -> HttpResponse:
        if not self._visits():
            return SeeOther(reverse("frontdesk:bursts"))
        return self._page(UndoForm(initial={"reason": self.chosen.get("reason", "")}))

    def post(self, request: StaffRequest) -> HttpResponse:
        form, visits = UndoForm(request.POST), self._visits()
        if visits and not form.is_valid():
            return self._page(form, 422)
        if visits:
            self._undo(visits, form.cleaned_data["reason"])
        rest = self.chosen.get("visits")
        return SeeOther(reverse("frontdesk:burst-review" if rest else "frontdesk:burst-done"))

    def _undo(self, visits: list[int], reason: str) -> None:
        now, rest = visits[:BATCH], visits[BATCH:]
        by = Actor.staff(self.request.user.pk)
        undone = undo_bookings(visit_ids=now, reason=reason, now=self.now, by=by)
        left = len(self.chosen["visits"]) - len(visits) + len(undone.left)
        self.keep(
            visits=rest,
            reason=reason,
            canceled=self.chosen.get("canceled", 0) + len(undone.canceled),
            left=self.chosen.get("left", 0) + left,
        )

    def _visits(self) -> list[int]:
        return bursts.undoable_of(self.request.user, self.chosen.get("visits", []), now=self.now)

    def _page(self, form: UndoForm, status: int = 200) -> HttpResponse:
        undoing = bursts.what_undoing_means(self._visits())
        context = {
            "form": form,
            "undoing": undoing,
            "batch": BATCH,
            "canceled": self.chosen.get("canceled", 0),
        }
        return render(self.request, "frontdesk/burst_review.html", context, status=status)


class BurstDone(BurstView):
    def get(self, request: StaffRequest) -> HttpResponse:
        if "canceled" not in self.chosen:
            return SeeOther(reverse("frontdesk:bursts"))
        return render(request, "frontdesk/burst_done.html", self.chosen)
