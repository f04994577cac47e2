"""The full safety form, and the record of one's own answers, by the visit's link."""

from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from scheduling.actions.safety import answer_safety_page, read_own_answers, send_safety_form
from scheduling.exceptions import DraftIncomplete, NotFound, TooLate
from scheduling.forms.screening import ScreeningForm, Words
from scheduling.portal.answers_page import question_url, records_of, rows_of
from scheduling.portal.screening_page import language_shown
from scheduling.portal.views.base import see_other
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.queries.implants import implants_to_ask_about
from scheduling.queries.safety import SafetyForm, open_form
from scheduling.rules.screening_pages import FormPage
from scheduling.wall_clock import local


class FormView(OpenVisitView):
    """A page of the form. What cannot be answered here leads to where the form stands."""

    back_to: ClassVar[str] = "safety-form"
    instead: ClassVar[str] = "safety-form"

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().answer(request, **kwargs)
        except (DraftIncomplete, NotFound, TooLate):
            return see_other(f"portal:{self.instead}", token=self.token)

    @cached_property
    def form(self) -> SafetyForm:
        return open_form(self.visit, now=self.now)

    def go_on(self, page: FormPage | None) -> HttpResponse:
        """Without a page left everything is answered, and looked over before it is sent."""
        if page is None:
            return see_other("portal:safety-check", token=self.token)
        return see_other("portal:safety-question", token=self.token, number=page.number)


class SafetyStart(FormView):
    """Goes on where it was left; says thank you when it is sent."""

    template_name = "portal/safety_sent.html"
    instead = "visit"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page() if self.form.is_sent else self.go_on(self.form.first_unanswered)


class SafetyQuestion(FormView):
    """One question with what follows from it, kept as soon as it is sent."""

    template_name = "portal/safety_question.html"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._asked(self._fields(number, initial=self.form.shown_back), number)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        fields = self._fields(number, request.POST)
        if not fields.is_valid():
            return self._asked(fields, number, status=422)
        form = answer_safety_page(
            visit_id=self.visit.pk,
            answers=fields.cleaned_data,
            language=language_shown(),
            now=self.now,
            by=self.by,
        )
        return self.go_on(form.after(number))

    def _fields(self, number: int, *args: Any, **kwargs: Any) -> ScreeningForm:
        return ScreeningForm(
            *args,
            version=self.form.version,
            questions=self.form.page(number).questions,
            visible=self.form.shown_with,
            language=language_shown(),
            today=local(self.now, self.visit.zone).date(),
            is_one=True,
            **kwargs,
        )

    def _asked(self, fields: ScreeningForm, number: int, status: int = 200) -> HttpResponse:
        form, before = self.form, self.form.before(number)
        return self.page(
            status,
            form=fields,
            step=form.pages.index(form.page(number)) + 1,
            steps=len(form.pages),
            implants=implants_to_ask_about(self.visit),
            back_url=question_url(self.token, before) if before else self.url_of_visit(),
        )


class SafetyCheck(FormView):
    """All answers, to be looked over; its button sends them."""

    template_name = "portal/safety_check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.form
        if not form.is_complete:
            return self.go_on(form.first_unanswered)
        words = Words(form.version, language_shown())
        back_url = question_url(self.token, form.pages[-1])
        rows = rows_of(form, words, self.token)
        return self.page(rows=rows, is_again=form.is_again, back_url=back_url)

    def post(self, request: HttpRequest) -> HttpResponse:
        send_safety_form(visit_id=self.visit.pk, language=language_shown(), now=self.now, by=self.by)
        return see_other("portal:safety-form", token=self.token)


class Answers(OpenVisitView):
    """In the words that were shown then. What is private is not: somebody else may have this link."""

    template_name = "portal/answers.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = read_own_answers(visit=self.visit, now=self.now, by=self.by)
        return self.page(records=records_of(found, self.visit), back_url=self.url_of_visit())
