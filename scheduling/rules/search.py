"""What a patient's search for an exam asks, in plain words of English and Spanish."""

import re
from dataclasses import dataclass
from enum import StrEnum

from scheduling.rules.mentions import COVID_WORDS, mention_of
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
        # What ails, and how it is asked for: any exam may be meant.
        "pain pains painful ache hurt hurts sore injury appointment book schedule doctor dr order ordered",
        "dolor dolores duele me cita medico doctor doctora orden",
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
_COVID = mention_of((*COVID_WORDS, "sars"))

KIND_WORDS = frozenset(
    word
    for line in (
        "mri mris mr mir mrj magnetic resonance resonancia magnetica resonansia rm rmn",
        "ct cat ctscan catscan computed tomography tomografia computarizada axial tac escaner scanner",
        "xray xrays xr ray rays rayo rayos rx radiograph radiography radiografia film placa",
    )
    for word in line.split()
)
HEAD_TO_TOE = (
    "head", "face", "neck", "neck spine", "shoulder", "chest", "heart", "mid-back spine", "lower-back spine",
    "abdomen", "abdomen and pelvis", "pelvis", "hip", "hand", "knee", "ankle", "foot",
)  # fmt: skip


class NotDone(StrEnum):
    """Pictures that patients ask for and that none of our scanners takes."""

    ULTRASOUND = "ultrasound"
    MAMMOGRAM = "mammogram"
    BONE_DENSITY = "bone density"
    PET = "pet"
    NUCLEAR = "nuclear"


_NOT_DONE = {
    NotDone.ULTRASOUND: r"ultra ?sounds?|ultrasonido|sonograms?|sonography|doppler|ecografias?",
    NotDone.MAMMOGRAM: r"mammo\w*|mamogra\w*|mastografias?|tomosynthesis",
    NotDone.BONE_DENSITY: r"dexa|dxa|bone density|densitometr\w+|densidad osea",
    NotDone.PET: r"pet(?: ?ct)?",
    NotDone.NUCLEAR: r"nuclear|bone scan|hida|spect|gammagra\w+|gamagra\w+",
}
_NOT_DONE_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _NOT_DONE.items()}


@dataclass(frozen=True, slots=True)
class AskedExam:
    """`words` in the order typed; `contrast` only decides between exams of one family."""

    words: tuple[str, ...]
    contrast: bool
    covid: bool = False
    not_done: NotDone | None = None


def read_search(text: str) -> AskedExam:
    """Anything may be typed: what is left of signs, side, counts and small words is asked for.

    >>> read_search("MRI of the left Knee").words
    ('mri', 'knee')
    >>> read_search("X-ray, hand (3 views)").words
    ('xray', 'hand')
    """
    folded = _WRITTEN_APART.sub(r"\1\2", fold(text[:LONGEST_TEXT]))
    covid = _COVID.search(folded) is not None
    folded = _COVID.sub(" ", folded)
    typed = folded.split()
    words = dict.fromkeys(word[:LONGEST_WORD] for word in typed if _says_something(word))
    not_done = next((kind for kind, words in _NOT_DONE_PATTERNS.items() if words.search(folded)), None)
    return AskedExam(tuple(words)[:MOST_WORDS], _asks_contrast(folded, typed), covid, not_done)


def is_name_of(asked: AskedExam, name: str) -> bool:
    """Whether all of a name was typed, and nothing else, in whatever order.

    >>> is_name_of(read_search("ct of the chest"), "Chest CT")
    True
    >>> is_name_of(read_search("chest ct"), "Chest CT with contrast")
    False
    """
    called = read_search(name)
    return set(called.words) == set(asked.words) and called.contrast == asked.contrast


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
