"""When a person has to set a visit up with the patient, because no page can."""

from datetime import datetime
from enum import StrEnum

from scheduling.models import Draft
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.drafts import is_too_young
from scheduling.queries.machines import machines_for
from scheduling.queries.screening import outcomes_of
from scheduling.queries.wishes import needs_of_draft, wish_of
from scheduling.rules.needs import Needs
from scheduling.rules.screening import Disposition


class ByPhone(StrEnum):
    ANSWERS = "answers"
    NO_SCANNER = "no_scanner"  # none anywhere that has room enough
    TOO_YOUNG = "too_young"


NO_TIME = (ByPhone.ANSWERS, ByPhone.NO_SCANNER)  # none is shown or held


def by_phone(draft: Draft, *, now: datetime) -> ByPhone | None:
    """Why the draft can't be booked online, as far as its answers tell by now. None: it can."""
    if any(outcome.disposition is Disposition.CALLBACK for outcome in outcomes_of(draft, now=now).values()):
        return ByPhone.ANSWERS
    if _fits_nowhere(draft):
        return ByPhone.NO_SCANNER
    return ByPhone.TOO_YOUNG if is_too_young(draft) else None


def _fits_nowhere(draft: Draft) -> bool:
    """Asked only of who needs something special: an exam that is done nowhere is no matter of size."""
    if needs_of_draft(draft) == Needs():
        return False
    centers = list(locations_offering(draft.exam).values_list("pk", flat=True))
    return bool(centers) and not machines_for(wish_of(draft), centers)
