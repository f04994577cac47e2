"""What the desk asks while somebody is on the phone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Prefetch, QuerySet

from locations.models import Location, Scanner, User
from scheduling.exceptions import NotAnOpening, NotFound
from scheduling.models import Appointment, Draft, Exam, Patient, Synonym
from scheduling.queries.openings import Opening, first_openings
from scheduling.queries.scanners import SOONEST_READ, a_while_apart
from scheduling.queries.screening import not_before
from scheduling.queries.wishes import wish_of
from scheduling.queries.worklist import BOOKING
from scheduling.rules.exam_shorthand import Shorthand, read_shorthand
from scheduling.rules.names import fold

ON_THE_WAY = timedelta(minutes=15)  # who is on the phone is not here yet
MOST_EXAMS, MOST_PATIENTS = 12, 5
_KINDS = {
    "MR": ("mri", "mr", "magnetic"),
    "CT": ("ct", "cat", "computed"),
    "XR": ("xray", "xr", "x", "ray", "radiograph"),
}
_SMALL = frozenset({"with", "and", "without", "of", "the"})


@dataclass(frozen=True, slots=True)
class ExamFound:
    exam: Exam
    side: str  # Appointment.Laterality; empty where none was typed or the exam has none

    @property
    def needs_side(self) -> bool:
        return self.exam.has_sides and not self.side


def exams_for(typed: str, location: Location) -> list[ExamFound]:
    """Offered at the location and meant by beginnings of words; the plainest first."""
    offered = Exam.objects.filter(is_active=True, offerings__location=location, offerings__is_active=True)
    return exams_among(offered, typed)


def exams_among(offered: QuerySet[Exam], typed: str) -> list[ExamFound]:
    asked = read_shorthand(typed)
    with_words = offered.prefetch_related(Prefetch("synonyms", Synonym.objects.filter(language="en")))
    fitting = [exam for exam in with_words if _fits(asked, exam)]
    fitting.sort(key=lambda exam: (not _in_name(asked, exam), exam.needs_contrast, len(exam.name), exam.name))
    return [ExamFound(exam, asked.side if exam.has_sides else "") for exam in fitting[:MOST_EXAMS]]


def soonest_for(draft: Draft, location: Location, *, now: datetime) -> list[Opening]:
    """Six of the first times, a while apart from each other; the desk needs no notice."""
    found = first_openings(
        wish=wish_of(draft),
        location_ids=[location.pk],
        limit=SOONEST_READ,
        now=now,
        first=not_before(draft, now=now),
        ignore=Appointment.objects.filter(draft=draft, status=Appointment.Status.HELD).values_list(
            "pk", flat=True
        ),
        however_soon=True,
    )
    return a_while_apart([one for one in found if one.starts_at >= now + ON_THE_WAY], location)


def patients_with_phone(user: User, phone: str) -> QuerySet[Patient]:
    """Known at a location where the user books, by a phone of theirs or of a visit; the latest first."""
    theirs = Appointment.objects.filter(scanner__location__in=user.locations_for(*BOOKING))
    seen = theirs.filter(phone=phone).values("patient") | theirs.filter(patient__phone=phone).values(
        "patient"
    )
    return (
        Patient.objects.filter(pk__in=seen)
        .annotate(last_visit=Max("appointments__starts_at"))
        .order_by("-last_visit", "pk")[:MOST_PATIENTS]
    )


def patient_with_phone(user: User, phone: str, patient_id: int) -> Patient:
    """One of these. Raises NotFound."""
    found = next((one for one in patients_with_phone(user, phone) if one.pk == patient_id), None)
    if found is None:
        raise NotFound
    return found


def phone_draft(user: User, draft_id: UUID) -> Draft:
    """Begun at a desk where the user books. Raises NotFound, the same for a missing one and a patient's."""
    draft = (
        Draft.objects.filter(pk=draft_id, desk__in=user.locations_for(*BOOKING))
        .select_related("exam", "location", "desk", "started_by", "order")
        .prefetch_related("sheets")
        .first()
    )
    if draft is None:
        raise NotFound
    return draft


def places_offering(draft: Draft, user: User) -> QuerySet[Location]:
    """Where the user books and the exam is done, the desk's own first by name."""
    mine = user.locations_for(*BOOKING).filter(
        is_active=True, offerings__exam=draft.exam_id, offerings__is_active=True
    )
    return mine.order_by("name", "pk")


def place_offering(draft: Draft, user: User, location_id: int) -> Location:
    """One of these. Raises NotAnOpening."""
    found = places_offering(draft, user).filter(pk=location_id).first()
    if found is None:
        raise NotAnOpening
    return found


def desk_scanner(user: User, scanner_id: int) -> Scanner:
    """Where the user books. Raises NotFound."""
    scanners = Scanner.objects.select_related("location")
    found = scanners.filter(pk=scanner_id, location__in=user.locations_for(*BOOKING)).first()
    if found is None:
        raise NotFound
    return found


def scanners_for(draft: Draft, user: User) -> QuerySet[Scanner]:
    """Of the right kind, in use, where the user books and the exam is done."""
    places = places_offering(draft, user)
    scanners = Scanner.objects.filter(modality=draft.exam.modality, is_active=True, location__in=places)
    return scanners.select_related("location").order_by("location__name", "name", "pk")


def _fits(asked: Shorthand, exam: Exam) -> bool:
    if asked.side and not exam.has_sides:
        return False
    if asked.contrast and exam.contrast != asked.contrast:
        return False
    words = [exam.name, exam.body_region, *(synonym.text for synonym in exam.synonyms.all())]
    return asked.fits(_vocabulary(words) | set(_KINDS[exam.modality]))


def _in_name(asked: Shorthand, exam: Exam) -> bool:
    return asked.fits(_vocabulary([exam.name]) | set(_KINDS[exam.modality]))


def _vocabulary(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in fold(text).split()} - _SMALL
