"""Who the scan is for, and how to reach them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from scheduling.actions.drafts import clear_draft, save_answers
from scheduling.actions.numbers import give_number
from scheduling.models import Draft
from scheduling.portal.forms import ContactForm, NumberForm, PatientForm
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.visitor import ASKED_CALL
from scheduling.queries.drafts import (
    Step,
    lacks_number,
    promises_call,
    today_at,
    visit_day,
)
from scheduling.queries.waitlist import entry_of_draft


class Patient(DraftView):
    step = Step.PATIENT
    template_name = "portal/patient.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=self._form(initial=answers_of(self.draft, PatientForm)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        self.draft = save_answers(draft_id=self.draft.pk, answers=form.cleaned_data, now=self.now)
        return self.forward()

    def _form(self, *args: Any, **kwargs: Any) -> PatientForm:
        day = visit_day(self.draft, self.now)
        return PatientForm(*args, today=today_at(self.draft, self.now), visit_day=day, **kwargs)


class Contact(DraftView):
    step = Step.CONTACT
    template_name = "portal/contact.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = answers_of(self.draft, ContactForm)
        initial["phone"] = self.draft.phone_as_typed
        is_called = lacks_number(self.draft, now=self.now)
        if is_called and not self.draft.by_email:  # on the first visit to this page; unticked, it stays so
            initial["by_call"] = True
        return self.page(form=ContactForm(initial=initial), is_called=is_called)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ContactForm(request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        suggestion = form.suggestion()
        if suggestion:
            return self.page(422, form=form.asking(), suggestion=suggestion)
        self.draft = save_answers(draft_id=self.draft.pk, answers=form.answers(), now=self.now)
        return self.forward()


class Number(DraftView):
    """Someone has to call, and there is no number: asked for here, or the patient calls us."""

    step = Step.NUMBER
    template_name = "portal/number.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not promises_call(self.draft, now=self.now):
            return self.forward()
        initial = {"who_calls": NumberForm.WE, "phone": self.draft.phone_as_typed}
        return self.page(form=self._form(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        self.draft = give_number(draft_id=self.draft.pk, **form.answers(), now=self.now, by=self.by)
        return self.forward()

    def back_url(self) -> str:
        return reverse("portal:contact", kwargs={"draft_id": self.draft.pk})

    def _form(self, *args: Any, **kwargs: Any) -> NumberForm:
        return NumberForm(*args, about=self.draft.named_patient, is_question=True, **kwargs)


class Clear(DraftView):
    """“Clear my answers”, for shared computers: asked first, done by a button."""

    template_name = "portal/clear.html"
    has_ticket = False

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(is_waiting=entry_of_draft(self.draft) is not None)

    def post(self, request: HttpRequest) -> HttpResponse:
        clear_draft(draft_id=self.draft.pk, now=self.now, by=self.by)
        request.session.pop(ASKED_CALL, None)
        return see_other("portal:home")


def answers_of(draft: Draft, form: type[PatientForm] | type[ContactForm]) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in form.base_fields if hasattr(draft, name)}
