"""What the page of a visit shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from locations.models import User
from scheduling.frontdesk.history_words import lines_of
from scheduling.frontdesk.patient_page import wishes_of
from scheduling.frontdesk.step_words import BACK_WORDS, STEP_WORDS, STEPS_FROM
from scheduling.models import Appointment
from scheduling.queries.access import desk_locations
from scheduling.queries.authorizations import authorization_of, problem_of
from scheduling.queries.documents import documents_by_owner
from scheduling.queries.history import history_of
from scheduling.queries.messages import messages_of
from scheduling.queries.order_giving import orders_for_visit
from scheduling.queries.readiness import readiness_of
from scheduling.queries.reviews import review_locations
from scheduling.queries.second_screen import before_scan
from scheduling.queries.visits import is_of_a_later_day, missed_from, visits_of_patient


@dataclass(frozen=True, slots=True)
class StepButton:
    value: str
    words: str
    is_next: bool  # the usual one


def visit_context(visit: Appointment, user: User, *, now: datetime) -> dict[str, Any]:
    location = visit.location
    authorization = authorization_of(visit)
    return {
        "visit": visit,
        "location": location,
        "authorization": authorization,
        "authorization_problem": problem_of(visit, authorization),
        "items": readiness_of(before_scan(visit, now=now)),
        "steps": steps_of(visit, now=now),
        "notes": visit.visit_notes.select_related("written_by"),
        "papers": documents_by_owner({visit.pk}, set()).get(visit.pk, []),
        "mails": messages_of(visit),
        "history": lines_of(history_of(visit), visit.zone),
        "wishes": wishes_of(visit.patient) if visit.patient else [],
        "other_visits": visits_of_patient(visit, user),
        "reads_answers": review_locations(user).filter(pk=location.pk).exists(),
        "orders_here": orders_for_visit(visit, user),
        "opens_order": visit.order is not None
        and desk_locations(user).filter(pk=visit.order.location_id).exists(),
        "now": now,
    }


def steps_of(visit: Appointment, *, now: datetime) -> list[StepButton]:
    return [
        StepButton(
            value=step,
            words=str(BACK_WORDS[Appointment.Status(visit.status)] if step == "back" else STEP_WORDS[step]),
            is_next=number == 0 and step != "back",
        )
        for number, step in enumerate(STEPS_FROM.get(visit.status, ()))
        if _is_offered(step, visit, now)
    ]


def _is_offered(step: str, visit: Appointment, now: datetime) -> bool:
    match step:
        case "back":
            return True
        case "missed":
            return now >= missed_from(visit)
    return not is_of_a_later_day(visit, now=now)
