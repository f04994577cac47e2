"""The questions about illness, asked at the door of whoever has not answered them by the link."""

from functools import cached_property
from typing import Any

from crispy_forms.layout import ButtonHolder
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from scheduling.actions.asking_again import answer_again
from scheduling.exceptions import BookingError
from scheduling.forms.layout import PrimaryButton
from scheduling.forms.outcome_words import messages_of, title_of
from scheduling.forms.screening import ScreeningForm, Words
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.frontdesk.views.visit import VisitView
from scheduling.queries.asking_again import Asking, asking_of
from scheduling.queries.questionnaires import CHEST_QUESTION
from scheduling.rules.screening import Disposition, Outcome
from scheduling.rules.screening_pages import opened
from scheduling.see_other import SeeOther
from scheduling.wall_clock import local


class Illness(VisitView):
    """All on one page, by mouse or by y, n and u."""

    @cached_property
    def asking(self) -> Asking | None:
        return asking_of(self.visit, at_the_door=True, now=self.now)

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return self._page(self._form(self.asking) if self.asking else None)

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        if self.asking is None:
            return self._page(None, 409)
        form = self._form(self.asking, request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            asking, outcome = self._keep(form)
        except BookingError as refusal:
            return self._page(None, 409, refusal=str(refusal))
        return self._next(asking, outcome)

    def _next(self, asking: Asking, outcome: Outcome) -> HttpResponse:
        """What follows from the answers is asked too, but for emergency signs, which go at once."""
        if asking.next_step is not None and outcome.disposition is not Disposition.EMERGENCY:
            return self._page(self._form(asking, self.request.POST), 422)
        return self._told(asking, outcome)

    def _keep(self, form: ScreeningForm) -> tuple[Asking, Outcome]:
        keys = {question.key for question in form.questions}
        return answer_again(
            visit_id=self.visit.pk,
            answers={key: answer for key, answer in form.cleaned_data.items() if key in keys and answer},
            language=self.visit.language,
            at_the_door=True,
            now=self.now,
            by=self.by,
        )

    def _form(self, asking: Asking, *data: Any) -> ScreeningForm:
        questions = opened(asking.version, asking.shown)
        form = ScreeningForm(
            *data,
            version=asking.version,
            questions=tuple(question for question in questions if question.key != CHEST_QUESTION),
            visible=asking.shown_with,
            language=self.visit.language,
            today=local(self.now, self.visit.zone).date(),
            initial=asking.answers,
        )
        form.helper.layout.pop()
        form.helper.layout.append(ButtonHolder(PrimaryButton(_("Save the answers"), busy=_("Saving…"))))
        return form

    def _told(self, asking: Asking, outcome: Outcome) -> HttpResponse:
        words = Words(asking.version, self.visit.language)
        title = title_of(outcome, words, explains_chest=False)
        told = [] if outcome.disposition is Disposition.OK else [title, *messages_of(outcome, words)]
        level = messages.success if not told else messages.warning
        level(self.request, " ".join([_("Saved."), *told]), extra_tags=FOCUS)
        return SeeOther(self.url)

    def _page(self, form: ScreeningForm | None, status: int = 200, **context: Any) -> HttpResponse:
        context = {"visit": self.visit, "location": self.visit.location, "form": form, **context}
        return render(self.request, "frontdesk/illness.html", context, status=status)
