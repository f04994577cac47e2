"""Blood tests that visits wait for, for the people who may decide about them."""

from locations.models import Assignment, User
from scheduling.exceptions import NotFound
from scheduling.models import Appointment, LabResult, Screening, Task
from scheduling.queries.reviews import review_locations
from scheduling.rules.labs import LabLimits, limits_from
from scheduling.rules.screening import FormKind


def labs_for(user: User, task_id: int) -> Task:
    """Open or done. Raises NotFound, the same for a missing one and for another location's."""
    found = (
        Task.objects.filter(
            pk=task_id, kind=Task.Kind.LABS, appointment__isnull=False, location__in=review_locations(user)
        )
        .select_related("location", "appointment__patient", "appointment__exam")
        .select_related("appointment__scanner__location")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def may_waive(user: User, task: Task) -> bool:
    """A radiologist does: who weighs the risk of contrast answers for it."""
    return user.locations_for(Assignment.Role.RADIOLOGIST).filter(pk=task.location_id).exists()


def limits_for(visit: Appointment) -> LabLimits:
    """As the version says that asked about the kidneys."""
    asked = Screening.objects.filter(appointment=visit, version__questionnaire__kind=FormKind.SAFETY)
    current = asked.filter(superseded_by=None).select_related("version").first()
    return limits_from(current.version.parameters if current else {})


def last_lab_result(visit: Appointment) -> LabResult | None:
    return visit.lab_results.select_related("recorded_by").first()
