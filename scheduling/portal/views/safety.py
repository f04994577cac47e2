"""The short list about the safety of the scan, while its time is held."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from scheduling.actions.answers import ask_by_phone
from scheduling.forms.layout import PrimaryButton, SecondButton
from scheduling.portal.screening_page import language_shown
from scheduling.portal.views.covid import KEPT, AskingView
from scheduling.queries.drafts import Step
from scheduling.queries.screening import safety_list
from scheduling.rules.screening import Disposition, FormKind, Outcome, QuestionSpec, Stage, VersionSpec
from scheduling.rules.screening_pages import opened

BY_PHONE = "by_phone"


class Safety(AskingView):
    """All on one page. Who would rather be asked on the phone goes on, and is called."""

    step = Step.SAFETY
    kind = FormKind.SAFETY
    template_name = "portal/safety.html"
    others: ClassVar[tuple[PrimaryButton, ...]] = (
        SecondButton(_("I would rather answer by phone"), name=BY_PHONE),
    )

    def questions(self, version: VersionSpec) -> tuple[QuestionSpec, ...]:
        page = opened(version, safety_list(self.draft, now=self.now))
        return tuple(question for question in page if question.stage is Stage.BOOKING)

    def post(self, request: HttpRequest) -> HttpResponse:
        if BY_PHONE not in request.POST or not safety_list(self.draft, now=self.now):
            return super().post(request)
        outcome = ask_by_phone(
            draft_id=self.draft.pk, kind=self.kind, language=language_shown(), now=self.now, by=self.by
        )
        self.read_again()
        return self.after(outcome)

    def after(self, outcome: Outcome) -> HttpResponse:
        """In a line on the next page; the check page says it in full."""
        answer = self.forward()
        if outcome.disposition is Disposition.REVIEW and answer.has_header("Location"):
            answer["Location"] += f"?{KEPT}"
        return answer
