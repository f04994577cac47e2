"""What a draft or a visit asks of a scanner and of its time."""

from dataclasses import asdict, replace

from scheduling.models import Appointment, Draft, Exam, WaitlistEntry
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.machines import Wish, machines_for
from scheduling.queries.screening import answers_of, outcome_of
from scheduling.rules.needs import Needs, needs_of
from scheduling.rules.screening import FormKind


def wish_of(draft: Draft) -> Wish:
    return _wish(draft, needs_of_draft(draft))


def wish_of_visit(visit: Appointment) -> Wish:
    """What its time was chosen for, whatever was answered since: moving it asks for the same."""
    return _wish(visit, needs_of_visit(visit))


def wish_if_corrected(visit: Appointment, exam: Exam, laterality: str) -> Wish:
    """As its order says."""
    side = laterality if exam.has_sides else ""
    return replace(wish_of_visit(visit), exam_id=exam.pk, laterality=side, contrast_unsure=False)


def needs_of_draft(draft: Draft) -> Needs:
    """Judged as of the last answer: waiting must not change what a held time is for."""
    outcome = outcome_of(draft, FormKind.SAFETY, now=draft.updated_at)
    return needs_of(outcome, answers_of(draft, FormKind.SAFETY)) if outcome else Needs()


def needs_of_visit(visit: Appointment) -> Needs:
    return _needs(visit)


def wish_of_entry(entry: WaitlistEntry) -> Wish:
    return _wish(entry, _needs(entry))


def _needs(booking: Appointment | WaitlistEntry) -> Needs:
    return Needs(
        weight_lb=booking.weight_lb,
        girth_in=booking.girth_in,
        wide_bore=booking.wide_bore,
        extra_minutes=booking.extra_minutes,
    )


def centers_able(draft: Draft) -> set[int]:
    """Keys of the locations with a scanner that can do what the draft asks for, whenever that may be."""
    centers = list(locations_offering(draft.exam).values_list("pk", flat=True))
    return {machine.location_id for machine in machines_for(wish_of(draft), centers)}


def _wish(booking: Draft | Appointment | WaitlistEntry, needs: Needs) -> Wish:
    return Wish(
        exam_id=booking.exam_id,
        laterality=booking.laterality,
        contrast_unsure=booking.contrast_answer == Appointment.ContrastAnswer.NOT_SURE,
        **asdict(needs),
    )
