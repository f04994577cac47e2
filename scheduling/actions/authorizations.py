"""An insurer’s authorization of a visit: asked for in time, looked at again whenever the visit changes."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Location, User
from scheduling.actions import audit, tasks
from scheduling.exceptions import EditConflict, IllegalMove
from scheduling.models import Appointment, AuditEvent, Authorization, Task
from scheduling.queries.authorizations import TO_COME, plan_of, problem_of, terms_of, visits_to_decide
from scheduling.queries.hours import due_in_staffed_hours
from scheduling.rules.actors import Actor
from scheduling.rules.authorizations import Problem, State, act_by
from scheduling.rules.opening_hours import local_day, wall_instant

# Stored in English, translated where staff read it.
REASONS = {
    Problem.UNKNOWN: gettext_noop("Find out whether the insurer wants an authorization"),
    Problem.NEEDED: gettext_noop("Ask the insurer for an authorization"),
    Problem.REQUESTED: gettext_noop("The insurer has not answered yet: ask after the authorization"),
    Problem.DENIED: gettext_noop("The insurer said no: talk with the patient and the doctor’s office"),
    Problem.OTHER_EXAM: gettext_noop("The authorization is for another exam: ask for a change"),
    Problem.OTHER_PLAN: gettext_noop("The patient has named another insurer: ask that one"),
    Problem.OTHER_LOCATION: gettext_noop("The authorization is for another location: ask for a change"),
    Problem.ENDED: gettext_noop("The authorization ends before the visit: ask for a change"),
    Problem.NOT_YET: gettext_noop("The authorization begins after the visit: ask for a change"),
}
OUTCOME_SETTLED = gettext_noop("The authorization is settled")
BATCH = 100
GONE = (Appointment.Status.CANCELED, Appointment.Status.NO_SHOW)


def decide_again(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In the caller's transaction: after booking, and whenever the time, the place, the exam or the insurance
    changes. What a person has written stays, for what it was written about; the rules of insurers say the
    rest."""
    found = Authorization.objects.filter(appointment=appointment).first() or Authorization(
        appointment=appointment, changed_at=now
    )
    _look_up(appointment, found, now)
    if found.settled_by_id is None:
        found.state, found.changed_at = found.by_rules or State.UNKNOWN, now
        found.payer = plan_of(appointment)
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
    """`version` is the authorization's as it was shown, 0 where there was none. It is about the exam that the
    visit has, and the plan that the patient has named by now. Saving the same again answers with it.

    Raises EditConflict; IllegalMove for a visit that was canceled or missed. After the scan an insurer may
    still say something."""
    locked = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
    visit = Appointment.objects.with_place().get(pk=locked.pk)
    if visit.status in GONE:
        raise IllegalMove
    found = Authorization.objects.filter(appointment=visit).first() or Authorization(appointment=visit)
    values = {
        "state": state,
        "payer": payer,
        "plan": plan_of(visit),
        "number": number,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "location": location,
        "exam": visit.exam,
        "note": note,
    }
    changed = sorted(name for name, value in values.items() if getattr(found, name) != value)
    if found.settled_by_id is not None and not changed:
        return found
    if found.version != version:
        raise EditConflict
    before = found.state if found.pk else State.UNKNOWN
    for name in changed:
        setattr(found, name, values[name])
    _look_up(visit, found, now)
    found.settled_by, found.changed_at, found.version = user, now, version + 1
    found.save()
    audit.record(
        event=AuditEvent.Event.AUTHORIZATION_CHANGED,
        subject=visit,
        location_id=visit.scanner.location_id,
        before={"authorization": before},
        after={"authorization": state, "changed": changed},
        now=now,
        by=by,
    )
    _work(visit, found, now=now, by=by)
    return found


def follow_rules(*, now: datetime) -> bool:
    """Visits to come, some at a time, after a rule of an insurer was written, changed or removed. Each is a
    transaction: a worker that dies leaves the rest to the next. Whether there may be more."""
    visit_ids = list(visits_to_decide(now=now).values_list("pk", flat=True)[:BATCH])
    for visit_id in visit_ids:
        with transaction.atomic():
            locked = Appointment.objects.select_for_update(no_key=True).get(pk=visit_id)
            visit = Appointment.objects.with_place().get(pk=locked.pk)
            if visit.status in TO_COME:
                decide_again(appointment=visit, now=now, by=Actor.process("rules of insurers"))
    return len(visit_ids) == BATCH


def due_after_move(appointment: Appointment, now: datetime) -> datetime | None:
    found = Authorization.objects.filter(appointment=appointment).first()
    problem = problem_of(appointment, found)
    return _due_at(appointment, found, problem, now) if found and problem else None


def _look_up(visit: Appointment, found: Authorization, now: datetime) -> None:
    state, terms = terms_of(visit)
    found.by_rules, found.lead_days = state or "", terms.lead_days if terms else 0
    found.decided_at = now


def _work(visit: Appointment, found: Authorization, *, now: datetime, by: Actor) -> None:
    problem = problem_of(visit, found)
    if problem is None or visit.status in GONE:
        tasks.close_tasks_of(
            appointment=visit, kind=Task.Kind.AUTHORIZATION, outcome=OUTCOME_SETTLED, now=now, by=by
        )
        return
    due_at = _due_at(visit, found, problem, now)
    task = tasks.open_task(
        kind=Task.Kind.AUTHORIZATION,
        location=visit.location,
        appointment=visit,
        reason=REASONS[problem],
        due_at=due_at,
        now=now,
        by=by,
    )
    if task.reason != REASONS[problem]:
        tasks.rewrite(task=task, reason=REASONS[problem], due_at=due_at)


def _due_at(visit: Appointment, found: Authorization, problem: Problem, now: datetime) -> datetime:
    """An hour into the staffed time of the last day to act; now, where it is over or the insurer said no."""
    day = act_by(local_day(visit.starts_at, visit.zone), found.lead_days, problem)
    begins = now if problem is Problem.DENIED else max(now, wall_instant(day, 0, visit.zone))
    return due_in_staffed_hours(visit.location, now=begins, before=visit.arrive_at)
