"""What the desk types for an exam: beginnings of words, and the side. “k mri l” is a knee MRI, left."""

from collections.abc import Collection
from dataclasses import dataclass

from scheduling.rules.names import fold

LONGEST = 80
_SIDES = {
    "l": "left",
    "lt": "left",
    "left": "left",
    "r": "right",
    "rt": "right",
    "right": "right",
    "b": "both",
    "bi": "both",
    "both": "both",
    "bilateral": "both",
}
# How orders say it; the keys are Exam.Contrast.
_CONTRAST = {
    "wo": "none",
    "w/o": "none",
    "without": "none",
    "w": "with",
    "with": "with",
    "ww": "with and without",
}


@dataclass(frozen=True, slots=True)
class Shorthand:
    words: tuple[str, ...]  # beginnings, folded
    side: str = ""  # Appointment.Laterality
    contrast: str = ""  # Exam.Contrast

    def fits(self, vocabulary: Collection[str]) -> bool:
        """Whether each beginning begins a word of the exam's own."""
        return bool(self.words) and all(
            any(word.startswith(beginning) for word in vocabulary) for beginning in self.words
        )


def read_shorthand(typed: str) -> Shorthand:
    """The last word may be a side; a word for contrast may stand anywhere. A single letter alone is a
    beginning: “l” is no exam, but “l mri” is a lower-back one."""
    words = fold(typed[:LONGEST].lower().replace("w/o", "wo")).split()
    contrast = next((_CONTRAST[word] for word in words if word in _CONTRAST), "")
    words = [word for word in words if word not in _CONTRAST]
    side = _SIDES.get(words[-1], "") if len(words) > 1 else ""
    return Shorthand(tuple(words[:-1] if side else words), side, contrast)
