"""Reviews, for the people who may decide them: the answers in the words that were shown, and the release."""

from functools import cached_property
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from scheduling.actions.safety import read_own_answers
from scheduling.forms.records import Record, record_of
from scheduling.frontdesk.review_forms import CancelForm, LaterDayForm, NoteForm, ReleaseForm
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.models import Appointment, Task
from scheduling.queries.documents import documents_of
from scheduling.queries.implants import known_implants
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.reviews import (
    earlier_answers,
    last_release,
    looked_at_by,
    may_release,
    notes_on,
    review_for,
    review_locations,
)
from scheduling.queries.tries import proposed_tries
from scheduling.queries.visits import is_before_its_day, other_scanners
from scheduling.rules.actors import Actor


class ReviewsView(LoginRequiredMixin, View):
    """For technologists and radiologists, about their own locations."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated and not review_locations(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)


class ReviewView(ReviewsView):
    """One review. Opening it changes nothing but the history."""

    @cached_property
    def task(self) -> Task:
        return review_for(self.request.user, self.kwargs["task_id"])

    @property
    def visit(self) -> Appointment:
        assert self.task.appointment is not None
        return self.task.appointment

    @property
    def url(self) -> str:
        return self._address("review")

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        if "refusal" in context:  # the task as it is now
            self.__dict__.pop("task", None)
        visit = self.visit
        context = {
            "task": self.task,
            "visit": visit,
            "records": self._records(),
            "earlier": [record_of(each, visit, with_private=True) for each in earlier_answers(visit)],
            "notes": notes_on(self.task),
            **self._facts(),
            **self._forms(),
            **self._who_decides(),
            **context,
        }
        return render(self.request, "frontdesk/review.html", context, status=status)

    def _facts(self) -> dict[str, object]:
        return {
            "last_release": last_release(self.visit),
            "implants": known_implants(self.visit),
            "papers": documents_of(self.visit),
            "proposed_try": proposed_tries([self.task], now=self.now)[self.task.pk],
            "has_email": is_reachable_by_email(self.visit),
            "is_before_its_day": is_before_its_day(self.visit),
        }

    def _who_decides(self) -> dict[str, object]:
        user, looking = self.request.user, looked_at_by(self.task, now=self.now)
        return {
            "may_release": may_release(user, self.task),
            "looked_at_by": looking if looking != user else None,
            "is_mine": looking == user,
        }

    def _forms(self) -> dict[str, object]:
        if self.task.closed_at:
            return {}
        return {
            "form": self.release_form(),
            "note_form": self.note_form(),
            "later_form": self.later_form(),
            "cancel_form": self.cancel_form(),
            "scanners": other_scanners(self.visit, now=self.now),
        }

    def release_form(self, *data: QueryDict) -> ReleaseForm:
        return ReleaseForm(*data, visit=self.visit, action=self._address("review-release"))

    def note_form(self, *data: QueryDict) -> NoteForm:
        may_pass_on = not self.task.for_radiologist
        return NoteForm(*data, may_pass_on=may_pass_on, action=self._address("review-note"))

    def later_form(self, *data: QueryDict) -> LaterDayForm:
        return LaterDayForm(*data, visit=self.visit, action=self._address("review-later"))

    def cancel_form(self, *data: QueryDict) -> CancelForm:
        return CancelForm(*data, action=self._address("review-cancel"))

    def _address(self, name: str) -> str:
        return reverse(f"frontdesk:{name}", args=[self.task.pk])

    def _records(self) -> list[Record]:
        found = read_own_answers(visit=self.visit, now=self.now, by=self.by)
        return [record_of(each, self.visit, with_private=True) for each in found]


class Review(ReviewView):
    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return self.page()
