"""Which drafts are old, and what of them may go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from scheduling.models import AnswerSheet, Appointment, Draft, Screening, Task, WaitlistEntry, WalkIn

# What a forgotten draft holds instead of answers. Exam, center, time and digest stay: they name nobody,
# and the draft goes on to stand for its visit, so that a repeated submit books nothing twice. Its sheets of
# answers go altogether.
FORGOTTEN: Mapping[str, Any] = {
    "reason": "",
    "interpreter_language": "",
    "place": "",
    "booking_for": "",
    "given_name": "",
    "family_name": "",
    "one_name": False,
    "birth_date": None,
    "booker_name": "",
    "booker_relation": "",
    "guardian_name": "",
    "by_email": False,
    "by_text": False,
    "by_call": False,
    "email": "",
    "phone": "",
    "phone_as_typed": "",
    "calls_us": False,
    "why_chest": "",
    "paying": "",
    "insurance_plan": "",
    "member_id": "",
    "claim_number": "",
    "injured_on": None,
    "accident_insurer": "",
    "wants_estimate": False,
}


def old_drafts(before: datetime) -> QuerySet[Draft]:
    """Drafts with something to forget: not touched since, nor was a task of theirs done since.

    An open task, a place on the waitlist or in the queue of walk-ins needs its answers, and a time that is
    still held is somebody's.
    """
    waits = WaitlistEntry.objects.filter(draft=OuterRef("pk"))
    waiting = waits.filter(Q(ended_at=None) | Q(ended_at__gte=before))
    tasks = Task.objects.filter(draft=OuterRef("pk"))
    work = tasks.filter(Q(closed_at=None) | Q(closed_at__gte=before))
    held = Appointment.objects.filter(draft=OuterRef("pk"), status=Appointment.Status.HELD)
    queued = WalkIn.objects.waiting().filter(draft=OuterRef("pk"))
    idle = Draft.objects.filter(~Exists(work), ~Exists(held), ~Exists(waiting), ~Exists(queued))
    old = idle.filter(updated_at__lt=before)
    sheets = AnswerSheet.objects.filter(draft=OuterRef("pk"))
    return old.filter(~_is_needed() | ~Q(**FORGOTTEN) | Exists(sheets))


def not_needed(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Those that became neither a visit nor a record, and so may go altogether."""
    return drafts.filter(~_is_needed())


def _is_needed() -> Q:
    holds = (Appointment.Status.HELD, Appointment.Status.EXPIRED)
    visits = Appointment.objects.filter(draft=OuterRef("pk")).exclude(status__in=holds)
    return Q(Exists(visits)) | Q(Exists(Screening.objects.filter(draft=OuterRef("pk"))))
