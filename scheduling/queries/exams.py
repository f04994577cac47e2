"""Exams and preparations as administrators look at them: what is there, what is missing, who is touched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from locations.models import Location
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, Draft, Exam, Offering, Order, Preparation, Synonym, WaitlistEntry
from scheduling.queries.impact import TO_COME, coming_visits
from scheduling.rules.names import fold

MOST_WORDS = 8
_OPEN = Q(offerings__is_active=True, offerings__location__is_active=True)


class State(StrEnum):
    """The value stands in the address of the list."""

    ACTIVE = "active"
    RETIRED = "retired"


class Lack(StrEnum):
    PREPARATION = "preparation"
    SPANISH = "spanish"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class ExamLine:
    exam: Exam
    offered: int  # at how many locations
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What an exam is bound up with. Visits: those to come."""

    visits: int
    last_visit: datetime | None
    places: tuple[tuple[Location, int], ...]  # that offer it, or have visits of it to come, with their number
    offerings: int


def exam_lines(*, typed: str, modality: str, state: State | None, lack: Lack | None) -> list[ExamLine]:
    """By kind of scan, region and name: a constant number of queries."""
    exams = Exam.objects.all()
    for word in fold(typed).split()[:MOST_WORDS]:
        exams = exams.filter(
            Q(search_text__contains=word) | Q(slug__icontains=word) | Q(loinc__icontains=word)
        )
    if modality:
        exams = exams.filter(modality=modality)
    if state:
        exams = exams.filter(is_active=state is State.ACTIVE)
    texts = Preparation.objects.filter(exams=OuterRef("pk"))
    rows = exams.annotate(
        offered=Count("offerings", filter=_OPEN),
        is_prepared=Exists(texts),
        lacks_text=Exists(texts.filter(text_es="")),
    ).order_by("modality", "body_region", "name", "pk")
    lines = [_line(row, row.offered, row.is_prepared, row.lacks_text) for row in rows]
    return [line for line in lines if lack is None or lack in line.lacks]


def _line(exam: Exam, offered: int, is_prepared: bool, lacks_text: bool) -> ExamLine:
    lacks = {
        Lack.PREPARATION: not is_prepared,
        Lack.SPANISH: not exam.name_es or lacks_text,
        Lack.LOCATION: exam.is_active and not offered,
    }
    return ExamLine(exam, offered, tuple(lack for lack, is_lacking in lacks.items() if is_lacking))


def exam_for(exam_id: int) -> Exam:
    """Raises NotFound."""
    found = Exam.objects.filter(pk=exam_id).prefetch_related("preparations", "synonyms").first()
    if found is None:
        raise NotFound
    return found


def reach_of(exam: Exam, *, now: datetime) -> Reach:
    visits = coming_visits(after=now).filter(exam=exam)
    counted = dict(
        visits.order_by()
        .values_list("scanner__location")
        .annotate(count=Count("pk"))
        .values_list("scanner__location", "count")
    )
    offered = set(_open_offerings(exam).values_list("location_id", flat=True))
    places = Location.objects.filter(pk__in=offered | counted.keys()).order_by("name", "pk")
    last = visits.order_by("-starts_at").values_list("starts_at", flat=True).first()
    return Reach(
        visits=sum(counted.values()),
        last_visit=last,
        places=tuple((place, counted.get(place.pk, 0)) for place in places),
        offerings=len(offered),
    )


def _open_offerings(exam: Exam) -> QuerySet[Offering]:
    return Offering.objects.filter(exam=exam, is_active=True, location__is_active=True)


def visits_of(exam_id: int, *, now: datetime) -> QuerySet[Appointment]:
    """To come, booked or held, in order of arriving."""
    is_held = Q(status=Appointment.Status.HELD, held_until__gt=now)
    visits = Appointment.objects.with_place().filter(exam=exam_id, starts_at__gt=now)
    return visits.filter(Q(status__in=TO_COME) | is_held).order_by("arrive_at", "pk")


def is_booked_by_side(exam_id: int) -> bool:
    """Left, right or both was said of it somewhere: none of that may lose its meaning."""
    of_side: list[type[Appointment | Draft | Order | WaitlistEntry]] = [
        Appointment,
        Draft,
        Order,
        WaitlistEntry,
    ]
    return any(kind.objects.filter(exam=exam_id).exclude(laterality="").exists() for kind in of_side)


def told_of(visits: Sequence[int]) -> str:
    """Says which visits a page has shown, by their keys."""
    return f"visits {' '.join(str(pk) for pk in sorted(visits))}"


def visits_told(exam: Exam, told: str, *, now: datetime) -> list[Appointment]:
    """Those of `told_of` that are still to come."""
    keys = set(told.split()[1:])
    return [visit for visit in visits_of(exam.pk, now=now) if str(visit.pk) in keys]


def families() -> dict[str, list[Exam]]:
    """Exams that differ only by contrast, by the name of their family; the one without contrast first."""
    found: dict[str, list[Exam]] = {}
    for exam in Exam.objects.order_by("modality", "body_region", "contrast", "name", "pk"):
        found.setdefault(exam.family, []).append(exam)
    return found


def regions() -> list[str]:
    return list(Exam.objects.order_by("body_region").values_list("body_region", flat=True).distinct())


def slug_is_taken(slug: str) -> bool:
    return Exam.objects.filter(slug=slug).exists()


@dataclass(frozen=True, slots=True)
class Clash:
    """A word of an exam that finds others, too."""

    text: str
    exams: tuple[Exam, ...]


def clashes_of(exam: Exam, texts: Iterable[str]) -> list[Clash]:
    """With names and synonyms of exams outside its family, as a search reads them."""
    wanted = {fold(text): text for text in texts}
    others = Exam.objects.exclude(family=exam.family)
    found: dict[str, dict[int, Exam]] = {}
    for other in others:
        for name in (other.name, other.name_es):
            found.setdefault(fold(name), {})[other.pk] = other
    for synonym in Synonym.objects.filter(exam__in=others).select_related("exam"):
        found.setdefault(fold(synonym.text), {})[synonym.exam_id] = synonym.exam
    return [
        Clash(text, tuple(found[folded].values()))
        for folded, text in wanted.items()
        if folded and folded in found
    ]


def preparations() -> QuerySet[Preparation]:
    return Preparation.objects.annotate(used=Count("exams")).order_by("position", "code")
