"""A publication that asks everyone again: who had answered is written to, or called where no mail helps."""

from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext_noop

from scheduling.actions import messages
from scheduling.models import Appointment, AskedAgain, Message, Publication
from scheduling.queries.asking_everyone import publications_that_ask, visits_to_ask
from scheduling.queries.messages import is_reachable_by_email
from scheduling.rules.actors import Actor

CALL_ABOUT_HEALTH = gettext_noop("Call to ask the health questions again: they changed, no email")
BATCH = 100


def ask_everyone(*, now: datetime, batch: int = BATCH) -> int:
    """One batch of each publication in force; how many visits were asked. Each batch is a transaction: a
    worker that dies leaves the rest to the next, and two never ask the same."""
    found = publications_that_ask(now=now).values_list("pk", flat=True)
    return sum(_ask_batch(pk, batch, now=now) for pk in list(found))


@transaction.atomic
def _ask_batch(publication_id: int, batch: int, *, now: datetime) -> int:
    locked = publications_that_ask(now=now).select_for_update(skip_locked=True, no_key=True)
    publication = locked.filter(pk=publication_id).first()
    if publication is None:
        return 0
    visits = list(islice(visits_to_ask(publication, now=now), batch))
    by = Actor.process("asking again")
    for visit in visits:
        _ask(visit, publication, now=now, by=by)
    if len(visits) < batch:
        publication.all_asked_at = now
        publication.save(update_fields=["all_asked_at"])
    return len(visits)


def _ask(visit: Appointment, publication: Publication, *, now: datetime, by: Actor) -> None:
    by_email = is_reachable_by_email(visit)
    AskedAgain.objects.create(publication=publication, appointment=visit, by_email=by_email, asked_at=now)
    if by_email:
        messages.ask_patient(appointment=visit, kind=Message.Kind.HEALTH, in_quiet_hours=False, now=now)
    else:
        messages.call(visit, CALL_ABOUT_HEALTH, now=now, by=by)
