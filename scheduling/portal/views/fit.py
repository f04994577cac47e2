"""Before a time: what decides whether, where and how long."""

from django.http import HttpResponse

from scheduling.portal.views.covid import AskingView
from scheduling.queries.drafts import Step
from scheduling.queries.screening import shown_to
from scheduling.rules.screening import FormKind, Outcome, QuestionSpec, Stage, VersionSpec
from scheduling.rules.screening_pages import opened


class Fit(AskingView):
    """“Do any of these apply?” Exams without such questions skip it."""

    step = Step.FIT
    kind = FormKind.SAFETY
    stage = Stage.BEFORE_TIME
    template_name = "portal/fit.html"
    is_one = True

    def questions(self, version: VersionSpec) -> tuple[QuestionSpec, ...]:
        shown = shown_to(version, self.draft, until=self.stage, now=self.now)
        here = tuple(question for question in shown if question.stage is self.stage)
        return tuple(question for question in opened(version, here) if question.stage is self.stage)

    def after(self, outcome: Outcome) -> HttpResponse:
        return self.forward()
