"""What the desk sees of somebody who waits: whom to call, for what, and what would suit."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.models import Appointment, Draft, WaitlistEntry
from scheduling.waitlist_words import centers_words, days_words, notice_words, parts_words, weekdays_words


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Context of frontdesk/waitlist_row.html."""

    entry: WaitlistEntry
    phone_as_typed: str  # with its extension; empty where nobody typed this number
    booked_by: str
    wants: str
    side: str
    needs: str
    centers: str
    days: str
    hours: str
    notice: str


def waiting_rows(entries: Iterable[WaitlistEntry]) -> list[WaitingRow]:
    return [_row(entry) for entry in entries]


def _row(entry: WaitlistEntry) -> WaitingRow:
    about = entry.appointment or entry.draft
    assert about is not None
    return WaitingRow(
        entry=entry,
        phone_as_typed=about.phone_as_typed if about.phone == entry.phone else "",
        booked_by=_booked_by(about),
        wants=_wants(entry),
        side=entry.get_laterality_display() if entry.laterality else "",
        needs=_needs(entry),
        centers=centers_words(entry),
        days=days_words(entry),
        hours=f"{weekdays_words(entry.weekdays)}, {parts_words(entry.parts)}",
        notice=notice_words(entry.notice_hours),
    )


def _booked_by(about: Draft | Appointment) -> str:
    return f"{about.booker_name}, {about.booker_relation}".strip(", ")


def _wants(entry: WaitlistEntry) -> str:
    ways = {_("phone call"): entry.by_call, _("text"): entry.by_text, _("email"): entry.by_email}
    return ", ".join(way for way, is_wanted in ways.items() if is_wanted)


def _needs(entry: WaitlistEntry) -> str:
    """Of the scanner and its time, without the reason."""
    more = entry.extra_minutes
    needs = [
        _("wide-bore scanner") if entry.wide_bore else "",
        ngettext("%(count)s minute more", "%(count)s minutes more", more) % {"count": more} if more else "",
        _("not sure about contrast") if entry.contrast_answer == Appointment.ContrastAnswer.NOT_SURE else "",
    ]
    return ", ".join(filter(None, needs))
