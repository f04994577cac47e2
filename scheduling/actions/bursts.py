"""Undoing what one source booked in a burst: nobody is written to or called about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scheduling.actions.canceling import cancel_quietly
from scheduling.exceptions import IllegalMove
from scheduling.rules.actors import Actor

BATCH = 100  # visits of one request: a second or two


@dataclass(frozen=True, slots=True)
class Undone:
    canceled: list[int]
    left: list[int]  # someone has arrived, or canceled it before


def undo_bookings(*, visit_ids: Iterable[int], reason: str, now: datetime, by: Actor) -> Undone:
    """Each visit in a transaction of its own: one that can't be canceled holds up no other, and what is done
    stays done if we are interrupted."""
    undone = Undone([], [])
    for visit_id in visit_ids:
        try:
            cancel_quietly(visit_id=visit_id, reason=reason, now=now, by=by)
        except IllegalMove:
            undone.left.append(visit_id)
        else:
            undone.canceled.append(visit_id)
    return undone
