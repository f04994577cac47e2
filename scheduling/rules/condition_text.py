"""Conditions as a text that people read and type, and back. It says all that a condition can.

    always
    pos is yes            pos is not yes            pos_which is flu or rsv
    sympt has fever, cough                          pos_date is answered      pos_date is not answered
    weight_lb over most_weight_lb                   age from 10 to pregnancy_to_age
    expo_date within contact_days days of the visit, or: of answering
    exam is chest_respiratory                       reason mentions covid_words
    with an order         the patient answers       prefers the phone
    without an order      someone else answers      does not prefer the phone
    not (…)               … and …                   … or …

`and` binds closer than `or`. A name that is also a word of the language, or has other signs than
letters, digits, `_` and `-`, stands in double quotes.

`read(write(condition))` is the condition again, but for an `all` or `any` of one part: it becomes the part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from scheduling.rules.conditions import Condition, ConditionError, parts_of

DEEPEST: Final = 40  # brackets inside brackets; more is a slip
FIXED: Final = {  # tests that are whole phrases
    "with an order": {"has_order": True},
    "without an order": {"has_order": False},
    "someone else answers": {"proxy": True},
    "the patient answers": {"proxy": False},
    "prefers the phone": {"prefers_phone": True},
    "does not prefer the phone": {"prefers_phone": False},
}
_WORDS_OF_DAYS: Final = {"visit_on": "of the visit", "answered_on": "of answering"}
_RESERVED: Final = frozenset(
    {
        *("always", "not", "and", "or", "is", "has", "answered", "over", "within"),
        *("exam", "reason", "age", "with", "without", "someone", "the", "prefers", "does"),
    }
)
_PLAIN: Final = re.compile(r"[^\W\d][\w-]*", re.ASCII)
_TOKEN: Final = re.compile(
    r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?![\w-]))|(?P<word>[\w-]+)|(?P<sign>[(),])|(?P<other>\S))'
)


class Fault(StrEnum):
    """What is wrong at a place of the text."""

    EMPTY = "empty"
    UNFINISHED = "unfinished"  # the text ends where more is needed
    NOT_A_TEST = "not_a_test"  # no test begins like this
    EXPECTED = "expected"  # one of `wanted` has to stand here
    NOT_CLOSED = "not_closed"  # a bracket without its end
    TOO_MUCH = "too_much"  # a whole condition, and then something else
    TOO_DEEP = "too_deep"


class ConditionTextError(ValueError):
    """`at` is the place of `found` in the text, from 0; `wanted` the words that may stand there."""

    def __init__(self, fault: Fault, *, at: int, found: str = "", wanted: Sequence[str] = ()) -> None:
        super().__init__(f"{fault} at {at}: {found!r}")
        self.fault, self.at, self.found, self.wanted = fault, at, found, tuple(wanted)


# ---------------------------------------------------------------- writing


def write(condition: Condition, *, multi: Collection[str] = ()) -> str:
    """`multi`: the keys of questions with several answers, which read better with “has”.

    Raises ConditionError for what is not in the language.
    """
    for _ in parts_of(condition):
        pass
    return _written(condition, multi)


def _written(condition: Condition, multi: Collection[str]) -> str:
    match condition:
        case {"all": parts} | {"any": parts}:
            if len(parts) == 1:
                return _written(parts[0], multi)
            word = " and " if "all" in condition else " or "
            return word.join(_inside(part, multi) for part in parts)
        case {"not": part}:
            return _negated(part, multi)
    return _test(condition, multi) if condition else "always"


def _inside(part: Condition, multi: Collection[str]) -> str:
    """As one of several: what is itself a list stands in brackets."""
    text = _written(part, multi)
    return f"({text})" if _is_list(part) else text


def _is_list(condition: Condition) -> bool:
    for word in ("all", "any"):
        if word in condition:
            parts = condition[word]
            return len(parts) > 1 or _is_list(parts[0])
    return False


def _negated(part: Condition, multi: Collection[str]) -> str:
    match part:
        case {"q": key, "is": value}:
            return f"{_name(key)} is not {_name(value)}"
        case {"tag": tag}:
            return f"exam is not {_name(tag)}"
        case {} if not part:
            return "not always"
    return f"not ({_written(part, multi)})"


def _test(test: Condition, multi: Collection[str]) -> str:
    for phrase, fixed in FIXED.items():
        (name,) = fixed
        if name in test and bool(test[name]) is fixed[name]:
            return phrase
    match test:
        case {"q": key, **asked}:
            return f"{_name(key)} {_asked(key, asked, multi)}"
        case {"tag": tag}:
            return f"exam is {_name(tag)}"
        case {"reason_mentions": name}:
            return f"reason mentions {_name(name)}"
        case {"age_between": [youngest, oldest]}:
            return f"age from {_amount(youngest)} to {_amount(oldest)}"
    raise AssertionError(test)  # parts_of knows every shape


def _asked(key: str, test: Mapping[str, Any], multi: Collection[str]) -> str:
    match test:
        case {"is": value}:
            return f"is {_name(value)}"
        case {"in": values}:
            has = len(values) == 1 or key in multi
            return f"has {', '.join(map(_name, values))}" if has else f"is {' or '.join(map(_name, values))}"
        case {"answered": wanted}:
            return "is answered" if wanted else "is not answered"
        case {"over": limit}:
            return f"over {_amount(limit)}"
        case {"within_days": days, "of": reference} if reference in _WORDS_OF_DAYS:
            return f"within {_amount(days)} days {_WORDS_OF_DAYS[reference]}"
    raise ConditionError(f"not a test of an answer: {test!r}")


def _name(name: Any) -> str:
    text = str(name)
    if _PLAIN.fullmatch(text) and text not in _RESERVED:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _amount(amount: int | str) -> str:
    return _name(amount) if isinstance(amount, str) else str(amount)


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # as it stands in the text
    at: int
    kind: str

    @property
    def is_name(self) -> bool:
        return self.kind == "quoted" or (self.kind == "word" and self.text not in _RESERVED)

    @property
    def value(self) -> str:
        return (
            re.sub(r"\\(.)", r"\1", self.text[1:-1], flags=re.DOTALL) if self.kind == "quoted" else self.text
        )


def read(text: str) -> Condition:
    """Raises ConditionTextError, which says where and what."""
    tokens = [
        _Token(match[kind], match.start(kind), kind)
        for match in _TOKEN.finditer(text)
        for kind in (match.lastgroup or "",)
    ]
    if not tokens:
        raise ConditionTextError(Fault.EMPTY, at=0)
    return _Reader(tokens, len(text)).whole()


@dataclass
class _Reader:
    tokens: list[_Token]
    length: int
    place: int = 0
    depth: int = field(default=0)

    def whole(self) -> Condition:
        found = self.either()
        if self.place < len(self.tokens):
            raise self.fault(Fault.TOO_MUCH, wanted=("and", "or"))
        return found

    def either(self) -> Condition:
        parts = [self.both()]
        while self.takes("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else {"any": parts}

    def both(self) -> Condition:
        parts = [self.one()]
        while self.takes("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else {"all": parts}

    def one(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fault(Fault.TOO_DEEP)
        found = self._one()
        self.depth -= 1
        return found

    def _one(self) -> Condition:
        if self.takes("not"):
            return {"not": self.one()}
        if self.takes("("):
            found = self.either()
            if not self.takes(")"):
                raise self.fault(Fault.NOT_CLOSED, wanted=(")",))
            return found
        if self.takes("always"):
            return {}
        return self.phrase() or self.fact() or self.about_an_answer()

    def phrase(self) -> Condition | None:
        for words, test in FIXED.items():
            needed = words.split()
            if self.ahead(len(needed)) == needed:
                self.place += len(needed)
                return dict(test)
        return None

    def fact(self) -> Condition | None:
        if self.takes("exam"):
            self.needs("is")
            is_not = self.takes("not")
            test = {"tag": self.name()}
            return {"not": test} if is_not else test
        if self.takes("reason"):
            self.needs("mentions")
            return {"reason_mentions": self.name()}
        if self.takes("age"):
            self.needs("from")
            youngest = self.amount()
            self.needs("to")
            return {"age_between": [youngest, self.amount()]}
        return None

    def about_an_answer(self) -> Condition:
        token = self.peek()
        if token is None or not token.is_name:
            raise self.fault(Fault.NOT_A_TEST)
        key = self.name()
        if self.takes("over"):
            return {"q": key, "over": self.amount()}
        if self.takes("within"):
            return self.within(key)
        if self.takes("has"):
            return {"q": key, "in": self.names(",")}
        self.needs("is", "has", "over", "within")
        return self.answer_is(key)

    def answer_is(self, key: str) -> Condition:
        is_not = self.takes("not")
        if self.takes("answered"):
            return {"q": key, "answered": not is_not}
        values = self.names(",", "or")
        test: dict[str, Any] = {"q": key, "in": values} if len(values) > 1 else {"q": key, "is": values[0]}
        return {"not": test} if is_not else test

    def within(self, key: str) -> Condition:
        days = self.amount()
        if not self.takes("day"):
            self.needs("days")
        self.needs("of")
        if self.takes("answering"):
            reference = "answered_on"
        else:
            self.needs("the", "answering")
            self.needs("visit")
            reference = "visit_on"
        return {"q": key, "within_days": days, "of": reference}

    def names(self, *between: str) -> list[str]:
        """Another name follows the sign between, and not another test."""
        found = [self.name()]
        while (token := self.peek()) and token.text in between and token.kind != "quoted":
            if token.text == "or" and self.begins_a_test(self.place + 1):
                break
            self.place += 1
            found.append(self.name())
        return found

    def begins_a_test(self, place: int) -> bool:
        """“or rsv” goes on with the answers, “or rsv is …” does not."""
        if place >= len(self.tokens) or not self.tokens[place].is_name:
            return place < len(self.tokens)
        after = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        return after is not None and after.kind == "word" and after.text in ("is", "has", "over", "within")

    def name(self) -> str:
        token = self.peek()
        if token is None or not (
            token.is_name or (token.kind == "number" and not token.text.startswith("-"))
        ):
            raise self.fault(Fault.EXPECTED, wanted=("a name",))
        self.place += 1
        return token.value

    def amount(self) -> int | str:
        token = self.peek()
        if token is not None and token.kind == "number":
            self.place += 1
            return int(token.text)
        return self.name()

    def needs(self, word: str, *others: str) -> None:
        """`others` might have stood here too, and are told with it."""
        if not self.takes(word):
            raise self.fault(Fault.EXPECTED, wanted=(word, *others))

    def takes(self, word: str) -> bool:
        if self.ahead(1) != [word]:
            return False
        self.place += 1
        return True

    def ahead(self, count: int) -> list[str]:
        return [
            token.text for token in self.tokens[self.place : self.place + count] if token.kind != "quoted"
        ]

    def peek(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def fault(self, fault: Fault, *, wanted: Sequence[str] = ()) -> ConditionTextError:
        token = self.peek()
        if token is None:
            at_end = fault if fault is Fault.NOT_CLOSED else Fault.UNFINISHED
            return ConditionTextError(at_end, at=self.length, wanted=wanted)
        return ConditionTextError(fault, at=token.at, found=token.text, wanted=wanted)
