"""The visit so far: what stands on top of every page once a time is chosen."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions.holds import MAX_EXTENSIONS
from scheduling.models import Appointment, Draft
from scheduling.portal.summary import exam_words
from scheduling.queries.access import hold_of_draft
from scheduling.wall_clock import day_words, time_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Context of components/ticket.html; `minutes` and `percent` are what is left of the hold."""

    what: str
    when: str
    now: datetime
    held_until: datetime | None = None
    until: str = ""
    minutes: int = 0
    percent: int = 0
    over: bool = False
    extensions_left: int = 0
    keep_url: str = ""
    change_url: str = ""


def ticket_of(draft: Draft, *, now: datetime) -> Ticket | None:
    """None until a time was chosen."""
    if draft.starts_at is None or draft.location is None:
        return None
    zone = draft.location.zone
    hold = hold_of_draft(draft, now=now)
    held = _held(hold, now) if hold and hold.starts_at == draft.starts_at else {"over": True}
    return Ticket(
        what=_("%(exam)s at %(place)s") % {"exam": exam_words(draft), "place": draft.location.name},
        when=f"{day_words(draft.starts_at, zone)}, {time_words(draft.starts_at, zone)}",
        now=now,
        keep_url=reverse("portal:keep", kwargs={"draft_id": draft.pk}),
        change_url=reverse("portal:time", kwargs={"draft_id": draft.pk}),
        **held,
    )


def _held(hold: Appointment, now: datetime) -> dict[str, object]:
    assert hold.held_until is not None
    left = (hold.held_until - now).total_seconds()
    whole = hold.scanner.location.hold_minutes * 60
    return {
        "held_until": hold.held_until,
        "until": time_words(hold.held_until, hold.zone),
        "minutes": ceil(left / 60),
        "percent": min(100, round(100 * left / whole)),
        "extensions_left": MAX_EXTENSIONS - hold.hold_extensions,
    }
