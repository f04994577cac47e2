"""What a draft or a visit asks of a scanner and of its time."""

from dataclasses import asdict

from scheduling.models import Appointment, Draft
from scheduling.queries.machines import Wish
from scheduling.queries.screening import answers_of, outcome_of
from scheduling.rules.needs import Needs, needs_of
from scheduling.rules.screening import FormKind


def wish_of(draft: Draft) -> Wish:
    return _wish(draft, needs_of_draft(draft))


def wish_of_visit(visit: Appointment) -> Wish:
    """What its time was chosen for, whatever was answered since: moving it asks for the same."""
    return _wish(visit, needs_of_visit(visit))


def needs_of_draft(draft: Draft) -> Needs:
    """Judged as of the last answer: waiting must not change what a held time is for."""
    outcome = outcome_of(draft, FormKind.SAFETY, now=draft.updated_at)
    return needs_of(outcome, answers_of(draft, FormKind.SAFETY)) if outcome else Needs()


def needs_of_visit(visit: Appointment) -> Needs:
    return Needs(
        weight_lb=visit.weight_lb,
        girth_in=visit.girth_in,
        wide_bore=visit.wide_bore,
        extra_minutes=visit.extra_minutes,
    )


def _wish(booking: Draft | Appointment, needs: Needs) -> Wish:
    return Wish(
        exam_id=booking.exam_id,
        laterality=booking.laterality,
        contrast_unsure=booking.contrast_answer == Appointment.ContrastAnswer.NOT_SURE,
        **asdict(needs),
    )
