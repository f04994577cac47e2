"""What the desk sees of a burst: who it is said to be from, and what was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from locations.models import Location
from scheduling.models import Appointment, Draft, Exam, Origin, Task, WaitlistEntry
from scheduling.waitlist_words import centers_words


@dataclass(frozen=True, slots=True)
class BurstRow:
    """Context of frontdesk/burst_row.html."""

    id: int
    who: str
    booked_by: str
    email: str
    phone: str
    what: str  # empty for a visit: its time says it
    visit_at: datetime | None
    about: str
    place: Location  # in whose time it is told
    came_at: datetime


def burst_rows(origins: Iterable[Origin]) -> list[BurstRow]:
    return [_row(origin) for origin in origins]


def _row(origin: Origin) -> BurstRow:
    match origin.came:
        case Appointment() as visit:
            return _of_visit(origin, visit)
        case Task() as task:
            return _of_call(origin, task)
        case WaitlistEntry() as entry:
            return _of_entry(origin, entry)


def _of_visit(origin: Origin, visit: Appointment) -> BurstRow:
    return BurstRow(
        id=origin.pk,
        who=str(visit.patient),
        booked_by=visit.booker_name,
        email=visit.email,
        phone=visit.phone_as_typed or _national(visit.phone),
        what="",
        visit_at=visit.starts_at,
        about=_about(visit.exam, visit.location.name),
        place=visit.location,
        came_at=origin.came_at,
    )


def _of_call(origin: Origin, task: Task) -> BurstRow:
    draft = task.draft
    typed = _typed(draft, task.contact_phone) or task.phone_as_typed
    return BurstRow(
        id=origin.pk,
        who=task.contact_name or (f"{draft.given_name} {draft.family_name}".strip() if draft else ""),
        booked_by="",
        email=draft.email if draft else "",
        phone=typed or _national(task.contact_phone),
        what=_(task.reason),
        visit_at=None,
        about=_about(draft.exam if draft else None, task.location.name),
        place=task.location,
        came_at=origin.came_at,
    )


def _of_entry(origin: Origin, entry: WaitlistEntry) -> BurstRow:
    return BurstRow(
        id=origin.pk,
        who=entry.full_name,
        booked_by=entry.draft.booker_name if entry.draft else "",
        email=entry.email,
        phone=_typed(entry.draft, entry.phone) or _national(entry.phone),
        what=_("Waitlist"),
        visit_at=None,
        about=_about(entry.exam, ", ".join(centers_words(entry).splitlines())),
        place=entry.center,
        came_at=origin.came_at,
    )


def _about(exam: Exam | None, where: str) -> str:
    return f"{exam.display_name}, {where}" if exam else where


def _typed(draft: Draft | None, phone: object) -> str:
    """With its extension, where this is the number that was typed."""
    return draft.phone_as_typed if draft and draft.phone == phone else ""


def _national(phone: object) -> str:
    return str(getattr(phone, "as_national", ""))
