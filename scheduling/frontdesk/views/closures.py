"""A scanner is down: who is touched, where they could go, all in one step, and who has agreed."""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from locations.models import Closure, Location
from locations.queries import Nearby
from scheduling.actions import changes, closures
from scheduling.exceptions import PlanChanged
from scheduling.frontdesk.change_words import WORDS, back_from, days_line, differences_of
from scheduling.frontdesk.closure_forms import ClosureForm, FatesForm, chosen_places
from scheduling.frontdesk.message_preview import preview_of
from scheduling.frontdesk.places import remember_place
from scheduling.frontdesk.views.at import AtLocation
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.models import ChangePlan
from scheduling.queries.impact_done import outcomes_of, plan_of
from scheduling.queries.impact_plan import (
    closure_for,
    closures_to_come,
    fates_of,
    held_until,
    is_outdated,
    may_apply,
    other_places,
    plan_for,
    summary_of,
)
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther


class Downtime(AtLocation):
    """What is closed and will be; and closing more."""

    books = True

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        return self._page(ClosureForm(location=self.location, now=self.now))

    def post(self, request: HttpRequest, center: str) -> HttpResponse:
        form = ClosureForm(request.POST, location=self.location, now=self.now)
        if not form.is_valid():
            return self._page(form, 422)
        return SeeOther(reverse("frontdesk:closure-plan", args=[self._plan(form).pk]))

    def _plan(self, form: ClosureForm) -> ChangePlan:
        given = form.cleaned_data
        return changes.plan_closure(
            location=self.location,
            scanner=form.chosen_scanner,
            kind=Closure.Kind(given["kind"]),
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            reason=given["reason"],
            user=self.request.user,
            now=self.now,
            by=self.by,
        )

    def _page(self, form: ClosureForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "location": self.location,
            "closures": closures_to_come(self.location, now=self.now),
            "now": self.now,
        }
        return render(self.request, "frontdesk/downtime.html", context, status=status)


class PlanView(LoginRequiredMixin, View):
    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated:
            remember_place(request, self.plan.location)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def plan(self) -> ChangePlan:
        return plan_for(self.request.user, self.kwargs["plan_id"])

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    @property
    def url(self) -> str:
        return reverse("frontdesk:closure-plan", args=[self.plan.pk])


class Plan(PlanView):
    """The preview, until it is applied; then what was done, and who has agreed. To look changes nothing."""

    def get(self, request: StaffRequest, plan_id: int) -> HttpResponse:
        if self.plan.applied_at is not None:
            outcomes = outcomes_of(self.plan, now=self.now)
            return self._page("frontdesk/closure_done.html", outcomes=outcomes)
        return self._preview(FatesForm(fates=fates_of(self.plan)))

    def post(self, request: StaffRequest, plan_id: int) -> HttpResponse:
        if not may_apply(request.user, self.plan):
            raise PermissionDenied
        form = FatesForm(request.POST, fates=fates_of(self.plan))
        if self.plan.applied_at is None and not form.is_valid():
            return self._preview(form, 422)
        chosen = form.chosen() if self.plan.applied_at is None else {}
        try:
            changes.apply_plan(plan_id=self.plan.pk, chosen=chosen, now=self.now, by=self.by)
        except PlanChanged as refusal:
            return self._changed(refusal, form)
        return SeeOther(self.url)

    def _changed(self, refusal: PlanChanged, form: FatesForm) -> HttpResponse:
        """The preview once more, as things are now, with what was chosen."""
        changes.look_again(plan_id=self.plan.pk, chosen=form.kept(), now=self.now, by=self.by)
        return self._preview(FatesForm(fates=fates_of(self.plan)), 409, refusal=str(refusal))

    def _preview(self, form: FatesForm, status: int = 200, **context: Any) -> HttpResponse:
        places = other_places(self.request.user, self.plan.location)
        chosen = self._chosen_places(places)
        context = {
            "form": form,
            "differences": differences_of(self.plan),
            "rows": form.rows({near.location.pk: near.miles for near in places}),
            "summary": summary_of(self.plan),
            "previews": preview_of(form.fates),
            "places": [(near, near.location in chosen) for near in places],
            "held_until": held_until(form.fates, now=self.now),
            "is_outdated": is_outdated(self.plan, form.fates, now=self.now),
            **context,
        }
        return self._page("frontdesk/closure_plan.html", status, **context)

    def _chosen_places(self, places: list[Nearby]) -> Collection[Location]:
        """As they were ticked, where the page comes back with an error."""
        if self.request.method == "POST":
            return chosen_places(self.request.POST, places)
        return self.plan.elsewhere.all()

    def _page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        about = {
            "plan": self.plan,
            "location": self.plan.location,
            "now": self.now,
            "words": WORDS[ChangePlan.Kind(self.plan.kind)],
            "days_line": days_line(self.plan),
            "back": back_from(self.plan),
        }
        return render(self.request, template, {**about, **context}, status=status)


class LookAgain(PlanView):
    """What is held is held on, at other locations too; what was chosen for each visit stays."""

    http_method_names = ("post",)

    def post(self, request: StaffRequest, plan_id: int) -> HttpResponse:
        places = other_places(request.user, self.plan.location)
        changes.look_again(
            plan_id=self.plan.pk,
            elsewhere=chosen_places(request.POST, places),
            chosen=FatesForm(request.POST, fates=fates_of(self.plan)).kept(),
            now=self.now,
            by=self.by,
        )
        messages.success(request, _("These are the places as they are now."), extra_tags=FOCUS)
        return SeeOther(self.url)


class Discard(PlanView):
    http_method_names = ("post",)

    def post(self, request: StaffRequest, plan_id: int) -> HttpResponse:
        back = back_from(self.plan)
        changes.discard_plan(plan_id=self.plan.pk, now=self.now, by=self.by)
        messages.success(request, _("Nothing was changed."), extra_tags=FOCUS)
        return SeeOther(back)


class Reopen(LoginRequiredMixin, View):
    """Back up early: to the list of those who were moved and could go back."""

    http_method_names = ("post",)
    request: StaffRequest

    def post(self, request: StaffRequest, closure_id: int) -> HttpResponse:
        closure = closure_for(request.user, closure_id)
        plan = plan_of(closure)
        closures.reopen(closure_id=closure.pk, now=timezone.now(), by=Actor.staff(request.user.pk))
        messages.success(request, _("Open again. Who was moved stays where they are."), extra_tags=FOCUS)
        if plan is not None:
            return SeeOther(reverse("frontdesk:closure-plan", args=[plan.pk]))
        return SeeOther(reverse("frontdesk:downtime", args=[closure.location.slug]))
