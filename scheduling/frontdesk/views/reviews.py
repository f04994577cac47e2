"""Reviews, for the people who may decide them: the answers in the words that were shown, and the release."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from scheduling.actions.review import look_at, note, release
from scheduling.actions.safety import read_own_answers
from scheduling.actions.tasks import count_try
from scheduling.exceptions import BookingError
from scheduling.forms.records import Record, record_of
from scheduling.frontdesk.forms import TriedForm
from scheduling.frontdesk.review_forms import NoteForm, ReleaseForm
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.models import Appointment, Task
from scheduling.queries.reviews import (
    earlier_answers,
    last_release,
    looked_at_by,
    may_release,
    notes_on,
    review_for,
    review_locations,
    reviews_for,
)
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

REVIEWS_A_PAGE = 25


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


class Reviews(ReviewsView):
    def get(self, request: StaffRequest) -> HttpResponse:
        page = Paginator(reviews_for(request.user), REVIEWS_A_PAGE).get_page(request.GET.get("page"))
        rows = [(task, looked_at_by(task, now=self.now)) for task in page.object_list]
        return render(request, "frontdesk/reviews.html", {"page": page, "rows": rows, "now": self.now})


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
        visit = self.visit
        context = {
            "task": self.task,
            "visit": visit,
            "records": self._records(),
            "earlier": [record_of(each, visit, with_private=True) for each in earlier_answers(visit)],
            "last_release": last_release(visit),
            "notes": notes_on(self.task),
            **self._forms(),
            **self._who_decides(),
            **context,
        }
        return render(self.request, "frontdesk/review.html", context, status=status)

    def _who_decides(self) -> dict[str, object]:
        user, looking = self.request.user, looked_at_by(self.task, now=self.now)
        return {
            "may_release": may_release(user, self.task),
            "looked_at_by": looking if looking != user else None,
            "is_mine": looking == user,
        }

    def _forms(self) -> dict[str, object]:
        return {"form": self.release_form(), "note_form": self.note_form()}

    def release_form(self, *data: QueryDict) -> ReleaseForm:
        return ReleaseForm(*data, visit=self.visit, action=self._address("review-release"))

    def note_form(self, *data: QueryDict) -> NoteForm:
        may_pass_on = not self.task.for_radiologist
        return NoteForm(*data, may_pass_on=may_pass_on, action=self._address("review-note"))

    def _address(self, name: str) -> str:
        return reverse(f"frontdesk:{name}", args=[self.task.pk])

    def _records(self) -> list[Record]:
        found = read_own_answers(visit=self.visit, now=self.now, by=self.by)
        return [record_of(each, self.visit, with_private=True) for each in found]

    def refused(self, refusal: BookingError, **context: Any) -> HttpResponse:
        self.__dict__.pop("task", None)
        return self.page(409, refusal=str(refusal), **context)


class Review(ReviewView):
    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return self.page()


class LookAt(ReviewView):
    """“I am looking at it”, also in place of somebody else."""

    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(self.url)

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        take_over = "take_over" in request.POST
        try:
            look_at(task_id=self.task.pk, user=request.user, take_over=take_over, now=self.now, by=self.by)
        except BookingError as refusal:
            return self.refused(refusal)
        return SeeOther(self.url)


class ReleaseVisit(ReviewView):
    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        form = self.release_form(request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        given = dict(form.cleaned_data)
        given["scanner_ids"] = given.pop("scanners")
        try:
            release(task_id=self.task.pk, user=request.user, now=self.now, by=self.by, **given)
        except BookingError as refusal:
            return self.refused(refusal, form=form)
        messages.success(request, _("Released."), extra_tags=FOCUS)
        return SeeOther(reverse("frontdesk:reviews"))


class NoteOn(ReviewView):
    """What was found out so far; the same form passes the review on to a radiologist."""

    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        form = self.note_form(request.POST)
        if not form.is_valid():
            return self.page(422, note_form=form, form_with_errors=form)
        given = {"text": form.cleaned_data["text"], "passes_on": "pass_on" in request.POST}
        try:
            note(task_id=self.task.pk, user=request.user, now=self.now, by=self.by, **given)
        except BookingError as refusal:
            return self.refused(refusal, note_form=form)
        said = _("Passed on to a radiologist.") if given["passes_on"] else _("Kept.")
        messages.success(request, said, extra_tags=FOCUS)
        return SeeOther(self.url)


class Tried(ReviewView):
    """Called, and nobody answered."""

    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        form = TriedForm(request.POST)
        seen = form.cleaned_data["tries"] if form.is_valid() else -1
        try:
            count_try(task_id=self.task.pk, tries_seen=seen, now=self.now, by=self.by)
        except BookingError as refusal:
            return self.refused(refusal)
        messages.success(request, _("Counted: tried, no answer."), extra_tags=FOCUS)
        return SeeOther(self.url)
