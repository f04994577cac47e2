"""The questions about illness, asked again shortly before a visit: when, which, and what was answered.

Answers are fresh that were given inside the location's window before the visit. A visit that moves further
ahead leaves them behind: the window of its new time opens later. So does a new version that is published to
ask everyone again: only what is answered from its start on counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from scheduling.exceptions import NotFound, TooLate
from scheduling.models import AnswerSheet, Appointment, Publication, Screening
from scheduling.queries.questionnaires import CHEST_QUESTION, publication_for, published_spec, version_for
from scheduling.queries.screening import circumstances_of, sheet_of
from scheduling.rules.opening_hours import local_day
from scheduling.rules.screening import (
    Circumstances,
    FormKind,
    QuestionSpec,
    VersionSpec,
    unanswered,
    visible_questions,
)
from scheduling.rules.screening_pages import first_page, short_page

KIND = FormKind.RESPIRATORY
AT_THE_DOOR = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)
EMERGENCY_SIGNS, SHORT_PAGE, THE_REST = STEPS = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    version: VersionSpec
    answers: Mapping[str, Any]  # with what a chest scan is for, which is not asked again
    where: Circumstances
    is_answered: bool

    @property
    def shown(self) -> tuple[QuestionSpec, ...]:
        return visible_questions(self.version, self.answers, self.where)

    def shown_with(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """The keys of the questions that are visible with these answers in place of the earlier ones."""
        visible = visible_questions(self.version, {**self.answers, **answers}, self.where)
        return frozenset(question.key for question in visible)

    def questions(self, step: int) -> tuple[QuestionSpec, ...]:
        """Of one of STEPS: emergency signs first and alone, one short page, what follows only from both."""
        if step == EMERGENCY_SIGNS:
            return first_page(self.shown)
        return short_page(self.version, self.shown) if step == SHORT_PAGE else self.left

    @property
    def left(self) -> tuple[QuestionSpec, ...]:
        return unanswered(self.shown, self.answers)

    @property
    def next_step(self) -> int | None:
        """None when all is answered."""
        left = {question.key for question in self.left}
        if not left:
            return None
        steps = (step for step in STEPS if left & {question.key for question in self.questions(step)})
        return next(steps, THE_REST)


def opens_at(visit: Appointment) -> datetime:
    return visit.starts_at - timedelta(hours=visit.location.screening_hours)


def is_to_come(visit: Appointment, *, now: datetime) -> bool:
    """Whether the patient has still to answer before the visit, now or once the window opens."""
    if not visit.is_ahead(now):
        return False
    in_force = publication_of(visit, now=now)
    return in_force is not None and in_force.version_id is not None and not is_fresh(visit, in_force)


def asking_of(visit: Appointment, *, at_the_door: bool = False, now: datetime) -> Asking | None:
    """None outside the window, and where the form is switched off. At the door staff ask who is expected or
    here, also after the start."""
    is_asked = visit.status in AT_THE_DOOR if at_the_door else visit.is_ahead(now)
    if not is_asked or now < opens_at(visit):
        return None
    sheet = _sheet_that_counts(visit, publication_of(visit, now=now))
    version = _version(visit, sheet, now)
    if version is None:
        return None
    where = circumstances_of(visit, KIND, now=now)
    if not (sheet and sheet.answered_at):
        where = replace(where, answered_on=now.astimezone(visit.zone).date())
    return Asking(
        version=version,
        answers={**(sheet.answers if sheet else {}), **_what_a_chest_scan_is_for(visit)},
        where=where,
        is_answered=bool(sheet and sheet.answered_at),
    )


def open_asking(visit: Appointment, *, at_the_door: bool = False, now: datetime) -> Asking:
    """To be answered by the patient, or at the door. Raises TooLate once the visit has begun or is over (for
    the patient from its start on), NotFound where nothing is asked."""
    if not (visit.status in AT_THE_DOOR if at_the_door else visit.is_ahead(now)):
        raise TooLate
    asking = asking_of(visit, at_the_door=at_the_door, now=now)
    if asking is None:
        raise NotFound
    return asking


def _version(visit: Appointment, sheet: AnswerSheet | None, now: datetime) -> VersionSpec | None:
    """The one that was begun, even if another came into force since."""
    if sheet is not None:
        return published_spec(sheet.version_id)
    return version_for(KIND, visit.location, visit.exam.modality, now)


def publication_of(visit: Appointment, *, now: datetime) -> Publication | None:
    return publication_for(KIND, visit.location, visit.exam.modality, now)


def fresh_from(visit: Appointment, in_force: Publication | None) -> datetime:
    """What was answered earlier is old."""
    opens = opens_at(visit)
    if in_force is None or in_force.asks_again_from is None:
        return opens
    is_meant = local_day(visit.starts_at, visit.zone) >= in_force.asks_again_from
    starts: datetime = in_force.active_during.lower
    return max(opens, starts) if is_meant else opens


def is_fresh(visit: Appointment, in_force: Publication | None) -> bool:
    sheet = _sheet_that_counts(visit, in_force)
    return sheet is not None and sheet.answered_at is not None


def _sheet_that_counts(visit: Appointment, in_force: Publication | None) -> AnswerSheet | None:
    """Complete answers of another time are old; incomplete ones are being given."""
    sheet = sheet_of(visit, KIND)
    if sheet is None or sheet.answered_at is None:
        return sheet
    return sheet if sheet.answered_at >= fresh_from(visit, in_force) else None


def _what_a_chest_scan_is_for(visit: Appointment) -> dict[str, Any]:
    """Said before a time was chosen; a visit has it in its record."""
    if not visit.exam.chest_respiratory:
        return {}
    records = Screening.objects.filter(appointment=visit, version__questionnaire__kind=KIND)
    said = records.order_by("pk").values_list("answers", flat=True).first() or {}
    return {CHEST_QUESTION: said[CHEST_QUESTION]} if CHEST_QUESTION in said else {}
