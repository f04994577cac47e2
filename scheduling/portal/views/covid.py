"""The respiratory questions: emergency signs first and alone, one short page, then what still follows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from scheduling.actions.answers import answer_chest_question, answer_screening
from scheduling.actions.limits import note_origin
from scheduling.exceptions import TooManyTries
from scheduling.forms.layout import PrimaryButton
from scheduling.forms.outcome_words import ENDS_BOOKING
from scheduling.forms.screening import ScreeningForm, Words
from scheduling.portal.forms import NumberForm
from scheduling.portal.screening_page import OutcomePage, language_shown, outcome_page
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.visitor import address_of
from scheduling.queries.drafts import Step
from scheduling.queries.questionnaires import CHEST_QUESTION, chest_version
from scheduling.queries.screening import (
    answers_of,
    days_of,
    outcome_of,
    shown_to,
    shown_with,
    still_to_answer,
    version_of,
    version_of_record,
)
from scheduling.rules.screening import (
    Disposition,
    FormKind,
    Outcome,
    QuestionSpec,
    Stage,
    VersionSpec,
    chest_rules,
)
from scheduling.rules.screening_pages import first_page, short_page

KEPT = "kept"  # in the query: an answer on the page before is looked at by a person


class AskingView(DraftView):
    """One page of questions of the version that the draft is asked."""

    step = Step.COVID
    template_name = "portal/covid.html"
    kind: ClassVar[FormKind] = FormKind.RESPIRATORY
    stage: ClassVar[Stage] = Stage.BOOKING
    back: ClassVar[str] = ""
    is_one: ClassVar[bool] = False  # a page about its first question, whatever follows from it
    others: ClassVar[tuple[PrimaryButton, ...]] = ()

    def version(self) -> VersionSpec | None:
        return version_of(self.draft, self.kind, now=self.now)

    def outcome(self) -> Outcome | None:
        return outcome_of(self.draft, self.kind, now=self.now)

    def version_of_record(self) -> VersionSpec | None:
        return version_of_record(self.draft, self.kind, now=self.now)

    def questions(self, version: VersionSpec) -> tuple[QuestionSpec, ...]:
        return ()

    def save(self, answers: Mapping[str, Any]) -> HttpResponse:
        with self.counting_calls():
            outcome = answer_screening(
                draft_id=self.draft.pk,
                kind=self.kind,
                answers=answers,
                until=self.stage,
                language=language_shown(),
                may_open_call=self.may_open_call(),
                now=self.now,
                by=self.by,
            )
        self.read_again()
        return self.after(outcome)

    @contextmanager
    def counting_calls(self) -> Iterator[None]:
        """An answer is never refused for the calls it leads to: past the limit it opens none, and the page
        asks to call the center."""
        before = self.has_call()
        yield
        if self.has_call() and not before:
            self._note_origin()
            with suppress(TooManyTries):
                self.count_callback()

    def _note_origin(self) -> None:
        for task in self.draft.tasks.open():
            note_origin(task=task, address=address_of(self.request), now=self.now)

    def after(self, outcome: Outcome) -> HttpResponse:
        version = self.version()
        is_over = outcome.disposition is Disposition.EMERGENCY
        if not is_over and version and still_to_answer(version, self.draft, until=self.stage, now=self.now):
            return see_other("portal:covid-more", draft_id=self.draft.pk)
        return self.tell(outcome)

    def tell(self, outcome: Outcome | None) -> HttpResponse:
        """Nothing to say about the answers, or nothing new: the next page at once."""
        if outcome is None or not outcome.reasons or self._is_explained(outcome):
            return self.forward()
        return see_other("portal:covid-outcome", draft_id=self.draft.pk)

    def _is_explained(self, outcome: Outcome) -> bool:
        """What a chest scan is for was explained before a time was chosen."""
        version = self.version_of_record()
        is_booked = outcome.disposition is Disposition.REVIEW
        return is_booked and version is not None and chest_rules(version).issuperset(outcome.rule_keys)

    def nothing_to_ask(self) -> HttpResponse:
        return self.forward()

    def url_of(self, page: str) -> str:
        return reverse(f"portal:{page}", kwargs={"draft_id": self.draft.pk})

    def get(self, request: HttpRequest) -> HttpResponse:
        version = self.version()
        questions = self.questions(version) if version else ()
        if version is None or not questions:
            return self.nothing_to_ask()
        return self._asked(version, self._form(version, questions, initial=answers_of(self.draft, self.kind)))

    def post(self, request: HttpRequest) -> HttpResponse:
        version = self.version()
        questions = self.questions(version) if version else ()
        if version is None or not questions:
            return self.nothing_to_ask()
        form = self._form(version, questions, request.POST)
        if not form.is_valid():
            return self._asked(version, form, status=422)
        return self.save(form.cleaned_data)

    def _asked(self, version: VersionSpec, form: ScreeningForm, status: int = 200) -> HttpResponse:
        words = Words(version, language_shown())
        alone = form.questions[0] if self.is_one or len(form.questions) == 1 else None
        title = words(alone.text) if alone else words.page("title")
        intro = "" if alone else words.page("intro")
        more = {"back_url": self.url_of(self.back)} if self.back else {}
        kept = KEPT in self.request.GET
        return self.page(status, form=form, title=title, intro=intro, alone=alone, kept=kept, **more)

    def _form(
        self, version: VersionSpec, questions: tuple[QuestionSpec, ...], *args: Any, **kwargs: Any
    ) -> ScreeningForm:
        return ScreeningForm(
            *args,
            version=version,
            questions=questions,
            visible=lambda answers: shown_with(version, self.draft, answers, now=self.now),
            language=language_shown(),
            today=days_of(self.draft, self.kind, now=self.now)[0],
            is_one=self.is_one,
            others=self.others,
            **kwargs,
        )


class Covid(AskingView):
    """Emergency signs, first and alone. `?change` opens it again after an outcome that ends the booking."""

    def get(self, request: HttpRequest) -> HttpResponse:
        outcome = self.outcome()
        if outcome and outcome.disposition in ENDS_BOOKING and "change" not in request.GET:
            return self.tell(outcome)
        return super().get(request)

    def questions(self, version: VersionSpec) -> tuple[QuestionSpec, ...]:
        return first_page(shown_to(version, self.draft, now=self.now))

    def after(self, outcome: Outcome) -> HttpResponse:
        if outcome.disposition is Disposition.EMERGENCY:
            return self.tell(outcome)
        return see_other("portal:covid-questions", draft_id=self.draft.pk)

    def nothing_to_ask(self) -> HttpResponse:
        """A version without a question that stands alone begins with its short page."""
        if self.version() is None:
            return self.forward()
        return see_other("portal:covid-questions", draft_id=self.draft.pk)


class CovidQuestions(AskingView):
    back = "covid"

    def questions(self, version: VersionSpec) -> tuple[QuestionSpec, ...]:
        return short_page(version, shown_to(version, self.draft, now=self.now))


class CovidMore(AskingView):
    """What the short page could not know: follow-ups that hang on several answers."""

    back = "covid-questions"

    def questions(self, version: VersionSpec) -> tuple[QuestionSpec, ...]:
        return still_to_answer(version, self.draft, now=self.now)


class CovidTest(AskingView):
    """Chest exams only, before a time is chosen: is this scan meant to find COVID-19?"""

    step = Step.COVID_TEST
    has_ticket = False

    def version(self) -> VersionSpec | None:
        return chest_version(self.draft.exam, self.now)

    def questions(self, version: VersionSpec) -> tuple[QuestionSpec, ...]:
        return tuple(question for question in version.questions if question.key == CHEST_QUESTION)

    def save(self, answers: Mapping[str, Any]) -> HttpResponse:
        with self.counting_calls():
            outcome = answer_chest_question(
                draft_id=self.draft.pk,
                answer=answers[CHEST_QUESTION],
                may_open_call=self.may_open_call(),
                now=self.now,
                by=self.by,
            )
        self.read_again()
        return self.tell(outcome)

    def tell(self, outcome: Outcome | None) -> HttpResponse:
        """The explanation, also for who comes back to this question with all the others answered."""
        if outcome is None or not outcome.explains_chest:
            return self.forward()
        return HttpResponseRedirect(f"{self.url_of('covid-outcome')}?explain", status=303)


class CovidOutcome(AskingView):
    """What the answers lead to. The only thing to press after emergency signs is “this is usual for me”."""

    template_name = "portal/covid_outcome.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        outcome = self.outcome()
        version = self.version_of_record()
        if outcome is None or version is None or not outcome.reasons:
            return self.forward()
        asked = "explain" in request.GET
        result = outcome_page(self.draft, version, outcome, was_just_asked=asked, now=self.now)
        return self.page(result=result, **self._ways(result))

    def _ways(self, result: OutcomePage) -> dict[str, Any]:
        ways: dict[str, Any] = {"next_url": self.next_page().url}
        if result.disposition in ENDS_BOOKING:
            asked_at = "covid-test" if result.explains_chest else "covid"
            ways = {"ticket": None, "back_url": f"{self.url_of(asked_at)}?change"}
        if result.lacks_number:
            ways["number_form"] = NumberForm(
                initial={"who_calls": NumberForm.WE},
                about=self.draft.named_patient,
                action=self.url_of("number"),
            )
        return ways

    def post(self, request: HttpRequest) -> HttpResponse:
        outcome = self.outcome()
        version = self.version_of_record()
        if outcome is None or version is None:
            return self.forward()
        usual = outcome_page(self.draft, version, outcome, now=self.now).usual
        if usual is None:
            return self.tell(outcome)
        self.save({usual.key: "yes"})
        return see_other("portal:covid-questions", draft_id=self.draft.pk)
