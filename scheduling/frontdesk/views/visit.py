"""One visit at the desk: what is settled, what can be done next, what happened."""

from functools import cached_property
from typing import Any

from django import forms
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

from scheduling.actions import arrivals
from scheduling.actions.visits import note_caller_checked, note_view, write_note
from scheduling.exceptions import BookingError, EditConflict
from scheduling.frontdesk.carried import carried
from scheduling.frontdesk.places import remember_place
from scheduling.frontdesk.step_words import DONE_WORDS, STEP_WORDS
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.frontdesk.visit_forms import CallerForm, NoteForm, SeenForm
from scheduling.frontdesk.visit_page import visit_context
from scheduling.models import Appointment
from scheduling.queries.access import may_book_at, may_run_the_day_at, visit_for_staff
from scheduling.queries.history import changes_of
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import local_day
from scheduling.see_other import SeeOther

STEPS = {
    "arrived": arrivals.mark_arrived,
    "start": arrivals.start_exam,
    "end": arrivals.end_exam,
    "missed": arrivals.mark_missed,
    "back": arrivals.take_step_back,
}


# Where a step may have been pressed, and where the desk goes on.
PAGES_OF_THE_DAY = {
    "board": "frontdesk:board",
    "arrivals": "frontdesk:arrivals",
    "worklist": "frontdesk:worklist",
}


class VisitView(LoginRequiredMixin, View):
    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated:
            remember_place(request, self.visit.location)
            if request.method == "POST" and not self.may_post:
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def visit(self) -> Appointment:
        return visit_for_staff(self.request.user, self.kwargs["visit_id"])

    @cached_property
    def may_run_the_day(self) -> bool:
        return may_run_the_day_at(self.request.user, self.visit.location)

    @cached_property
    def may_book(self) -> bool:
        return may_book_at(self.request.user, self.visit.location)

    @property
    def may_post(self) -> bool:
        return self.may_run_the_day

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    @property
    def url(self) -> str:
        return reverse("frontdesk:visit", args=[self.visit.pk])

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        about = visit_context(self.visit, self.request.user, now=self.now)
        may = {"may_run_the_day": self.may_run_the_day, "may_book": self.may_book}
        return render(
            self.request,
            "frontdesk/visit.html",
            {
                "caller_form": CallerForm(),
                "note_form": self._note_form(),
                **about,
                **may,
                **context,
            },
            status=status,
        )

    def _note_form(self) -> NoteForm:
        address = self.address("visit-note")
        typed = carried(self.request, address)
        return NoteForm(*([typed] if typed else []), action=address)

    def address(self, name: str) -> str:
        return reverse(f"frontdesk:{name}", args=[self.visit.pk])

    def read_again(self) -> None:
        """After a refusal: as it is now."""
        self.__dict__.pop("visit", None)

    def conflict(self, wanted: str, **fields: str) -> HttpResponse:
        """Somebody was faster: what they did, what was wanted here, and a button for it all the same."""
        self.read_again()
        context = {
            "visit": self.visit,
            "location": self.visit.location,
            "latest": changes_of(self.visit)[:3],
            "wanted": wanted,
            "fields": {**fields, "version": str(self.visit.version)},
        }
        return render(self.request, "frontdesk/visit_conflict.html", context, status=409)

    def said(self, words: object) -> HttpResponse:
        messages.success(self.request, str(words), extra_tags=FOCUS)
        return SeeOther(self.url)


class Visit(VisitView):
    http_method_names = ["get"]

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        note_view(visit=self.visit, now=self.now, by=self.by)
        return self.page()


class Step(VisitView):
    """The next step of the day, or the last one taken back."""

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(self.url)

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = SeenForm(request.POST, steps=STEPS)
        if not form.is_valid():
            return self.page(422)
        step, version = form.cleaned_data["step"], form.cleaned_data["version"]
        try:
            STEPS[step](visit_id=self.visit.pk, version=version, now=self.now, by=self.by)
        except EditConflict:
            return self.conflict(str(STEP_WORDS[step]), step=step)
        except BookingError as refusal:
            self.read_again()
            return self.page(409, refusal=str(refusal))
        return self._next(step)

    def _next(self, step: str) -> HttpResponse:
        back = PAGES_OF_THE_DAY.get(self.request.POST.get("next", ""))
        if back is None:
            return self.said(DONE_WORDS[step])
        messages.success(self.request, f"{self.visit.patient}: {DONE_WORDS[step]}")
        where = reverse(
            back, args=[self.visit.location.slug, local_day(self.visit.starts_at, self.visit.zone)]
        )
        return SeeOther(f"{where}#visit-{self.visit.pk}")


class Caller(VisitView):
    """The history says that a caller was checked, and by what."""

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = CallerForm(request.POST)
        if not form.is_valid():
            return self.page(422)
        by_what = form.cleaned_data["by_what"]
        note_caller_checked(visit=self.visit, by_what=by_what, now=self.now, by=self.by)
        return self.said(_("The history says that the caller was checked."))


class Note(VisitView):
    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form: forms.Form = NoteForm(request.POST, action=self.address("visit-note"))
        if not form.is_valid():
            return self.page(422, note_form=form, form_with_errors=form)
        write_note(
            visit_id=self.visit.pk,
            text=form.cleaned_data["text"],
            user=request.user,
            now=self.now,
            by=self.by,
        )
        return SeeOther(f"{self.url}#notes")
