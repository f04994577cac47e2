"""Two versions side by side, in words: changed words are marked on both sides."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.dateformat import format as in_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.words import Words
from scheduling.manage.condition_words import Sentences
from scheduling.manage.version_page import NAME
from scheduling.manage.words import TEXTS, parameter_words
from scheduling.models import Question, Rule, Version
from scheduling.models.screening import Disposition
from scheduling.queries.questionnaires import spec_of
from scheduling.rules.screening import VersionSpec
from scheduling.rules.version_diff import (
    Difference,
    Mark,
    Section,
    differences,
    word_by_word,
)
from scheduling.rules.version_diff import Words as Run

MARKS: Mapping[Mark, tuple[Words, str]] = {
    Mark.ADDED: (gettext_lazy("New"), "moss"),
    Mark.REMOVED: (gettext_lazy("Gone"), "brick"),
    Mark.CHANGED: (gettext_lazy("Changed"), "amber"),
    Mark.MOVED: (gettext_lazy("Moved"), "slate"),
}
SECTIONS: Mapping[Section, Words] = {
    Section.ABOUT: gettext_lazy("About the version"),
    Section.PARAMETER: gettext_lazy("Numbers"),
    Section.QUESTION: gettext_lazy("Questions"),
    Section.RULE: gettext_lazy("Rules"),
    Section.TEXT: gettext_lazy("Texts of the pages"),
}
_LINES: Mapping[str, Words] = {
    "value": gettext_lazy("Value"),
    "text en": gettext_lazy("English"),
    "text es": gettext_lazy("Spanish"),
    "hint en": gettext_lazy("English hint"),
    "hint es": gettext_lazy("Spanish hint"),
    "message en": gettext_lazy("English"),
    "message es": gettext_lazy("Spanish"),
    "kind": gettext_lazy("Kind of answer"),
    "show_if": gettext_lazy("Shown if"),
    "stage": gettext_lazy("Asked"),
    "stands_alone": gettext_lazy("On a page of its own"),
    "optional": gettext_lazy("May be left out"),
    "disposition": gettext_lazy("Outcome"),
    "condition": gettext_lazy("Holds if"),
    "defer": gettext_lazy("First possible day"),
    "effects": gettext_lazy("What else follows"),
    "acts_when": gettext_lazy("Acts"),
    "change_note": gettext_lazy("What changed"),
    "approved_by": gettext_lazy("Approved by"),
    "reviewed_on": gettext_lazy("Last reviewed on"),
    "source_url": gettext_lazy("Source"),
    "source_date": gettext_lazy("Date of the source"),
}
_VALUES: Mapping[str, Mapping[str, Words]] = {
    "kind": dict(Question.Kind.choices),
    "stage": dict(Question.Stage.choices),
    "disposition": dict(Disposition.choices),
    "acts_when": dict(Rule.ActsWhen.choices),
    "stands_alone": {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")},
    "optional": {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")},
}


@dataclass(frozen=True, slots=True)
class ChangedLine:
    label: Words
    before: list[Run]
    after: list[Run]


@dataclass(frozen=True, slots=True)
class ChangedThing:
    name: str
    mark: Words
    tone: str
    has_before: bool
    has_after: bool
    lines: list[ChangedLine]


@dataclass(frozen=True, slots=True)
class ChangedSection:
    title: Words
    things: list[ChangedThing]


@dataclass(frozen=True, slots=True)
class Changes:
    sections: list[ChangedSection]
    count: int


def compared(older: Version, newer: Version) -> Changes:
    before, after = spec_of(older), spec_of(newer)
    found = differences(before, after, about=(_about(older), _about(newer)))
    sections = [
        ChangedSection(SECTIONS[section], [_thing(each, before, after) for each in of_this])
        for section in Section
        if (of_this := [each for each in found if each.section is section])
    ]
    return Changes(sections, len(found))


def _about(version: Version) -> dict[str, str]:
    days = {"reviewed_on": version.reviewed_on, "source_date": version.source_date}
    return {
        "change_note": version.change_note,
        "approved_by": version.approved_by,
        "source_url": version.source_url,
        **{name: in_format(day, "Y-m-d") if day else "" for name, day in days.items()},
    }


def _thing(found: Difference, before: VersionSpec, after: VersionSpec) -> ChangedThing:
    mark, tone = MARKS[found.mark]
    return ChangedThing(
        name=_name(found, before if found.mark is Mark.REMOVED else after),
        mark=mark,
        tone=tone,
        has_before=found.mark is not Mark.ADDED,
        has_after=found.mark is not Mark.REMOVED,
        lines=[_line(line.name, line.before, line.after) for line in found.lines],
    )


def _name(found: Difference, spec: VersionSpec) -> str:
    match found.section:
        case Section.ABOUT:
            return _("Who answers for it, and since when")
        case Section.PARAMETER:
            return f"{parameter_words(found.key)} ({found.key})"
        case Section.QUESTION:
            return f"{Sentences(spec).name(found.key)} ({found.key})"
        case Section.TEXT if found.key.startswith(NAME):
            name = _("Name of the question “%(key)s”")
            return name % {"key": found.key.removeprefix(NAME)}
        case Section.TEXT:
            return str(TEXTS.get(found.key, found.key))
    return found.key


def _line(name: str, before: str, after: str) -> ChangedLine:
    known = _VALUES.get(name, {})
    left, right = word_by_word(str(known.get(before, before)), str(known.get(after, after)))
    return ChangedLine(_label(name), left, right)


def _label(name: str) -> Words:
    if name in _LINES:
        return _LINES[name]
    value, language = name.removeprefix("answer ").rsplit(" ", 1)
    words = _("Answer “%(value)s”, English") if language == "en" else _("Answer “%(value)s”, Spanish")
    return words % {"value": value}
