"""Folding of names and words, for search and for matching people. What is shown stays as typed."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_WHOLE_LETTERS = str.maketrans(
    {"ð": "d", "đ": "d", "þ": "th", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_OTHER_SIGNS = re.compile(r"[^\w]+")


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes, other signs as single spaces.

    >>> fold("Guðmundsdóttir  O’Connor-Núñez")
    'gudmundsdottir oconnor nunez'
    """
    plain = _APOSTROPHES.sub("", text.casefold()).translate(_WHOLE_LETTERS)
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _OTHER_SIGNS.sub(" ", bare).strip()


def fold_name(given: str, family: str) -> str:
    return fold(f"{given} {family}")
