"""The answers of a visit in words: those of the safety form before it is sent, and all that are on record."""

from django.urls import reverse

from scheduling.forms.records import Record, record_of, words_of_answer
from scheduling.forms.screening import Words
from scheduling.models import Appointment, Screening
from scheduling.portal.summary import Row
from scheduling.queries.safety import SafetyForm
from scheduling.rules.screening import QuestionSpec, clean_answer
from scheduling.rules.screening_pages import FormPage


def question_url(token: str, page: FormPage) -> str:
    return reverse("portal:safety-question", kwargs={"token": token, "number": page.number})


def rows_of(form: SafetyForm, words: Words, token: str) -> list[Row]:
    """Every question of the form that applies, to be looked over before it is sent."""
    return [
        Row(
            words.short(question),
            _answer_words(question, form.answers.get(question.key), words),
            question_url(token, page),
            words.short(question),
        )
        for page in form.pages
        for question in page.questions
        if question.key in form.shown and not question.is_private
    ]


def records_of(screenings: list[Screening], visit: Appointment) -> list[Record]:
    """Nothing private: the link may be opened by somebody else."""
    return [record_of(screening, visit) for screening in screenings]


def _answer_words(question: QuestionSpec, raw: object, words: Words) -> str:
    texts = {choice.value: words(choice.text) for choice in question.choices}
    return words_of_answer(question.kind, raw if clean_answer(question, raw) is not None else None, texts)
