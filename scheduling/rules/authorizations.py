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
    OTHER_PLAN = "other_plan"  # the patient has named another insurer since
    OTHER_LOCATION = "other_location"
    ENDED = "ended"  # before the visit
    NOT_YET = "not_yet"  # it begins after the visit


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved. None: for any. `payer` and `place` are names, for people."""

    exam_id: int | None
    location_id: int | None
    valid_from: date | None
    valid_until: date | None
    payer: str = ""
    place: str = ""

    def problem(self, *, exam_id: int, location_id: int, day: date) -> Problem | None:
        if self.exam_id not in (None, exam_id):
            return Problem.OTHER_EXAM
        if self.location_id not in (None, location_id):
            return Problem.OTHER_LOCATION
        if self.valid_until is not None and day > self.valid_until:
            return Problem.ENDED
        return Problem.NOT_YET if self.valid_from is not None and day < self.valid_from else None

    @property
    def is_limited(self) -> bool:
        """To a place or to days, which a move could leave."""
        return any((self.location_id, self.valid_from, self.valid_until))


_OPEN = {
    State.UNKNOWN: Problem.UNKNOWN,
    State.NEEDED: Problem.NEEDED,
    State.REQUESTED: Problem.REQUESTED,
    State.DENIED: Problem.DENIED,
}
_SAID_BY_INSURER = frozenset({State.REQUESTED, State.APPROVED, State.DENIED})


@dataclass(frozen=True, slots=True)
class Scan:
    """The visit as it is now."""

    exam_id: int
    location_id: int
    day: date
    plan: str  # as the patient wrote it
    pays_self: bool


@dataclass(frozen=True, slots=True)
class OnFile:
    """`by_rules` None: nobody is asked anything. `written` by a person, about the exam of `approval` and the
    plan that the patient had named by then."""

    by_rules: State | None
    written: State | None
    approval: Approval
    payer: str
    plan: str

    def problem(self, scan: Scan) -> Problem | None:
        """What a person wrote stands for what it was written about. Who pays needs nobody's leave."""
        if scan.pays_self:
            return None
        strayed = self._strayed(scan) if self.written else None
        if self.written is None or (strayed and self.written not in _SAID_BY_INSURER):
            return _OPEN.get(self.by_rules) if self.by_rules else None
        if strayed:
            return None if self.by_rules is State.NOT_NEEDED else strayed
        if self.written is State.APPROVED:
            return self.approval.problem(exam_id=scan.exam_id, location_id=scan.location_id, day=scan.day)
        return _OPEN.get(self.written)

    def _strayed(self, scan: Scan) -> Problem | None:
        if self.approval.exam_id not in (None, scan.exam_id):
            return Problem.OTHER_EXAM
        was, plan = fold(self.plan), fold(scan.plan)
        is_same = was in ("", plan) or _is_named(self.payer, plan)
        return None if is_same else Problem.OTHER_PLAN


@dataclass(frozen=True, slots=True)
class PayerTerms:
    """What one insurer wants: of an exam, of a modality, or of everything where both are empty. Without names
    it is what every other insurer wants."""

    names: tuple[str, ...]  # as patients write the plan, any of them
    is_needed: bool
    lead_days: int  # business days that asking takes
    exam_id: int | None = None
    modality: str = ""

    @property
    def narrowness(self) -> int:
        return 4 * bool(self.names) + 2 * (self.exam_id is not None) + bool(self.modality)

    def is_about(self, exam_id: int, modality: str) -> bool:
        return self.exam_id in (None, exam_id) and self.modality in ("", modality)

    def is_of(self, plan: str) -> bool:
        """The words of a name stand together in the plan, in any spelling of case and accents."""
        return not self.names or any(_is_named(name, fold(plan)) for name in self.names)


def _is_named(name: str, plan: str) -> bool:
    words = fold(name)
    return bool(words) and f" {words} " in f" {plan} "


def terms_for(
    all_terms: Iterable[PayerTerms], *, plan: str, exam_id: int, modality: str
) -> PayerTerms | None:
    """The narrowest that is about it; of two as narrow, the one that wants more. Nobody has said which
    insurer it is: then none is needed only where no insurer wants one."""
    about = [terms for terms in all_terms if terms.is_about(exam_id, modality)]
    found = max(
        (terms for terms in about if terms.is_of(plan)),
        key=lambda terms: (terms.narrowness, terms.is_needed, terms.lead_days),
        default=None,
    )
    is_open = found is not None and not plan and not found.is_needed
    return None if is_open and any(terms.is_needed for terms in about if terms.names) else found


def settle_by(visit_on: date, lead_days: int) -> date:
    """The last day to ask the insurer, so that the answer is there before the list of visits to move."""
    return business_days_before(visit_on, lead_days + MOVE_DAYS)


def act_by(visit_on: date, lead_days: int, problem: Problem) -> date:
    """The last day to ask the insurer; once it is asked, to have its answer."""
    return settle_by(visit_on, 0 if problem is Problem.REQUESTED else lead_days)


def is_on_move_list(visit_on: date, *, today: date) -> bool:
    return today >= business_days_before(visit_on, MOVE_DAYS)
