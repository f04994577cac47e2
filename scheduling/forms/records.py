"""A record of answers in words, as it was worded when it was given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from scheduling.models import Appointment, Screening
from scheduling.queries.screening import messages_shown_back
from scheduling.rules.screening import FormKind, QuestionKind
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


def record_of(screening: Screening, visit: Appointment, *, with_private: bool = False) -> Record:
    """Without what is private, where the link may be opened by somebody else."""
    is_safety = screening.version.questionnaire.kind == FormKind.SAFETY
    messages = screening.shown["messages"] if with_private else messages_shown_back(screening)
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
                if with_private or not shown["private"]
            ],
            told=list(dict.fromkeys(message["text"] for message in messages)),
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
    return words_of_answer(QuestionKind(shown["kind"]), answer, texts)


def words_of_answer(kind: QuestionKind, answer: object, texts: Mapping[str, str]) -> str:
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
