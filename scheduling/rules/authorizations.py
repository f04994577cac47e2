"""Prior authorization: whether an insurer wants one for an exam, and what is wrong with the one on file.

Each insurer has rules of its own, which centers keep as data. Nothing here decides about a scan: without an
authorization the insurer may not pay, and the patient should hear of it before the day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.rules.business_days import business_days_before
from scheduling.rules.names import fold

MOVE_DAYS = 2  # business days before the visit: what is open then is moved, or somebody decides otherwise


class State(StrEnum):
    UNKNOWN = "unknown"
    NOT_NEEDED = "not_needed"
    NEEDED = "needed"
    REQUESTED = "requested"
    APPROVED = "approved"
    DENIED = "denied"


class Problem(StrEnum):
    UNKNOWN = "unknown"
    NEEDED = "needed"
    REQUESTED = "requested"
    DENIED = "denied"
    OTHER_EXAM = "other_exam"
    OTHER_LOCATION = "other_location"
    OTHER_DAYS = "other_days"


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved. None: for any."""

    exam_id: int | None
    location_id: int | None
    valid_from: date | None
    valid_until: date | None

    def problem(self, *, exam_id: int, location_id: int, day: date) -> Problem | None:
        if self.exam_id not in (None, exam_id):
            return Problem.OTHER_EXAM
        if self.location_id not in (None, location_id):
            return Problem.OTHER_LOCATION
        is_early = self.valid_from is not None and day < self.valid_from
        is_late = self.valid_until is not None and day > self.valid_until
        return Problem.OTHER_DAYS if is_early or is_late else None


@dataclass(frozen=True, slots=True)
class PayerTerms:
    """What one insurer wants: of an exam, of a modality, or of everything where both are empty."""

    names: tuple[str, ...]  # as patients write the plan, any of them
    is_needed: bool
    lead_days: int  # business days that asking takes
    exam_id: int | None = None
    modality: str = ""

    @property
    def narrowness(self) -> int:
        return 2 * (self.exam_id is not None) + bool(self.modality)

    def is_about(self, plan: str, exam_id: int, modality: str) -> bool:
        """The words of a name stand together in the plan, in any spelling of case and accents."""
        told = f" {fold(plan)} "
        is_named = any(f" {fold(name)} " in told for name in self.names if fold(name))
        return is_named and self.exam_id in (None, exam_id) and self.modality in ("", modality)


def terms_for(
    all_terms: Iterable[PayerTerms], *, plan: str, exam_id: int, modality: str
) -> PayerTerms | None:
    """The narrowest that is about it; of two as narrow, the one that wants more."""
    about = [terms for terms in all_terms if terms.is_about(plan, exam_id, modality)]
    return max(about, key=lambda terms: (terms.narrowness, terms.is_needed, terms.lead_days), default=None)


def settle_by(visit_on: date, lead_days: int) -> date:
    """The last day to ask the insurer, so that the answer is there before the list of visits to move."""
    return business_days_before(visit_on, lead_days + MOVE_DAYS)


def is_on_move_list(visit_on: date, *, today: date) -> bool:
    return today >= business_days_before(visit_on, MOVE_DAYS)
