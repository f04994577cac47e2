"""What patients will read about a closure, in both languages, before anything is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from scheduling.models import Fate
from scheduling.wall_clock import day_words, time_words


@dataclass(frozen=True, slots=True)
class Preview:
    language: str
    is_elsewhere: bool  # for who is moved to another location
    text: str


def preview_of(fates: Iterable[Fate]) -> list[Preview]:
    """Of the first that moves, and of the first that moves to another location; nothing where none does."""
    moving = {fate.is_elsewhere: fate for fate in reversed(list(fates)) if fate.hold is not None}
    first = [moving[elsewhere] for elsewhere in (False, True) if elsewhere in moving]
    return [_preview(fate, code) for fate in first for code, _name in settings.LANGUAGES]


def _preview(fate: Fate, language: str) -> Preview:
    slot, visit = fate.hold, fate.appointment
    assert slot is not None
    location, zone = slot.location, slot.zone
    with translation.override(language):
        context = {
            "location": location,
            "old_center": visit.location if fate.is_elsewhere else None,
            "day": day_words(slot.starts_at, zone),
            "time": time_words(slot.starts_at, zone),
            "arrive_day": day_words(slot.arrive_at, zone),
            "arrive": time_words(slot.arrive_at, zone),
            "code": visit.spoken_code,
            "phone": location.phone.as_national,
            "visit_url": f"{settings.SITE_URL}/visit/…",
            "neutral_name": settings.NEUTRAL_NAME,
        }
        text = render_to_string("messages/center_moved.txt", context).strip()
        return Preview(language, fate.is_elsewhere, text)
