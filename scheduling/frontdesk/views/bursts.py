"""Undoing a burst: look, choose, read what it comes to, undo without messages, read what was done.

What is chosen waits in the session: nothing of it stands in an address.
"""

from dataclasses import asdict
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from scheduling.actions.bursts import BATCH, undo
from scheduling.frontdesk.burst_forms import BurstForm, SpanFilter, UndoForm
from scheduling.frontdesk.burst_rows import burst_rows
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries import bursts
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

CHOSEN = "burst"  # in the session: the ids still to undo, the reason, and what was done so far


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

    @property
    def done(self) -> bursts.Numbers:
        return bursts.Numbers(**self.chosen.get("done", {}))

    def keep(self, **chosen: Any) -> None:
        self.request.session[CHOSEN] = {**self.chosen, **chosen}


class Bursts(BurstView):
    def get(self, request: StaffRequest) -> HttpResponse:
        return self._page(BurstForm(None))

    def post(self, request: StaffRequest) -> HttpResponse:
        form = BurstForm(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        origins = form.cleaned_data["origin"]
        if form.cleaned_data["every"]:
            since = SpanFilter(request.GET).since(self.now)
            key = form.cleaned_data["every"]
            origins = bursts.all_of_source(request.user, key, since=since, now=self.now)
        request.session[CHOSEN] = {"origins": bursts.undoable_of(request.user, origins, now=self.now)}
        return SeeOther(reverse("frontdesk:burst-review"))

    def _page(self, form: BurstForm, status: int = 200) -> HttpResponse:
        span = SpanFilter(self.request.GET)
        found = bursts.bursts_for(self.request.user, since=span.since(self.now), now=self.now)
        context = {
            "form": form,
            "span": span,
            "bursts": [(burst, burst_rows(burst.origins)) for burst in found],
            "query": self.request.GET.urlencode(),
            "checked": set(self.request.POST.getlist("origin")),
        }
        return render(self.request, "frontdesk/bursts.html", context, status=status)


class BurstReview(BurstView):
    """What undoing it comes to, in numbers; and a batch of it for each press of the button."""

    def get(self, request: StaffRequest) -> HttpResponse:
        if not self._origins():
            return SeeOther(reverse("frontdesk:bursts"))
        return self._page(UndoForm(initial={"reason": self.chosen.get("reason", "")}))

    def post(self, request: StaffRequest) -> HttpResponse:
        form, origins = UndoForm(request.POST), self._origins()
        if origins and not form.is_valid():
            return self._page(form, 422)
        if origins:
            self._undo(origins, form.cleaned_data["reason"])
        rest = self.chosen.get("origins")
        return SeeOther(reverse("frontdesk:burst-review" if rest else "frontdesk:burst-done"))

    def _undo(self, origins: list[int], reason: str) -> None:
        now, rest = origins[:BATCH], origins[BATCH:]
        undone = undo(origin_ids=now, reason=reason, now=self.now, by=Actor.staff(self.request.user.pk))
        left = len(self.chosen["origins"]) - len(origins) + undone.left
        self.keep(
            origins=rest,
            reason=reason,
            done=asdict(self.done + bursts.numbers_of(undone.done)),
            left=self.chosen.get("left", 0) + left,
        )

    def _origins(self) -> list[int]:
        return bursts.undoable_of(self.request.user, self.chosen.get("origins", []), now=self.now)

    def _page(self, form: UndoForm, status: int = 200) -> HttpResponse:
        undoing = bursts.what_undoing_means(self._origins())
        context = {"form": form, "undoing": undoing, "batch": BATCH, "done": self.done}
        return render(self.request, "frontdesk/burst_review.html", context, status=status)


class BurstDone(BurstView):
    def get(self, request: StaffRequest) -> HttpResponse:
        if "done" not in self.chosen:
            return SeeOther(reverse("frontdesk:bursts"))
        context = {"done": self.done, "left": self.chosen["left"]}
        return render(request, "frontdesk/burst_done.html", context)
