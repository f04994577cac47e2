"""Authorizations of visits: what an insurer wants, what is still open, and which visits should be moved."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from locations.models import Location
from scheduling.models import Appointment, Authorization, PayerRule, Task
from scheduling.rules.authorizations import (
    Approval,
    PayerTerms,
    Problem,
    Scan,
    State,
    act_by,
    is_on_move_list,
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


def terms_of(visit: Appointment) -> tuple[State | None, PayerTerms | None]:
    """By what the patient said about paying and the rules of insurers. None: nobody is asked, for nothing is
    said yet, or the center keeps no rules."""
    if visit.paying == Appointment.Paying.SELF:
        return State.NOT_NEEDED, None
    all_terms = [rule.terms for rule in PayerRule.objects.all()]
    if visit.paying not in ASKS_INSURER or not all_terms:
        return None, None
    terms = terms_for(all_terms, plan=plan_of(visit), exam_id=visit.exam_id, modality=visit.exam.modality)
    if terms is None:
        return State.UNKNOWN, None
    return (State.NEEDED if terms.is_needed else State.NOT_NEEDED), terms


def visits_to_decide(*, now: datetime) -> QuerySet[Appointment]:
    """To come, and not decided since a rule was written, changed or removed; the soonest first."""
    coming = Appointment.objects.filter(
        status__in=TO_COME, starts_at__gt=now, paying__in=ASKS_INSURER, patient__isnull=False
    )
    changed_at = PayerRule.objects.aggregate(last=Max("changed_at"))["last"]
    if changed_at is None:
        old = ~Q(authorization__by_rules="") & Q(authorization__isnull=False)
    else:
        before = min(changed_at, now)  # the clock of who saved it may be ahead
        old = Q(authorization__decided_at=None) | Q(authorization__decided_at__lt=before)
    return coming.filter(old).order_by("starts_at", "pk")


def plan_of(visit: Appointment) -> str:
    """In the patient's words."""
    return visit.insurance_plan or visit.accident_insurer


def problem_of(visit: Appointment, found: Authorization | None) -> Problem | None:
    """What keeps the visit from being paid for as planned; None where nothing is known to."""
    if found is None:
        return None
    scan = Scan(
        exam_id=visit.exam_id,
        location_id=visit.scanner.location_id,
        day=local_day(visit.starts_at, visit.zone),
        plan=plan_of(visit),
        pays_self=visit.paying == Appointment.Paying.SELF,
    )
    return found.on_file.problem(scan)


def approval_against(visit: Appointment, place: Appointment) -> Approval | None:
    """Its approval, which is read with it, where that is not for the place and time of another row."""
    found = getattr(visit, "authorization", None)
    approval = found.approval if found else None
    if approval is None:
        return None
    day = local_day(place.starts_at, place.zone)
    there = place.scanner.location_id
    problem = approval.problem(exam_id=visit.exam_id, location_id=there, day=day)
    return approval if problem else None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Context of frontdesk/authorizations.html."""

    visit: Appointment
    found: Authorization
    task: Task
    problem: Problem
    act_by: date
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
        visit, found, task, problem, act_by(day, found.lead_days, problem), is_on_move_list(day, today=today)
    )


def places_of_approval() -> QuerySet[Location]:
    """Where an insurer may say that it is valid."""
    return Location.objects.filter(is_active=True).order_by("name")
