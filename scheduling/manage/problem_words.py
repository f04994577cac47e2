"""What keeps a draft from being published: a sentence each, with the page where it is mended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from scheduling.forms.words import Words
from scheduling.manage.condition_words import Sentences
from scheduling.models import Version
from scheduling.rules.screening import VersionSpec
from scheduling.rules.screening_check import Problem, ProblemKind

_KIND = ProblemKind
_WORDS: Mapping[ProblemKind, Words] = {
    _KIND.NOTHING_TO_ASK: _("There is no question yet."),
    _KIND.NO_RULES: _("There is no rule yet, so answers would lead to nothing."),
    _KIND.DOUBLE_KEY: _("The key “%(where)s” stands for two things. Give one of them another key."),
    _KIND.BAD_CONDITION: _("%(name)s: the condition can’t be read."),
    _KIND.UNKNOWN_QUESTION: _("%(name)s: there is no question “%(detail)s”."),
    _KIND.UNKNOWN_ANSWER: _("%(name)s: there is no such answer (%(detail)s)."),
    _KIND.UNKNOWN_PARAMETER: _("%(name)s: there is no number “%(detail)s”."),
    _KIND.UNKNOWN_TEXT: _("%(name)s: there is no text “%(detail)s”."),
    _KIND.NOT_A_DATE: _("%(name)s: “%(detail)s” does not ask for a day."),
    _KIND.NOT_A_NUMBER: _("%(name)s: “%(detail)s” does not ask for a number."),
    _KIND.UNREACHABLE: _(
        "%(name)s is never shown: it waits for the answer to “%(detail)s”, which is asked later or is itself."
        " Move it down, or change when it is shown."
    ),
    _KIND.NOT_USED: _(
        "%(name)s leads to nothing: no rule and no other question looks at the answer."
        " Write a rule, or delete it."
    ),
    _KIND.NO_CHOICES: _("%(name)s has no answers to choose from."),
    _KIND.MISSING_TRANSLATION: _("%(name)s: the %(detail)s words are missing."),
    _KIND.NO_FIRST_DAY: _("%(name)s: “Later date” needs days to count, and only that outcome has them."),
    _KIND.OTHER_MODALITY: _(
        "This questionnaire is about one kind of scan, and can be in force for no other."
    ),
    _KIND.UNKNOWN_EFFECT: _("%(name)s: nothing is known about the effect “%(detail)s”."),
    _KIND.WRONG_AMOUNT: _("%(name)s: the effect has a wrong amount (%(detail)s)."),
    _KIND.WRONG_OUTCOME: _(
        "%(name)s: questions about safety lead to OK, a person looks, or a person calls first;"
        " never to “%(detail)s”."
    ),
    _KIND.WRONG_STAGE: _("%(name)s: questions about an illness are asked while booking."),
    _KIND.REVIEWED_LATER: _("The day of the last review, %(detail)s, has yet to come."),
    _KIND.NOT_REVIEWED: _("Nobody has written when it was last reviewed."),
    _KIND.NOT_APPROVED: _("Nobody has written who approved it."),
}
_ABOUT = (_KIND.REVIEWED_LATER, _KIND.NOT_REVIEWED, _KIND.NOT_APPROVED)
_LANGUAGES: Mapping[str, Words] = {"en": _("English"), "es": _("Spanish")}


@dataclass(frozen=True, slots=True)
class Told:
    """`url` is empty where no one page mends it."""

    words: str
    url: str = ""


def told(problems: Iterable[object], version: Version, spec: VersionSpec) -> list[Told]:
    known = [problem for problem in problems if isinstance(problem, Problem)]
    said = [Told(_said(problem, spec), _page(problem, version, spec)) for problem in known]
    return list(dict.fromkeys(said))


def _said(problem: Problem, spec: VersionSpec) -> str:
    detail = problem.detail
    if problem.kind is _KIND.MISSING_TRANSLATION:
        detail = str(_LANGUAGES.get(detail, detail))
    return str(_WORDS[problem.kind]) % {
        "name": _name(problem.where, spec),
        "where": problem.where,
        "detail": detail,
    }


def _name(where: str, spec: VersionSpec) -> str:
    key, _colon, answer = where.partition(": ")
    if any(question.key == key for question in spec.questions):
        words: Words = _("Question “%(name)s” (%(key)s)")
        said = str(words) % {"name": Sentences(spec).name(key), "key": key}
        return f"{said}, {answer}" if answer else said
    is_rule = any(rule.key == key for rule in spec.rules)
    words = _("Rule “%(key)s”") if is_rule else _("Text “%(key)s”")
    return str(words) % {"key": key}


def _page(problem: Problem, version: Version, spec: VersionSpec) -> str:
    if problem.kind in _ABOUT:
        return reverse("manage:about", args=[version.pk])
    key = problem.where.partition(": ")[0]
    for page, keys in (
        ("manage:question", {question.key for question in spec.questions}),
        ("manage:rule", {rule.key for rule in spec.rules}),
        ("manage:text", set(spec.texts)),
    ):
        if key in keys:
            return reverse(page, args=[version.pk, key])
    return ""
