"""Safety questions asked aloud by a trained person: by phone, or as the second screen before an MRI.

All of them are asked again, whatever was answered online, and of the patient: what is private too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from locations.models import Location, Scanner, User
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, Publication, Screening, SecondScreen, Task
from scheduling.queries.asking_again import is_fresh, opens_at
from scheduling.queries.questionnaires import limits_of, publication_for, version_for, with_limits
from scheduling.queries.reviews import review_locations
from scheduling.queries.screening import answers_of, circumstances_of
from scheduling.rules.opening_hours import local_day
from scheduling.rules.screening import (
    Circumstances,
    FormKind,
    QuestionSpec,
    VersionSpec,
    unanswered,
    visible_questions,
)
from scheduling.rules.screening_pages import opened

KIND = FormKind.SAFETY
COUNTS_FOR = timedelta(hours=24)  # as in the trigger that lets an MRI begin
COMPANION_QUESTION = "companion"  # answered by who stays in the scan room, and what they say themselves
EXPECTED = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenForm:
    version: VersionSpec
    answers: Mapping[str, Any]  # so far
    where: Circumstances
    current: Screening | None
    is_second_screen: bool  # signed, and the scan may begin on it; else the answers are only kept

    def questions(self, answers: Mapping[str, Any]) -> tuple[QuestionSpec, ...]:
        """With the follow-ups that another answer can open."""
        seen = opened(self.version, self.visible(answers))
        left_out = {COMPANION_QUESTION} if self.is_second_screen else set()
        return tuple(question for question in seen if question.key not in left_out)

    def visible(self, answers: Mapping[str, Any]) -> tuple[QuestionSpec, ...]:
        return visible_questions(self.version, answers, self.where)

    def shown_with(self, answers: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(question.key for question in self.visible(answers))

    def lacks(self, answers: Mapping[str, Any]) -> bool:
        return bool(unanswered(self.visible(answers), answers))


def spoken_form(visit: Appointment, *, now: datetime) -> SpokenForm | None:
    """By the version in force now, whatever was answered before; None where there is none."""
    in_force = version_for(KIND, visit.location, visit.exam.modality, now)
    if in_force is None:
        return None
    version = with_limits(in_force, limits_of(in_force, visit.exam.modality))
    return SpokenForm(
        version=version,
        answers=answers_of(visit, KIND),
        where=replace(circumstances_of(visit, KIND, now=now), by_proxy=False, prefers_phone=False),
        current=current_of(visit),
        is_second_screen=needs_second_screen(visit) and now >= visit.starts_at - COUNTS_FOR,
    )


def needs_second_screen(visit: Appointment) -> bool:
    return visit.scanner.modality == Scanner.Modality.MR


def current_of(visit: Appointment) -> Screening | None:
    return Screening.objects.filter(
        appointment=visit, version__questionnaire__kind=KIND, superseded_by=None
    ).first()


def last_second_screen(visit: Appointment) -> SecondScreen | None:
    return visit.second_screens.select_related("screening__version__questionnaire").first()


def counts(screen: SecondScreen | None, visit: Appointment) -> bool:
    """Whether the scan may begin on it."""
    if screen is None or screen.signed_at < visit.starts_at - COUNTS_FOR:
        return False
    return not Screening.objects.filter(supersedes=screen.screening_id).exists()


def visit_for_trained(user: User, visit_id: int) -> Appointment:
    """Any visit at the locations where the user reviews answers. Raises NotFound."""
    visit = (
        Appointment.objects.with_place()
        .prefetch_related("sheets")
        .filter(pk=visit_id, patient__isnull=False, scanner__location__in=review_locations(user))
        .first()
    )
    if visit is None:
        raise NotFound
    return visit


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeScan:
    """What has still to happen before a scan begins."""

    visit: Appointment
    review: Task | None
    labs: Task | None
    needs_second_screen: bool
    screen: SecondScreen | None
    is_signed: bool
    tasks: tuple[Task, ...]  # all that are open
    asks_at_the_door: bool  # the questions about illness were not answered inside their window

    @property
    def is_ready(self) -> bool:
        """No flags reported, nothing left to ask. Never a promise that the scan is safe."""
        return not self._is_held_up and (self.is_signed or not self.needs_second_screen)

    @property
    def is_only_unsigned(self) -> bool:
        return not self._is_held_up and not self.is_ready

    @property
    def _is_held_up(self) -> bool:
        return self.review is not None or self.labs is not None or self.asks_at_the_door


def scans_of_day(location: Location, day: date, *, now: datetime) -> list[BeforeScan]:
    """Visits that are expected at the location on a day of its own calendar, in order."""
    starts = datetime.combine(day, time.min, location.zone)
    ends = datetime.combine(day + timedelta(days=1), time.min, location.zone)
    visits = Appointment.objects.filter(
        scanner__location=location, status__in=EXPECTED, starts_at__gte=starts, starts_at__lt=ends
    )
    return before_scans(location, visits.order_by("starts_at", "scanner__name", "pk"), now=now)


def before_scans(location: Location, visits: QuerySet[Appointment], *, now: datetime) -> list[BeforeScan]:
    """Of visits at the location, in their order; a constant number of queries."""
    found = list(
        visits.select_related("scanner__location", "exam", "patient", "authorization")
        .prefetch_related("sheets", "second_screens")
        .prefetch_related(Prefetch("tasks", Task.objects.open(), to_attr="open_tasks"))
    )
    replaced = _replaced(found)
    about_illness = {
        modality: publication_for(FormKind.RESPIRATORY, location, modality, now)
        for modality in {visit.exam.modality for visit in found}
    }
    return [_before(visit, replaced, about_illness[visit.exam.modality], now=now) for visit in found]


def before_scan(visit: Appointment, *, now: datetime) -> BeforeScan:
    (scan,) = before_scans(visit.location, Appointment.objects.filter(pk=visit.pk), now=now)
    return scan


def today_at(location: Location, *, now: datetime) -> date:
    return local_day(now, location.zone)


def _replaced(visits: Iterable[Appointment]) -> frozenset[int]:
    """The answers that later ones took the place of."""
    signed = [screen.screening_id for visit in visits for screen in visit.second_screens.all()]
    later = Screening.objects.filter(supersedes__in=signed)
    return frozenset(record.supersedes_id for record in later.only("supersedes") if record.supersedes_id)


def _before(
    visit: Appointment, replaced: frozenset[int], about_illness: Publication | None, *, now: datetime
) -> BeforeScan:
    tasks: list[Task] = visit.open_tasks  # type: ignore[attr-defined]
    screen: SecondScreen | None = next(iter(visit.second_screens.all()), None)
    is_recent = screen is not None and screen.signed_at >= visit.starts_at - COUNTS_FOR
    return BeforeScan(
        visit=visit,
        review=next((task for task in tasks if task.kind == Task.Kind.REVIEW), None),
        labs=next((task for task in tasks if task.kind == Task.Kind.LABS), None),
        needs_second_screen=needs_second_screen(visit),
        screen=screen,
        tasks=tuple(tasks),
        is_signed=is_recent and screen is not None and screen.screening_id not in replaced,
        asks_at_the_door=about_illness is not None
        and about_illness.version_id is not None
        and now >= opens_at(visit)
        and not is_fresh(visit, about_illness),
    )
