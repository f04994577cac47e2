"""Reviews for the people who may decide them: technologists and radiologists, at their locations."""

from datetime import datetime

from django.db.models import Q, QuerySet

from locations.models import Assignment, Location, Scanner, User
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, Release, ReviewNote, Screening, Task
from scheduling.queries.worklist import CLINICAL
from scheduling.rules.releases import is_looked_at


def review_locations(user: User) -> QuerySet[Location]:
    return user.locations_for(*CLINICAL)


def signs_as(user: User, location: Location) -> str:
    """Name and role, as they stand under what a trained person signed at the location."""
    held = user.assignments.filter(Q(location=location) | Q(location=None), role__in=CLINICAL)
    roles = [Assignment.Role(role).label for role in sorted(set(held.values_list("role", flat=True)))]
    return ", ".join([str(user), *map(str, roles)])


def review_for(user: User, task_id: int) -> Task:
    """Open or done. Raises NotFound, the same for a missing one and for another location's."""
    found = (
        Task.objects.filter(
            pk=task_id,
            kind=Task.Kind.REVIEW,
            appointment__isnull=False,
            location__in=review_locations(user),
        )
        .select_related("owner", "location", "appointment__patient", "appointment__exam", "release")
        .select_related("appointment__scanner__location")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def open_review(visit: Appointment) -> Task | None:
    return visit.tasks.open().filter(kind=Task.Kind.REVIEW).first()


def may_release(user: User, task: Task) -> bool:
    """Technologists do, but for what a rule or a technologist left to a radiologist."""
    roles = (Assignment.Role.RADIOLOGIST,) if task.for_radiologist else CLINICAL
    return user.locations_for(*roles).filter(pk=task.location_id).exists()


def looked_at_by(task: Task, *, now: datetime) -> User | None:
    return task.owner if task.owner and is_looked_at(task.owned_at, now=now) else None


def notes_on(task: Task) -> QuerySet[ReviewNote]:
    """The latest first."""
    return task.review_notes.select_related("written_by")


def earlier_answers(visit: Appointment) -> QuerySet[Screening]:
    """What was replaced by later answers, the latest first."""
    return (
        Screening.objects.filter(appointment=visit, superseded_by__isnull=False)
        .select_related("version__questionnaire")
        .order_by("-answered_at", "-pk")
    )


def last_release(visit: Appointment) -> Release | None:
    return visit.releases.prefetch_related("scanners").order_by("-released_at", "-pk").first()


def scanners_to_release_for(visit: Appointment) -> QuerySet[Scanner]:
    return Scanner.objects.filter(
        location=visit.location, modality=visit.scanner.modality, is_active=True
    ).order_by("name", "pk")
