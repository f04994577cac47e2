"""Every function that reads text takes any text: signs of any script, NUL, halves of pairs, a megabyte.

Nothing is listed: whatever in these modules takes text and nothing else is a parser. Prints how often it
asked; `--long` asks ten thousand times each.
"""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.rules.condition_text import ConditionTextError
from scheduling.rules.names import fold, without_invisible
from scheduling.rules.spreadsheets import CellError
from scheduling.rules.weekly_hours import HoursError

EXAMPLES = 10_000 if settings.default.max_examples >= 1000 else 200
MODULES = ("scheduling.rules", "scheduling.forms", "locations.geography", "alliance.logs")
# With halves of surrogate pairs, which the web can't send but a file or an interface may hold.
ANY = st.text(st.characters(codec=None, exclude_categories=[]), max_size=60)
SPECIAL = st.sampled_from(
    ["", "\0", "a\0b", "\ud800", "\udfff", "x" * 1_000_000, "9" * 10_000, "é" * 5_000, "\ufdfa" * 500,
     "@" * 999,
     "ℋ", "🅪", "ǅ", "ẞ", "İ", "ﬁ", "ŉ", "ǿ", "\u0345", "%s{0}", "[::1]:1", "1.2.3.4:5", "A1-b2 c3 d4"]
)  # fmt: skip
TEXT = st.one_of(ANY, SPECIAL)
# Who reads a language or a cell says what can't be read in it, and raises that alone.
REFUSALS: dict[str, type[Exception]] = {
    "scheduling.rules.condition_text": ConditionTextError,
    "scheduling.rules.catalogue_files": CellError,
    "scheduling.rules.weekly_hours": HoursError,
}


def parsers() -> Iterator[tuple[str, Callable]]:
    for name in MODULES:
        found = importlib.import_module(name)
        inside = [each.name for each in pkgutil.walk_packages(getattr(found, "__path__", []), f"{name}.")]
        for module in map(importlib.import_module, [name, *inside]):
            for short, function in vars(module).items():
                if is_own(function, module.__name__) and takes_text_only(function):
                    yield f"{module.__name__}.{short}", function


def is_own(function: object, module: str) -> bool:
    return inspect.isfunction(function) and function.__module__ == module and function.__name__[0] != "_"


def takes_text_only(function: Callable) -> bool:
    parameters = inspect.signature(function).parameters
    hints = typing.get_type_hints(function)
    one_by_one = all(each.kind is not each.VAR_POSITIONAL for each in parameters.values())
    return bool(parameters) and one_by_one and all(hints.get(name) is str for name in parameters)


PARSERS = dict(parsers())


def test_parsers_are_found():
    assert {
        "scheduling.rules.names.fold",
        "scheduling.rules.search.read_search",
        "scheduling.rules.addresses.source_of",
        "scheduling.rules.codes.clean_code",
        "scheduling.rules.email_typos.did_you_mean",
        "locations.geography.place_from_text",
        "alliance.logs.without_values",
    } <= PARSERS.keys()


@pytest.mark.parametrize("name", PARSERS)
def test_any_text_is_read(name):
    parser, asked = PARSERS[name], 0

    @settings(max_examples=EXAMPLES)
    @given(st.data())
    def ask(data):
        nonlocal asked
        asked += 1
        texts = [data.draw(TEXT) for _parameter in inspect.signature(parser).parameters]
        try:
            found = parser(*texts)
        except REFUSALS.get(name.rpartition(".")[0], ()):
            return
        assert parser(*texts) == found

    ask()
    print(f"parsers: {name}: {asked} texts")


@settings(max_examples=EXAMPLES)
@given(TEXT)
def test_folding_twice_is_folding_once(text):
    """What is stored folded is found by what is typed, however it was typed."""
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == folded.casefold().strip()
    assert "  " not in folded
    assert fold(without_invisible(text)) == folded
