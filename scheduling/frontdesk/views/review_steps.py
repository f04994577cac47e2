"""What is done about a review, each by a form of its page."""

from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions import review
from scheduling.actions.tasks import count_try
from scheduling.exceptions import BookingError
from scheduling.frontdesk.forms import TriedForm
from scheduling.frontdesk.review_forms import ScannerForm
from scheduling.frontdesk.views.reviews import ReviewView
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.see_other import SeeOther


class Step(ReviewView):
    """A form of the review's page: what is wrong is said on it, and what was typed stays."""

    name = ""  # of the form on the page
    ends_review: ClassVar[bool] = False

    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(self.url)

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        form = self.form(request.POST)
        kept = {self.name: form} if self.name else {}
        if not form.is_valid():
            return self.page(422, form_with_errors=form, **kept)
        try:
            said = self.act(form)
        except BookingError as refusal:
            return self.refused(refusal, **kept)
        messages.success(request, said, extra_tags=FOCUS)
        return SeeOther(reverse("frontdesk:reviews") if self.ends_review else self.url)

    def form(self, data: QueryDict) -> forms.Form:
        return forms.Form(data)

    def act(self, form: forms.Form) -> str:
        """What was done, in words. Raises BookingError."""
        raise NotImplementedError


class LookAt(Step):
    """“I am looking at it”, also in place of somebody else."""

    def act(self, form: forms.Form) -> str:
        take_over, user = "take_over" in self.request.POST, self.request.user
        review.look_at(task_id=self.task.pk, user=user, take_over=take_over, now=self.now, by=self.by)
        return _("Others see that you are looking at it.")


class ReleaseVisit(Step):
    name, ends_review = "form", True

    def form(self, data: QueryDict) -> forms.Form:
        return self.release_form(data)

    def act(self, form: forms.Form) -> str:
        given = dict(form.cleaned_data)
        given["scanner_ids"] = given.pop("scanners")
        review.release(task_id=self.task.pk, user=self.request.user, now=self.now, by=self.by, **given)
        return _("Released.")


class NoteOn(Step):
    """What was found out so far; the same form passes the review on to a radiologist."""

    name = "note_form"

    def form(self, data: QueryDict) -> forms.Form:
        return self.note_form(data)

    def act(self, form: forms.Form) -> str:
        given = {"text": form.cleaned_data["text"], "passes_on": "pass_on" in self.request.POST}
        review.note(task_id=self.task.pk, user=self.request.user, now=self.now, by=self.by, **given)
        return _("Passed on to a radiologist.") if given["passes_on"] else _("Kept.")


class Tried(Step):
    """Called, and nobody answered."""

    def act(self, form: forms.Form) -> str:
        tried = TriedForm(self.request.POST)
        seen = tried.cleaned_data["tries"] if tried.is_valid() else -1
        count_try(task_id=self.task.pk, tries_seen=seen, now=self.now, by=self.by)
        return _("Counted: tried, no answer.")


class AskForCard(Step):
    def act(self, form: forms.Form) -> str:
        review.ask_for_card(task_id=self.task.pk, user=self.request.user, now=self.now, by=self.by)
        return _("The patient gets an email that asks for the card.")


class AskForLaterDay(Step):
    name = "later_form"

    def form(self, data: QueryDict) -> forms.Form:
        return self.later_form(data)

    def act(self, form: forms.Form) -> str:
        user, given = self.request.user, form.cleaned_data
        review.ask_for_later_day(task_id=self.task.pk, user=user, now=self.now, by=self.by, **given)
        return _("The patient gets an email that asks for another day.")


class UseScanner(Step):
    """A page that was not made by us may name anything."""

    def form(self, data: QueryDict) -> forms.Form:
        return ScannerForm(data)

    def act(self, form: forms.Form) -> str:
        user, given = self.request.user, form.cleaned_data
        visit = review.use_scanner(task_id=self.task.pk, user=user, now=self.now, by=self.by, **given)
        return _("The visit is on %(scanner)s now, at the same time.") % {"scanner": visit.scanner.name}


class CancelVisit(Step):
    name, ends_review = "cancel_form", True

    def form(self, data: QueryDict) -> forms.Form:
        return self.cancel_form(data)

    def act(self, form: forms.Form) -> str:
        user, reason = self.request.user, form.cleaned_data["reason"]
        review.cancel_reviewed(task_id=self.task.pk, reason=reason, user=user, now=self.now, by=self.by)
        return _("Canceled. The patient is told.")
