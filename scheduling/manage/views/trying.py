"""A version tried out as a patient. The whole test stands in the address: it can be kept and sent to whoever
approves the version, and nothing is stored."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from scheduling.manage.forms.trying import CaseForm, TryForm, answers_in, nothing_to_report
from scheduling.manage.tried import tried
from scheduling.manage.views.base import VersionView
from scheduling.manage.words import short_language
from scheduling.queries.questionnaires import day_of_scope, limits_of, with_limits
from scheduling.rules.screening import QuestionSpec, VersionSpec, visible_questions
from scheduling.rules.screening_pages import opened

SEEN = "seen"  # the questions that were on the page: others are not missed yet


class Try(VersionView):
    template_name = "manage/try.html"

    def get(self, request: HttpRequest, version_id: int) -> HttpResponse:
        today = day_of_scope(None, self.now)
        case = CaseForm(
            request.GET if SEEN in request.GET else None,
            questionnaire=self.version.questionnaire,
            today=today,
        )
        if not case.is_bound:
            return self.page(case=case)
        if not case.is_valid():
            return self.page(422, case=case)
        version = with_limits(self.spec, limits_of(self.spec, case.exam.modality))
        return self._asked(case, version)

    def _asked(self, case: CaseForm, version: VersionSpec) -> HttpResponse:
        seen = set(self.request.GET[SEEN].split())
        given = answers_in(self.request.GET, version.questions)
        first = not seen
        answers = {**nothing_to_report(version.questions), **({} if first else given)}
        shown = opened(version, visible_questions(version, answers, case.where))
        context: dict[str, Any] = {"case": case, "seen": " ".join(question.key for question in shown)}
        added = {question.key for question in shown} - seen
        if added:
            form = self._form(case, version, shown, initial={**nothing_to_report(shown), **_given(answers)})
            return self.page(form=form, added=0 if first else len(added), **context)
        form = self._form(case, version, shown, self.request.GET)
        if not form.is_valid():
            return self.page(422, form=form, **context)
        return self.page(form=form, result=tried(version, form.cleaned_data, case.where), **context)

    def _form(
        self,
        case: CaseForm,
        version: VersionSpec,
        shown: tuple[QuestionSpec, ...],
        *args: Any,
        **kwargs: Any,
    ) -> TryForm:
        return TryForm(
            *args,
            version=version,
            questions=shown,
            visible=lambda answers: frozenset(
                question.key for question in visible_questions(version, answers, case.where)
            ),
            language=short_language(),
            today=case.where.answered_on,
            **kwargs,
        )


def _given(answers: dict[str, Any]) -> dict[str, Any]:
    return {key: answer for key, answer in answers.items() if answer}
