"""Folding of names and words, for search and for matching people. What is shown stays as typed."""

import re
import unicodedata

LONGEST_FOLDED = 400  # one sign may fold into eighteen
# Letters that Unicode does not take apart into a base letter and a mark.
_WHOLE_LETTERS = str.maketrans(
    {"ð": "d", "đ": "d", "þ": "th", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = re.compile(r"['’‘ʼʻ`´]")
# Marks that may be left out when a name is typed again: accents, the points of Hebrew and Arabic. Others
# spell the word: without the vowels of Hindi or the voicing of kana, twins would have one name.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
# Copied along from contact lists and web pages, and never a part of what was meant: directions of text,
# spaces of no width, soft hyphens. The joiners of Persian and Hindi words are letters' business and stay.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def without_invisible(text: str) -> str:
    """
    >>> without_invisible("\\u202d(512) 555-0147\\u202c")
    '(512) 555-0147'
    """
    return _INVISIBLE.sub("", text)


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes, other signs as single spaces.

    >>> fold("Guðmundsdóttir  O’Connor-Núñez")
    'gudmundsdottir oconnor nunez'
    """
    plain = _APOSTROPHES.sub("", _taken_apart(_APOSTROPHES.sub("", text)))
    bare = _ACCENTS.sub("", plain.translate(_WHOLE_LETTERS))
    words = "".join(sign if _spells(sign) else " " for sign in bare if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", " ".join(words.split()))


def fold_name(given: str, family: str) -> str:
    """One text, so that it does not matter which of two surnames stands in which field."""
    return fold(f"{given} {family}")[:LONGEST_FOLDED]


def _taken_apart(text: str) -> str:
    """Lower case letters and their marks. Twice: what is taken apart may hold capitals, as 🅪 does (Unicode
    3.13, compatibility caseless matching)."""
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.casefold())
    return text


def _spells(sign: str) -> bool:
    return sign.isalnum() or sign == "_" or unicodedata.category(sign).startswith("M")
