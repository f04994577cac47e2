"""Time without bookings: made as its plan says, and ended early."""

from datetime import datetime

from django.db import transaction

from locations.models import Closure, Scanner
from scheduling.actions import audit
from scheduling.actions.holds import lock_scanners
from scheduling.models import AuditEvent, ChangePlan
from scheduling.rules.actors import Actor


def close(plan: ChangePlan) -> Closure:
    """Under the locks of the plan."""
    assert plan.ends_at is not None  # change_plan_closes_for_a_time
    return Closure.objects.create(
        location=plan.location,
        scanner=plan.scanner,
        kind=plan.closure_kind,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        reason=plan.reason,
    )


@transaction.atomic
def reopen(*, closure_id: int, now: datetime, by: Actor) -> Closure:
    """Back up early: from now on the time can be booked again. Who was moved stays where they are."""
    closure = Closure.objects.select_for_update().get(pk=closure_id)
    scanners = Scanner.objects.filter(location=closure.location_id)
    lock_scanners(scanners.values_list("pk", flat=True))
    if closure.ends_at <= now:
        return closure
    note(closure, AuditEvent.Event.REOPENED, now=now, by=by)
    if closure.starts_at < now:
        closure.ends_at = now
        closure.save(update_fields=["ends_at"])
    else:
        closure.delete()
    return closure


def note(closure: Closure, event: AuditEvent.Event, *, now: datetime, by: Actor, **after: object) -> None:
    audit.record(
        event=event,
        subject=closure,
        location_id=closure.location_id,
        after={
            "scanner": closure.scanner_id,
            "starts_at": closure.starts_at.isoformat(),
            "ends_at": closure.ends_at.isoformat(),
            **after,
        },
        now=now,
        by=by,
    )
