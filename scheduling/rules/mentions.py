"""Whether a text that somebody typed speaks of something, by a list of words that is data."""

import re
from collections.abc import Iterable, Mapping

from scheduling.rules.names import fold

# Of the shipped questionnaires, and for the search of exams. "Corona" alone is a city.
COVID_WORDS = ("covid", "poscovid", "post covid", "long covid", "coronavirus", "corona virus", "sars-cov")


def word_list(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The words of all languages, which stand with commas between them.

    >>> word_list({"en": "covid, corona virus", "es": "covid"})
    ('covid', 'corona virus')
    """
    words = (word.strip() for text in texts.values() for word in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whole words only, whatever their accents, capitals and hyphens; a number may follow.

    >>> mentions("Post-COVID19 follow-up", ["covid"]), mentions("Coronary calcium", ["corona virus"])
    (True, False)
    """
    return bool(text) and mention_of(words).search(fold(text)) is not None


def mention_of(words: Iterable[str]) -> re.Pattern[str]:
    """For folded text."""
    spelled = sorted((fold(word).replace(" ", " ?") for word in words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(filter(None, spelled)) or '(?!)'})(?: ?\d{{1,2}})?\b")
