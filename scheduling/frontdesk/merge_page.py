"""What the pages about records of one person show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import User
from scheduling.exceptions import BookingError, TooManyVisits
from scheduling.frontdesk.merge_forms import since_words
from scheduling.models import Appointment, Patient, PatientMerge
from scheduling.queries.duplicates import Pair, likely_the_same
from scheduling.queries.merging import (
    Holds,
    booked_since,
    books_for,
    holds_of,
    may_merge,
    merges_of,
    merging_places,
    overlapping_visits,
    places_of,
)
from scheduling.rules.duplicates import Sign

SIGN_WORDS = {
    Sign.SAME_NAME: gettext_lazy("same name"),
    Sign.SWAPPED_NAME: gettext_lazy("first and last name the other way round"),
    Sign.NAME_INSIDE: gettext_lazy("one name is part of the other"),
    Sign.TYPO_IN_NAME: gettext_lazy("names a letter or two apart"),
    Sign.OTHER_FAMILY_NAME: gettext_lazy("same first name, another last name"),
    Sign.SAME_BIRTH_DATE: gettext_lazy("same date of birth"),
    Sign.DAY_AND_MONTH: gettext_lazy("day and month of birth the other way round"),
    Sign.ONE_DIGIT: gettext_lazy("dates of birth one figure apart"),
    Sign.SAME_PHONE: gettext_lazy("same phone"),
    Sign.SAME_EMAIL: gettext_lazy("same email"),
}


@dataclass(frozen=True, slots=True)
class PairRow:
    one: Patient
    other: Patient
    why: str
    may_merge: bool

    @property
    def both(self) -> tuple[Patient, Patient]:
        return self.one, self.other


@dataclass(frozen=True, slots=True)
class Side:
    patient: Patient
    since: str
    holds: Holds


@dataclass(frozen=True, slots=True)
class MergedRow:
    merge: PatientMerge
    since: int  # visits that stay when it is undone


def one_person_context(patient: Patient, user: User) -> dict[str, Any]:
    """On a patient's page: what was merged into it, and who may be the same person."""
    if not books_for(user, patient):
        return {"may_compare": False}
    return {
        "may_compare": True,
        "likely": pair_rows(likely_the_same(patient, user), user),
        "merged": [MergedRow(merge, booked_since(merge)) for merge in merges_of(patient)],
        "may_separate": may_merge(user, patient),
    }


def pair_rows(pairs: Iterable[Pair], user: User) -> list[PairRow]:
    shown, mine = list(pairs), merging_places(user)
    places = places_of(*(patient for pair in shown for patient in (pair.one, pair.other)))
    return [
        PairRow(
            one=pair.one,
            other=pair.other,
            why=", ".join(str(SIGN_WORDS[sign]) for sign in pair.likeness.signs),
            may_merge=places[pair.one.pk] | places[pair.other.pk] <= mine,
        )
        for pair in shown
    ]


def merge_context(recent: Patient, older: Patient, *, now: datetime) -> dict[str, Any]:
    overlaps: list[tuple[Appointment, Appointment]] = overlapping_visits(recent, older)
    sides = [Side(patient, since_words(patient), holds_of(patient, now=now)) for patient in (recent, older)]
    return {"sides": sides, "overlaps": overlaps}


def refusal_words(refusal: BookingError) -> str:
    if isinstance(refusal, TooManyVisits):
        return _("Together they have more coming visits than the center allows. Merge them with a reason.")
    return str(refusal)
