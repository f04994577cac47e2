"""What is done about a review, each by a form of its page."""

from typing import ClassVar

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions import review
from scheduling.actions.tries import count_try
from scheduling.exceptions import IllegalMove
from scheduling.frontdesk.queue_words import said_of
from scheduling.frontdesk.review_forms import ScannerForm
from scheduling.frontdesk.try_form import TriedForm
from scheduling.frontdesk.views.reviews import ReviewView
from scheduling.frontdesk.views.steps import FormStep
from scheduling.models import Task
from scheduling.queries.queues import Queue


class Step(ReviewView, FormStep):
    ends_review: ClassVar[bool] = False

    @property
    def next_url(self) -> str:
        return reverse("frontdesk:queue", args=[Queue.FLAGS]) if self.ends_review else self.url


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
    """A call, and what came of it; it does not decide the review."""

    name = "tried_form"

    def form(self, data: QueryDict) -> TriedForm:
        return TriedForm(data, location=self.task.location, now=self.now)

    def act(self, form: forms.Form) -> str:
        assert isinstance(form, TriedForm)
        if form.came_of_it == Task.Try.DONE:
            raise IllegalMove
        tried = count_try(task_id=self.task.pk, **form.seen(), now=self.now, by=self.by)
        return said_of(tried, form.came_of_it, now=self.now)


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
