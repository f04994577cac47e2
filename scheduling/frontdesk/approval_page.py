"""What the form of a move says of an insurer's approval, before anything is pressed."""

from datetime import datetime
from typing import Any

from locations.models import Scanner
from scheduling.models import Appointment
from scheduling.queries.authorizations import approval_of
from scheduling.rules.opening_hours import local_day


def approval_context(visit: Appointment, scanner: Scanner, starts_at: datetime) -> dict[str, Any]:
    """Of one that a move could leave; `leaves_approval` where the place in the form does."""
    approval = approval_of(visit)
    if approval is None or not approval.is_limited:
        return {}
    problem = approval.problem(
        exam_id=approval.exam_id or 0,  # which exam it is has a page of its own
        location_id=scanner.location_id,
        day=local_day(starts_at, scanner.location.zone),
    )
    return {"approval": approval, "leaves_approval": problem is not None}
