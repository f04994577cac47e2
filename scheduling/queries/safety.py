"""The full safety form of a visit: what is left to ask after booking, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from locations.models import Scanner
from scheduling.exceptions import NotFound, TooLate
from scheduling.models import Appointment, Screening
from scheduling.queries.asking_again import opens_at
from scheduling.queries.screening import (
    answers_of,
    circumstances_of,
    is_answered,
    prefers_phone,
    sheet_of,
    version_of,
)
from scheduling.rules.screening import (
    Circumstances,
    FormKind,
    QuestionSpec,
    Stage,
    VersionSpec,
    visible_questions,
)
from scheduling.rules.screening_pages import FormPage, form_pages

KIND = FormKind.SAFETY


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyForm:
    version: VersionSpec
    pages: tuple[FormPage, ...]
    shown: frozenset[str]  # keys of all questions that are visible with the answers
    answers: Mapping[str, Any]
    where: Circumstances
    is_sent: bool
    is_again: bool  # it was answered before the window of the visit, and is asked for once more
    prefers_phone: bool  # rather than the short list, while booking

    @property
    def answered(self) -> int:
        return sum(map(self._is_answered, self.pages))

    @property
    def is_complete(self) -> bool:
        return self.first_unanswered is None

    @property
    def first_unanswered(self) -> FormPage | None:
        return next((page for page in self.pages if not self._is_answered(page)), None)

    def _is_answered(self, page: FormPage) -> bool:
        return page.is_answered(self.shown, self.answers)

    def page(self, number: int) -> FormPage:
        """Raises NotFound for a page that these answers do not show."""
        for page in self.pages:
            if page.number == number:
                return page
        raise NotFound

    def before(self, number: int) -> FormPage | None:
        return next((page for page in reversed(self.pages) if page.number < number), None)

    def after(self, number: int) -> FormPage | None:
        """The next page that lacks an answer, from this one on; at the end, one that was left out before."""
        in_turn = sorted(self.pages, key=lambda page: (page.number < number, page.number))
        return next((page for page in in_turn if not self._is_answered(page)), None)

    @property
    def shown_back(self) -> dict[str, Any]:
        """The answers that whoever opens the link may see again."""
        private = {question.key for question in self.version.questions if question.is_private}
        return {key: answer for key, answer in self.answers.items() if key not in private}

    def shown_with(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """The keys of the questions that are visible with these answers in place of the earlier ones."""
        return _keys(self.version, {**self.answers, **answers}, self.where)


def safety_form(visit: Appointment, *, now: datetime) -> SafetyForm | None:
    """None where nothing is left to ask after booking.

    What decided about the time was asked before it was chosen, and what was answered while booking is not
    asked again; but before an MRI the answers are looked over once more inside the window of the visit, and
    what is private is asked anew, for nobody sees it again.
    """
    version = version_of(visit, KIND, now=now)
    if version is None:
        return None
    answers, where = answers_of(visit, KIND), circumstances_of(visit, KIND, now=now)
    is_again = is_old(visit, now=now)
    if is_again:
        private = {question.key for question in version.questions if question.is_private}
        answers = {key: answer for key, answer in answers.items() if key not in private}
    visible = visible_questions(version, answers, where)
    pages = form_pages(version, visible, _asked_before(visit, version, now=now))
    if not pages:
        return None
    form = SafetyForm(
        version=version,
        pages=pages,
        shown=frozenset(question.key for question in visible),
        answers=answers,
        where=where,
        is_sent=False,
        is_again=is_again,
        prefers_phone=prefers_phone(visit, KIND),
    )
    return replace(form, is_sent=form.is_complete and is_answered(visit, KIND) and not is_again)


def is_old(visit: Appointment, *, now: datetime) -> bool:
    """Whether complete answers are from before the window in which implants, surgery and pregnancy are asked
    about once more: before an MRI, as the questions about illness are."""
    sheet = sheet_of(visit, KIND)
    if sheet is None or sheet.answered_at is None or not _looks_again(visit, now):
        return False
    return sheet.answered_at < opens_at(visit)


def _looks_again(visit: Appointment, now: datetime) -> bool:
    return visit.exam.modality == Scanner.Modality.MR and now >= opens_at(visit)


def open_form(visit: Appointment, *, now: datetime) -> SafetyForm:
    """To be answered by the patient: from the start of the visit on the technologist asks.

    Raises TooLate, and NotFound where nothing is asked.
    """
    if not visit.is_ahead(now):
        raise TooLate
    form = safety_form(visit, now=now)
    if form is None:
        raise NotFound
    return form


def recorded_questions(form: SafetyForm) -> tuple[QuestionSpec, ...]:
    """What a record of the form holds: its pages, and what was answered while booking."""
    on_form = {question.key for page in form.pages for question in page.questions}
    return tuple(
        question
        for question in form.version.questions
        if question.key in form.shown and (question.key in on_form or question.key in form.answers)
    )


def answered_questions(form: SafetyForm) -> tuple[QuestionSpec, ...]:
    """What a record of a form that is not complete holds."""
    return tuple(
        question for question in form.version.questions if question.key in form.shown & form.answers.keys()
    )


def current_screenings(visit: Appointment) -> QuerySet[Screening]:
    """The last record of each kind, in the order in which they were answered."""
    return (
        Screening.objects.filter(appointment=visit, superseded_by=None)
        .select_related("version__questionnaire")
        .order_by("answered_at", "pk")
    )


def _asked_before(visit: Appointment, version: VersionSpec, *, now: datetime) -> frozenset[str]:
    at_booking = Screening.objects.filter(
        appointment=visit,
        version__questionnaire__kind=KIND,
        answered_at__lte=visit.booked_at or visit.created_at,
    )
    first = at_booking.order_by("pk").first()
    counts = first is not None and (not _looks_again(visit, now) or first.answered_at >= opens_at(visit))
    answered = first.answers.keys() if first and counts else ()
    return frozenset(
        question.key
        for question in version.questions
        if question.stage is Stage.BEFORE_TIME
        or (question.stage is Stage.BOOKING and question.key in answered)
    )


def _keys(version: VersionSpec, answers: Mapping[str, Any], where: Circumstances) -> frozenset[str]:
    return frozenset(question.key for question in visible_questions(version, answers, where))
