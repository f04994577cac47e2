"""Whether two records may be one person. Points for what fits; what a family shares says nothing alone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz.distance import OSA

from scheduling.rules.names import fold, fold_name

ENOUGH = 7
SHORTEST_WITH_TYPO, TWO_TYPOS_FROM = 4, 9


class Sign(StrEnum):
    SAME_NAME = "same_name"
    SWAPPED_NAME = "swapped_name"
    NAME_INSIDE = "name_inside"
    TYPO_IN_NAME = "typo_in_name"
    OTHER_FAMILY_NAME = "other_family_name"
    SAME_BIRTH_DATE = "same_birth_date"
    DAY_AND_MONTH = "day_and_month"
    ONE_DIGIT = "one_digit"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"


POINTS = {
    Sign.SAME_NAME: 4,
    Sign.SWAPPED_NAME: 4,
    Sign.NAME_INSIDE: 3,
    Sign.TYPO_IN_NAME: 3,
    Sign.OTHER_FAMILY_NAME: 1,
    Sign.SAME_BIRTH_DATE: 4,
    Sign.DAY_AND_MONTH: 3,
    Sign.ONE_DIGIT: 1,
}
ANY_CONTACT = 2  # once: families share both


@dataclass(frozen=True, slots=True)
class Person:
    given_name: str
    family_name: str
    birth_date: date
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    points: int
    signs: tuple[Sign, ...]


def likeness(one: Person, other: Person) -> Likeness | None:
    """The same for (a, b) and (b, a). None for two people, as far as one can tell: for twins, who share all
    but the first name, and for families, who share name and phone but no date of birth."""
    name, born = _name_sign(one, other), _birth_sign(one.birth_date, other.birth_date)
    if name is None or born is None:
        return None
    contact = _contact_signs(one, other)
    points = POINTS[name] + POINTS[born] + (ANY_CONTACT if contact else 0)
    return Likeness(points, (name, born, *contact)) if points >= ENOUGH else None


def is_one_person(one: Person, other: Person) -> bool:
    """Sure enough to give a paper of one to a visit of the other, where somebody looks at both names."""
    found = likeness(one, other)
    return found is not None and Sign.SAME_BIRTH_DATE in found.signs


def _name_sign(one: Person, other: Person) -> Sign | None:
    if _whole(one) == _whole(other):
        return Sign.SAME_NAME
    mine, theirs = _parts(one), _parts(other)
    if mine == theirs[::-1]:
        return Sign.SWAPPED_NAME
    if _has_inside(_whole(one), _whole(other)) or _has_inside(_whole(other), _whole(one)):
        return Sign.NAME_INSIDE
    if _is_typo_of_given(mine[0], theirs[0]) and mine[1] == theirs[1]:
        return Sign.TYPO_IN_NAME
    if mine[0] != theirs[0]:
        return None
    return Sign.TYPO_IN_NAME if _is_typo(mine[1], theirs[1]) else Sign.OTHER_FAMILY_NAME


def _whole(person: Person) -> str:
    return fold_name(person.given_name, person.family_name)


def _parts(person: Person) -> tuple[str, str]:
    return fold(person.given_name), fold(person.family_name)


def _has_inside(longer: str, shorter: str) -> bool:
    """“Ana Núñez” in “Ana María Núñez García”: every word, in its order, and two at least."""
    words, rest = shorter.split(), iter(longer.split())
    return len(words) > 1 and words != longer.split() and all(word in rest for word in words)


def _is_typo_of_given(one: str, other: str) -> bool:
    """Not where only the ending is another: Mario and María, Daniel and Daniela are brother and sister."""
    return _is_typo(one, other) and one.rstrip("ao") != other.rstrip("ao")


def _is_typo(one: str, other: str) -> bool:
    """Letters left out, added, changed, or two neighbors that changed places (optimal string alignment)."""
    shorter = min(len(one), len(other))
    if shorter < SHORTEST_WITH_TYPO:
        return False
    most = 2 if shorter >= TWO_TYPOS_FROM else 1
    return 0 < OSA.distance(one, other, score_cutoff=most) <= most


def _birth_sign(one: date, other: date) -> Sign | None:
    if one == other:
        return Sign.SAME_BIRTH_DATE
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return Sign.DAY_AND_MONTH
    differing = sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True))
    return Sign.ONE_DIGIT if differing == 1 else None


def _contact_signs(one: Person, other: Person) -> tuple[Sign, ...]:
    phone = one.phone and one.phone == other.phone
    email = one.email and one.email.casefold() == other.email.casefold()
    return (*([Sign.SAME_PHONE] if phone else []), *([Sign.SAME_EMAIL] if email else []))
