"""A scanner runs behind: everybody who waits for it is moved on together."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Scanner
from scheduling.actions.desk_moves import place_visit
from scheduling.actions.holds import lock_scanners
from scheduling.exceptions import Clashes, PlanChanged
from scheduling.models import Appointment
from scheduling.queries.running_behind import delayed_on
from scheduling.rules.actors import Actor
from scheduling.rules.telling import Telling

# Stored in English, translated where staff read it.
REASON_BEHIND = gettext_noop("The scanner runs behind")


@transaction.atomic
def run_behind(
    *,
    scanner_id: int,
    free_at: datetime,
    versions: Mapping[int, int],
    reason: str = "",
    tell: Telling,
    now: datetime,
    by: Actor,
) -> list[Appointment]:
    """The later visits first, so that none is pushed into another. Who is here is told by who stands beside
    them; the others by `tell`. `versions` of the visits as they were shown; `reason` is needed where
    something speaks against a new time. Undoing one undoes all.

    Raises PlanChanged where they are others by now, Clashes, and what place_visit raises.
    """
    lock_scanners({scanner_id})
    scanner = Scanner.objects.select_related("location").get(pk=scanner_id)
    delayed = delayed_on(scanner, free_at, now=now)
    if {one.visit.pk: one.visit.version for one in delayed} != dict(versions):
        raise PlanChanged
    clashes = [clash for one in delayed for clash in one.clashes]
    if clashes and not reason:
        raise Clashes(clashes)
    return [
        place_visit(
            visit_id=one.visit.pk,
            scanner_id=scanner_id,
            starts_at=one.starts_at,
            version=one.visit.version,
            reason=reason if one.clashes else REASON_BEHIND,
            tell=Telling.NOBODY if one.is_here else tell,
            moved_with=versions.keys() - {one.visit.pk},
            now=now,
            by=by,
        )
        for one in reversed(delayed)
    ]
