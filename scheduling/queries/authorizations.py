"""Authorizations of visits: what an insurer wants, what is still open, and which visits should be moved."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from locations.models import Location
from scheduling.models import Appointment, Authorization, PayerRule, Task
from scheduling.rules.authorizations import (
    Approval,
    PayerTerms,
    Problem,
    State,
    is_on_move_list,
    settle_by,
    terms_for,
)
from scheduling.rules.opening_hours import local_day

TO_COME = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)
ASKS_INSURER = (Appointment.Paying.INSURANCE, Appointment.Paying.ACCIDENT)


def authorization_of(visit: Appointment) -> Authorization | None:
    return Authorization.objects.select_related("location", "settled_by").filter(appointment=visit).first()


def approval_of(visit: Appointment) -> Approval | None:
    found = authorization_of(visit)
    return found.approval if found else None


def terms_of(visit: Appointment) -> tuple[State, PayerTerms | None]:
    """By what the patient said about paying and the rules of insurers. Without any rule a center does not use
    this, and nothing is asked."""
    if visit.paying == Appointment.Paying.SELF:
        return State.NOT_NEEDED, None
    if visit.paying not in ASKS_INSURER:
        return State.UNKNOWN, None
    plan = visit.insurance_plan or visit.accident_insurer
    all_terms = [rule.terms for rule in PayerRule.objects.all()]
    terms = terms_for(all_terms, plan=plan, exam_id=visit.exam_id, modality=visit.exam.modality)
    if terms is None:
        return State.UNKNOWN, None
    return (State.NEEDED if terms.is_needed else State.NOT_NEEDED), terms


def problem_of(visit: Appointment, found: Authorization | None) -> Problem | None:
    """What keeps the visit from being paid for as planned; None where nothing is known to."""
    if found is None or found.state == State.NOT_NEEDED:
        return None
    if found.state == State.UNKNOWN:
        asks = visit.paying in ASKS_INSURER and PayerRule.objects.exists()
        return Problem.UNKNOWN if asks else None
    if found.approval is None:
        return Problem(found.state)
    day = local_day(visit.starts_at, visit.zone)
    return found.approval.problem(exam_id=visit.exam_id, location_id=visit.scanner.location_id, day=day)


def is_unauthorized_at(visit: Appointment, place: Appointment) -> bool:
    """Whether its approval, which is read with it, is not for the place and time of another row."""
    found = getattr(visit, "authorization", None)
    approval = found.approval if found else None
    if approval is None:
        return False
    day = local_day(place.starts_at, place.zone)
    there = place.scanner.location_id
    return approval.problem(exam_id=visit.exam_id, location_id=there, day=day) is not None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Context of frontdesk/authorizations.html."""

    visit: Appointment
    found: Authorization
    task: Task
    problem: Problem
    settle_by: date
    is_to_move: bool  # two business days before, or later


def unsettled_at(location: Location, *, now: datetime) -> list[Unsettled]:
    """Coming visits whose authorization is open, by their time."""
    today = local_day(now, location.zone)
    tasks = (
        Task.objects.open()
        .filter(
            kind=Task.Kind.AUTHORIZATION,
            location=location,
            appointment__status__in=TO_COME,
            appointment__starts_at__gt=now,
        )
        .select_related(
            "appointment__authorization__location",
            "appointment__exam",
            "appointment__patient",
            "appointment__scanner__location",
            "owner",
        )
        .order_by("appointment__starts_at", "pk")
    )
    return [one for task in tasks if (one := _unsettled(task, today)) is not None]


def _unsettled(task: Task, today: date) -> Unsettled | None:
    visit = task.appointment
    assert visit is not None
    found = visit.authorization
    problem = problem_of(visit, found)
    if problem is None:
        return None
    day = local_day(visit.starts_at, visit.zone)
    return Unsettled(
        visit, found, task, problem, settle_by(day, found.lead_days), is_on_move_list(day, today=today)
    )


def places_of_approval() -> QuerySet[Location]:
    """Where an insurer may say that it is valid."""
    return Location.objects.filter(is_active=True).order_by("name")
