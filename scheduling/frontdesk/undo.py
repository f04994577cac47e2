"""What this member of staff did last and can still undo, from page to page."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from scheduling.models import Appointment
from scheduling.rules.telling import UNDO_WITHIN

KEPT = "desk_undo"


@dataclass(frozen=True, slots=True)
class Undoable:
    visit_id: int
    version: int
    words: str


def offer_undo(request: HttpRequest, visit: Appointment, words: str, *, now: datetime) -> None:
    until = (now + UNDO_WITHIN).timestamp()
    request.session[KEPT] = {"visit": visit.pk, "version": visit.version, "words": words, "until": until}


def undoable(request: HttpRequest, *, now: datetime) -> Undoable | None:
    kept = request.session.get(KEPT)
    if not kept or now.timestamp() > kept["until"]:
        return None
    return Undoable(kept["visit"], kept["version"], kept["words"])


def forget_undo(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)
