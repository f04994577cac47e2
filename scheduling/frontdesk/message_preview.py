"""What patients will read about a change of the calendar, in both languages, before anything is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.models import Appointment, Fate, Message
from scheduling.wall_clock import day_words, time_words

_MOVED, _ELSEWHERE = _("for who is moved"), _("for who goes to another center")
_WAITS, _CANCELED = _("for who goes to the waitlist"), _("for who is canceled")


@dataclass(frozen=True, slots=True)
class Preview:
    language: str
    about: str | Promise  # for whom
    text: str


def preview_of(fates: Iterable[Fate]) -> list[Preview]:
    """One of each kind that can be chosen, of the first visit that it can be chosen for."""
    wanted = _kinds(list(fates))
    return [_preview(*each, code) for each in wanted for code, _name in settings.LANGUAGES]


def _kinds(fates: list[Fate]) -> list[tuple[Fate, Message.Kind, Promise, Appointment]]:
    """With the row whose place and time are told: the proposed one, or the one that is given up."""
    moving = {fate.is_elsewhere: fate for fate in reversed(fates) if fate.hold is not None}
    found: list[tuple[Fate, Message.Kind, Promise, Appointment]] = [
        (moving[elsewhere], Message.Kind.CENTER_MOVED, words, slot)
        for elsewhere, words in ((False, _MOVED), (True, _ELSEWHERE))
        if elsewhere in moving and (slot := moving[elsewhere].hold)
    ]
    for kind, words in ((Message.Kind.CENTER_WAITING, _WAITS), (Message.Kind.CANCELED, _CANCELED)):
        found += [(fate, kind, words, fate.appointment) for fate in fates[:1]]
    return found


def _preview(fate: Fate, kind: Message.Kind, about: Promise, slot: Appointment, language: str) -> Preview:
    visit, location, zone = fate.appointment, slot.location, slot.zone
    with translation.override(language):
        context = {
            "location": location,
            "old_center": visit.location if location != visit.location else None,
            "day": day_words(slot.starts_at, zone),
            "time": time_words(slot.starts_at, zone),
            "arrive_day": day_words(slot.arrive_at, zone),
            "arrive": time_words(slot.arrive_at, zone),
            "code": visit.spoken_code,
            "phone": location.phone.as_national,
            "visit_url": f"{settings.SITE_URL}/visit/…",
            "neutral_name": settings.NEUTRAL_NAME,
            "canceled_by_patient": False,
        }
        return Preview(language, about, render_to_string(f"messages/{kind}.txt", context).strip())
