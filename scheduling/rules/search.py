"""What a patient's search for an exam asks, in plain words of English and Spanish."""

import re
from dataclasses import dataclass

from scheduling.rules.names import fold

LONGEST_TEXT = 200  # signs; an order's line is far shorter
MOST_WORDS = 8
LONGEST_WORD = 40

_STOP_WORDS = frozenset(
    word
    for line in (
        # Small words, and words that every exam could carry.
        "of the an and or to on in at by for from with without wo my me need want get have please iv non no",
        "scan scans scanning test tests exam exams image images imaging picture pictures study view views",
        "de la el los las del un una unos unas mi para por con sin en al favor necesito quiero hacer hacerme",
        "examen examenes estudio estudios prueba imagen imagenes vista vistas proyecciones",
        # The side is asked on the exam's own page.
        "left right both side sides bilateral lt rt",
        "lado lados izquierdo izquierda derecho derecha ambos ambas",
    )
    for word in line.split()
)
_CONTRAST_WORDS = frozenset(["contrast", "contraste", "dye", "gadolinium", "gadolinio"])
_WRITTEN_APART = re.compile(r"\b(?:([clt]) (?=spine\b)|(x) (?=rays?\b))")
_COUNT = re.compile(r"\d+v?")
_WITH_AND_WITHOUT = re.compile(r"\b(?:with|w|con)(?: and| y)? (?:without|w ?o|sin)\b")
_WITHOUT = re.compile(r"\b(?:without|w ?o|sin|no|non)\b")


@dataclass(frozen=True, slots=True)
class AskedExam:
    """`words` in the order typed; `contrast` only decides between exams of one family."""

    words: tuple[str, ...]
    contrast: bool


def read_search(text: str) -> AskedExam:
    """Anything may be typed: what is left of signs, side, counts and small words is asked for.

    >>> read_search("MRI of the left Knee").words
    ('mri', 'knee')
    >>> read_search("X-ray, hand (3 views)").words
    ('xray', 'hand')
    """
    folded = _WRITTEN_APART.sub(r"\1\2", fold(text[:LONGEST_TEXT]))
    typed = folded.split()
    words = dict.fromkeys(word[:LONGEST_WORD] for word in typed if _says_something(word))
    return AskedExam(tuple(words)[:MOST_WORDS], _asks_contrast(folded, typed))


def search_words(*texts: str) -> str:
    """The words by which an exam is found: folded, each once, separated by single spaces."""
    words = " ".join(fold(text) for text in texts).split()
    return " ".join(dict.fromkeys(word for word in words if _says_something(word)))


def _says_something(word: str) -> bool:
    return (
        len(word) > 1
        and word not in _STOP_WORDS
        and word not in _CONTRAST_WORDS
        and not _COUNT.fullmatch(word)
    )


def _asks_contrast(folded: str, typed: list[str]) -> bool:
    if _WITH_AND_WITHOUT.search(folded):
        return True
    return not _CONTRAST_WORDS.isdisjoint(typed) and not _WITHOUT.search(folded)
