"""The answers of a visit in words: those of the safety form before it is sent, and all that are on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from scheduling.forms.screening import Words
from scheduling.models import Appointment, Screening
from scheduling.portal.summary import Row
from scheduling.queries.safety import SafetyForm
from scheduling.queries.screening import messages_shown_back
from scheduling.rules.screening import FormKind, QuestionKind, QuestionSpec, clean_answer
from scheduling.rules.screening_pages import FormPage
from scheduling.wall_clock import day_words, time_words


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    question: str
    hint: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One set of answers, as it was worded when it was given: `language` is that of its words."""

    title: str
    language: str
    about: str
    lines: list[AnswerLine]
    told: list[str]
    told_title: str
    not_given: str


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
    return [_record(screening, visit) for screening in screenings]


def _record(screening: Screening, visit: Appointment) -> Record:
    """Nothing private: the link may be opened by somebody else."""
    is_safety = screening.version.questionnaire.kind == FormKind.SAFETY
    with override(screening.language):
        title = screening.version.texts.get("title", {}).get(screening.language, "")
        return Record(
            title=title or screening.version.questionnaire.name,
            language=screening.language,
            about=_about(screening, visit),
            lines=[
                AnswerLine(
                    question=shown["text"],
                    hint="" if is_safety and shown["choices"] else shown["hint"],  # it only said why we ask
                    answer=_recorded_words(shown, screening.answers.get(shown["key"])),
                )
                for shown in screening.shown["questions"]
                if not shown["private"]
            ],
            told=list(dict.fromkeys(message["text"] for message in messages_shown_back(screening))),
            told_title=_("What we told you"),
            not_given=_("Not given"),
        )


def _about(screening: Screening, visit: Appointment) -> str:
    who = {
        Screening.AnsweredBy.PATIENT: _("Answered by the patient"),
        Screening.AnsweredBy.PROXY: _("Answered by the person who booked"),
        Screening.AnsweredBy.STAFF: _("Answered on the phone or at the center"),
    }
    facts = {
        "who": who[Screening.AnsweredBy(screening.answered_by)],
        "day": day_words(screening.answered_at, visit.zone, year=True),
        "time": time_words(screening.answered_at, visit.zone),
        "number": screening.version.number,
    }
    return _("%(who)s on %(day)s, %(time)s. Form version %(number)s.") % facts


def _recorded_words(shown: Mapping[str, Any], answer: object) -> str:
    texts = {choice["value"]: choice["text"] for choice in shown["choices"]}
    return _in_words(QuestionKind(shown["kind"]), answer, texts)


def _answer_words(question: QuestionSpec, raw: object, words: Words) -> str:
    texts = {choice.value: words(choice.text) for choice in question.choices}
    return _in_words(question.kind, raw if clean_answer(question, raw) is not None else None, texts)


def _in_words(kind: QuestionKind, answer: object, texts: Mapping[str, str]) -> str:
    """Empty for no answer; several that were ticked stand on lines of their own, as they were offered."""
    if answer is None:
        return ""
    if kind is QuestionKind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(str(answer), "")
    if kind in (QuestionKind.DATE, QuestionKind.DATE_AHEAD):
        return day_words(date.fromisoformat(str(answer)), year=True)
    if isinstance(answer, list):
        return "\n".join(text for value, text in texts.items() if value in answer)
    return texts.get(str(answer), str(answer))
