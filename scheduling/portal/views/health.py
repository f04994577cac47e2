"""The questions about illness, asked again by the visit's link shortly before the visit."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from scheduling.actions.asking_again import answer_again
from scheduling.exceptions import NotFound, TooLate
from scheduling.forms.screening import ScreeningForm, Words
from scheduling.portal.health_page import health_outcome, opening_words
from scheduling.portal.screening_page import language_shown
from scheduling.portal.views.base import see_other
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.queries.asking_again import (
    EMERGENCY_SIGNS,
    SHORT_PAGE,
    STEPS,
    Asking,
    is_to_come,
    open_asking,
)
from scheduling.rules.screening import Disposition, Outcome, QuestionSpec
from scheduling.wall_clock import local


class HealthView(OpenVisitView):
    """What cannot be answered now leads to the visit."""

    back_to = "health"

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().answer(request, **kwargs)
        except (NotFound, TooLate):
            return self.back_to_visit()

    @cached_property
    def asking(self) -> Asking:
        return open_asking(self.visit, now=self.now)

    def keep(self, answers: Mapping[str, Any]) -> tuple[Asking, Outcome]:
        return answer_again(
            visit_id=self.visit.pk, answers=answers, language=language_shown(), now=self.now, by=self.by
        )

    def go_on(self, asking: Asking) -> HttpResponse:
        if asking.next_step is None:
            return see_other("portal:health-outcome", token=self.token)
        return see_other("portal:health-questions", token=self.token, step=asking.next_step)


class HealthStart(HealthView):
    """Goes on where it was left; before the window opens, says when it does."""

    template_name = "portal/health_early.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.go_on(self.asking)
        except NotFound:
            if not is_to_come(self.visit, now=self.now):
                raise
        return self.page(opens=opening_words(self.visit), back_url=self.url_of_visit())


class HealthQuestions(HealthView):
    template_name = "portal/health.html"

    def get(self, request: HttpRequest, step: int) -> HttpResponse:
        questions = self._questions(step)
        if not questions:
            return self.go_on(self.asking)
        initial = self.asking.answers if step != EMERGENCY_SIGNS or self.asking.is_answered else {}
        return self._asked(step, self._form(questions, initial=dict(initial)))

    def post(self, request: HttpRequest, step: int) -> HttpResponse:
        questions = self._questions(step)
        if not questions:
            return self.go_on(self.asking)
        form = self._form(questions, request.POST)
        if not form.is_valid():
            return self._asked(step, form, status=422)
        asking, outcome = self.keep(form.cleaned_data)
        if outcome.disposition is Disposition.EMERGENCY:
            return see_other("portal:health-outcome", token=self.token)
        if step == EMERGENCY_SIGNS and asking.questions(SHORT_PAGE):
            return see_other("portal:health-questions", token=self.token, step=SHORT_PAGE)
        return self.go_on(asking)

    def _questions(self, step: int) -> tuple[QuestionSpec, ...]:
        if step not in STEPS:
            raise Http404
        return self.asking.questions(step)

    def _form(self, questions: tuple[QuestionSpec, ...], *args: Any, **kwargs: Any) -> ScreeningForm:
        return ScreeningForm(
            *args,
            version=self.asking.version,
            questions=questions,
            visible=self.asking.shown_with,
            language=language_shown(),
            today=local(self.now, self.visit.zone).date(),
            **kwargs,
        )

    def _asked(self, step: int, form: ScreeningForm, status: int = 200) -> HttpResponse:
        words = Words(self.asking.version, language_shown())
        alone = form.questions[0] if len(form.questions) == 1 else None
        before = reverse("portal:health-questions", kwargs={"token": self.token, "step": step - 1})
        return self.page(
            status,
            form=form,
            title=words(alone.text) if alone else words.page("title"),
            intro="" if alone else words.page("intro"),
            alone=alone,
            back_url=before if step != EMERGENCY_SIGNS else self.url_of_visit(),
        )


class HealthOutcome(HealthView):
    """What the answers lead to. The visit stays whatever it is. The only thing to press beside “Call 911” is
    “this is usual for me”."""

    template_name = "portal/health_outcome.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        result = health_outcome(self.visit, self.asking)
        if result.disposition is not Disposition.EMERGENCY and self.asking.next_step is not None:
            return self.go_on(self.asking)
        return self.page(result=result, back_url=self.url_of_visit())

    def post(self, request: HttpRequest) -> HttpResponse:
        usual = health_outcome(self.visit, self.asking).usual
        if usual is None:
            return self.go_on(self.asking)
        asking, _outcome = self.keep({usual.key: "yes"})
        return self.go_on(asking)
