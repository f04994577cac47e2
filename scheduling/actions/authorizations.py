"""An insurer’s authorization of a visit: asked for in time, looked at again whenever the visit changes."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Location, User
from scheduling.actions import audit, tasks
from scheduling.exceptions import EditConflict, IllegalMove
from scheduling.models import Appointment, AuditEvent, Authorization, Task
from scheduling.queries.authorizations import TO_COME, problem_of, terms_of
from scheduling.queries.hours import due_in_staffed_hours
from scheduling.rules.actors import Actor
from scheduling.rules.authorizations import Problem, State, settle_by
from scheduling.rules.opening_hours import local_day, wall_instant

# Stored in English, translated where staff read it.
REASONS = {
    Problem.UNKNOWN: gettext_noop("Find out whether the insurer wants an authorization"),
    Problem.NEEDED: gettext_noop("Ask the insurer for an authorization"),
    Problem.REQUESTED: gettext_noop("The insurer has not answered yet: ask after the authorization"),
    Problem.DENIED: gettext_noop("The insurer said no: talk with the patient and the doctor’s office"),
    Problem.OTHER_EXAM: gettext_noop("The authorization is for another exam: ask for a change"),
    Problem.OTHER_LOCATION: gettext_noop("The authorization is for another location: ask for a change"),
    Problem.OTHER_DAYS: gettext_noop("The authorization is not valid on the day: ask for a change"),
}
OUTCOME_SETTLED = gettext_noop("The authorization is settled")


def decide_again(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction: after booking, and whenever the time, the place, the exam or the insurance
    changes. What a person has written stays; the rules of insurers say the rest."""
    found = Authorization.objects.filter(appointment=appointment).first()
    if found is None or found.settled_by_id is None:
        state, terms = terms_of(appointment)
        if found is None:
            found = Authorization(appointment=appointment)
        found.state, found.lead_days, found.changed_at = state, terms.lead_days if terms else 0, now
        found.payer = appointment.insurance_plan or appointment.accident_insurer
        found.save()
    _work(appointment, found, now=now, by=by)


@transaction.atomic
def save_authorization(
    *,
    visit_id: int,
    version: int,
    state: State,
    payer: str,
    number: str,
    valid_from: date | None,
    valid_until: date | None,
    location: Location | None,
    note: str,
    user: User,
    now: datetime,
    by: Actor,
) -> Authorization:
    """`version` is the authorization's as it was shown, 0 where there was none. An approval is for the exam
    that the visit has. Raises EditConflict, and IllegalMove for a visit that is over."""
    locked = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    visit = Appointment.objects.with_place().get(pk=locked.pk)
    if visit.status not in TO_COME:
        raise IllegalMove
    found = Authorization.objects.filter(appointment=visit).first() or Authorization(appointment=visit)
    if found.version != version:
        raise EditConflict
    before = found.state if found.pk else State.UNKNOWN
    found.state, found.payer, found.number, found.note = state, payer, number, note
    found.valid_from, found.valid_until, found.location = valid_from, valid_until, location
    found.exam = visit.exam if state is State.APPROVED else None
    found.settled_by, found.changed_at, found.version = user, now, version + 1
    found.save()
    audit.record(
        event=AuditEvent.Event.AUTHORIZATION_CHANGED,
        subject=visit,
        location_id=visit.scanner.location_id,
        before={"authorization": before},
        after={"authorization": state},
        now=now,
        by=by,
    )
    _work(visit, found, now=now, by=by)
    return found


def due_after_move(appointment: Appointment, now: datetime) -> datetime | None:
    found = Authorization.objects.filter(appointment=appointment).first()
    return _due_at(appointment, found, now) if found else None


def _work(visit: Appointment, found: Authorization, *, now: datetime, by: Actor) -> None:
    problem = problem_of(visit, found)
    if problem is None or visit.status not in TO_COME:
        tasks.close_tasks_of(
            appointment=visit, kind=Task.Kind.AUTHORIZATION, outcome=OUTCOME_SETTLED, now=now, by=by
        )
        return
    task = tasks.open_task(
        kind=Task.Kind.AUTHORIZATION,
        location=visit.location,
        appointment=visit,
        reason=REASONS[problem],
        due_at=_due_at(visit, found, now),
        now=now,
        by=by,
    )
    if task.reason != REASONS[problem]:
        tasks.rewrite(task=task, reason=REASONS[problem], due_at=_due_at(visit, found, now))


def _due_at(visit: Appointment, found: Authorization, now: datetime) -> datetime:
    """An hour into the staffed time of the last day to ask; now, where that is over."""
    day = settle_by(local_day(visit.starts_at, visit.zone), found.lead_days)
    begins = max(now, wall_instant(day, 0, visit.zone))
    return due_in_staffed_hours(visit.location, now=begins, before=visit.arrive_at)
