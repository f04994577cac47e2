"""A condition as a sentence, with the names of the questions and answers in place of their keys."""

from django.utils.translation import gettext as _

from scheduling.forms.screening import Words
from scheduling.manage.words import TAGS, short_language
from scheduling.rules.conditions import Condition, ConditionError, parts_of
from scheduling.rules.screening import QuestionKind, QuestionSpec, VersionSpec


class Sentences:
    """Of one version, in the reader's language."""

    def __init__(self, version: VersionSpec) -> None:
        self.version = version
        self.words = Words(version, short_language())
        self.questions = {question.key: question for question in version.questions}

    def __call__(self, condition: Condition) -> str:
        try:
            list(parts_of(condition))
        except ConditionError:
            return _("This condition can’t be read. Write it anew.")
        return self._said(condition) if condition else _("always")

    def _said(self, condition: Condition, *, inside: bool = False) -> str:
        match condition:
            case {"all": parts}:
                return self._listed(_(" and "), parts, inside)
            case {"any": parts}:
                return self._listed(_(" or "), parts, inside)
            case {"not": {"not": part}}:
                return self._said(part, inside=inside)
            case {"not": part} if "all" in part or "any" in part:
                return _("none of this: (%(said)s)") % {"said": self._said(part)}
            case {"not": part}:
                return self.test(part, holds=False)
        return self.test(condition)

    def _listed(self, between: str, parts: list[Condition], inside: bool) -> str:
        said = between.join(self._said(part, inside=True) for part in parts)
        return f"({said})" if inside and len(parts) > 1 else said

    def test(self, test: Condition, *, holds: bool = True) -> str:
        match test:
            case {"q": key, **asked}:
                return self._answer(key, asked, holds)
            case {"tag": tag}:
                said = TAGS.get(tag)
                if said:
                    return str(said[0] if holds else said[1])
                exam = _("the exam is “%(tag)s”") if holds else _("the exam is not “%(tag)s”")
                return exam % {"tag": tag}
            case {"reason_mentions": name}:
                said_of = _("what was typed about the scan has a word of “%(name)s”")
                not_said = _("what was typed about the scan has no word of “%(name)s”")
                return (said_of if holds else not_said) % {"name": name}
            case {"age_between": [youngest, oldest]}:
                ages = {"from": self.number(youngest), "to": self.number(oldest)}
                between = _("the patient is %(from)s to %(to)s years old")
                beyond = _("the patient is not %(from)s to %(to)s years old, or the age is not known")
                return (between if holds else beyond) % ages
        return self._about_the_visit(test, holds)

    def _about_the_visit(self, test: Condition, holds: bool) -> str:
        match test:
            case {"has_order": wanted}:
                yes, no = _("there is a doctor’s order"), _("there is no doctor’s order")
            case {"proxy": wanted}:
                yes, no = _("someone else answers for the patient"), _("the patient answers")
            case {"prefers_phone": wanted}:
                yes, no = _("the patient would rather be called"), _("the patient does not ask for a call")
            case _:
                return _("always") if holds else _("never")
        return yes if bool(wanted) is holds else no

    def name(self, key: str) -> str:
        question = self.questions.get(key)
        return self.words.short(question) if question else key

    def _answer(self, key: str, asked: Condition, holds: bool) -> str:
        said = {"question": self.name(key)}
        match asked:
            case {"is": value}:
                said["answers"] = self._value(key, value)
                words = _("“%(question)s” is %(answers)s"), _("“%(question)s” is not %(answers)s")
            case {"in": values}:
                said["answers"] = _(" or ").join(self._value(key, value) for value in values)
                words = _several(self.questions.get(key))
            case {"answered": wanted}:
                words = _("“%(question)s” is answered"), _("“%(question)s” is not answered")
                words = words if wanted else words[::-1]
            case {"over": limit}:
                said["number"] = self.number(limit)
                words = (
                    _("“%(question)s” is more than %(number)s"),
                    _("“%(question)s” is not more than %(number)s"),
                )
            case _:
                said["number"] = self.number(asked["within_days"])
                words = _days(asked["of"])
        return words[0 if holds else 1] % said

    def _value(self, key: str, value: str) -> str:
        question = self.questions.get(key)
        if question is not None and question.kind is QuestionKind.YES_NO and value in question.values:
            return _("Yes") if value == "yes" else _("No")
        choices = question.choices if question else ()
        return next((self.words(choice.text) for choice in choices if choice.value == value), value)

    def number(self, number: int | str) -> str:
        if isinstance(number, int):
            return str(number)
        value = self.version.parameters.get(number)
        return f"{number} ({value})" if value is not None else number


def _several(question: QuestionSpec | None) -> tuple[str, str]:
    if question is not None and question.kind is QuestionKind.MULTI:
        return _("“%(question)s” has %(answers)s"), _("“%(question)s” has none of: %(answers)s")
    return _("“%(question)s” is %(answers)s"), _("“%(question)s” is none of: %(answers)s")


def _days(reference: str) -> tuple[str, str]:
    if reference == "visit_on":
        return (
            _("“%(question)s” is at most %(number)s days before the visit"),
            _("“%(question)s” is not within %(number)s days before the visit"),
        )
    return (
        _("“%(question)s” is at most %(number)s days before the day of answering"),
        _("“%(question)s” is not within %(number)s days before the day of answering"),
    )
