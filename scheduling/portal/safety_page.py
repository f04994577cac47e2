"""What a patient reads when a person looks at the answers about the safety of the scan."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from scheduling.forms.screening import Words
from scheduling.models import Draft
from scheduling.portal.screening_page import language_shown
from scheduling.queries.hours import due_in_staffed_hours
from scheduling.queries.screening import outcome_of, prefers_phone, safety_list, version_of_record
from scheduling.rules.screening import Disposition, FormKind
from scheduling.wall_clock import day_words, time_words

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNote:
    """Context of portal/parts/kept.html: why a person calls about the safety of the scan."""

    reasons: list[str]
    call_by: str


def safety_words(draft: Draft, *, now: datetime) -> str:
    """For the summary of a draft; empty where no short list is asked."""
    if not safety_list(draft, now=now):
        return ""
    return _("You answer on the phone") if prefers_phone(draft, FormKind.SAFETY) else _("Answered")


def kept_note(draft: Draft, *, now: datetime) -> KeptNote | None:
    outcome = outcome_of(draft, FormKind.SAFETY, now=now)
    version = version_of_record(draft, FormKind.SAFETY, now=now)
    if outcome is None or version is None or outcome.disposition is not Disposition.REVIEW:
        return None
    words = Words(version, language_shown())
    reasons = [words(one.message) for one in outcome.reasons if one.disposition is Disposition.REVIEW]
    return KeptNote(reasons=list(dict.fromkeys(reasons)), call_by=_call_by(draft, now))


def _call_by(draft: Draft, now: datetime) -> str:
    """As if booked at the end of the hold, so that the promise made then is not a later one."""
    assert draft.location is not None
    zone = draft.location.zone
    due = due_in_staffed_hours(draft.location, now=now + timedelta(minutes=draft.location.hold_minutes))
    past = timedelta(minutes=due.minute % 15, seconds=due.second, microseconds=due.microsecond)
    due += QUARTER - past if past else timedelta()
    if draft.starts_at and due >= draft.starts_at:
        return _("before your visit")
    return _("by %(day)s, %(time)s") % {"day": day_words(due, zone), "time": time_words(due, zone)}
