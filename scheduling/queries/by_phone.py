"""When a person has to set a visit up with the patient, because no page can."""

from datetime import datetime
from enum import StrEnum

from scheduling.models import Draft
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.drafts import is_too_young
from scheduling.queries.screening import outcomes_of
from scheduling.queries.wishes import centers_able, needs_of_draft
from scheduling.rules.needs import Needs
from scheduling.rules.screening import Disposition, FormKind


class ByPhone(StrEnum):
    SAFETY = "safety"  # something that has to be looked up first, such as a pacemaker
    HEALTH = "health"
    NO_SCANNER = "no_scanner"  # none anywhere that has room enough
    TOO_YOUNG = "too_young"


NO_TIME = (ByPhone.SAFETY, ByPhone.HEALTH, ByPhone.NO_SCANNER)  # none is shown or held


def by_phone(draft: Draft, *, now: datetime) -> ByPhone | None:
    """Why the draft can't be booked online, as far as its answers tell by now. None: it can."""
    outcomes = outcomes_of(draft, now=now)
    called = [kind for kind, outcome in outcomes.items() if outcome.disposition is Disposition.CALLBACK]
    if called:
        return ByPhone.SAFETY if FormKind.SAFETY in called else ByPhone.HEALTH
    if _fits_nowhere(draft):
        return ByPhone.NO_SCANNER
    return ByPhone.TOO_YOUNG if is_too_young(draft) else None


def has_no_time(draft: Draft, *, now: datetime) -> bool:
    """Whether no time may be held: by a patient never where a person has to call first; by the desk once
    somebody agreed, and who and why is written down. The visit then waits for its review."""
    return by_phone(draft, now=now) in NO_TIME and not draft.set_up_reason


def _fits_nowhere(draft: Draft) -> bool:
    """Asked only of who needs something special: an exam that is done nowhere is no matter of size."""
    if needs_of_draft(draft) == Needs() or centers_able(draft):
        return False
    return locations_offering(draft.exam).exists()
