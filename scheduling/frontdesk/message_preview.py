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
    text: str


def preview_of(fates: Iterable[Fate]) -> list[Preview]:
    """Of the first that moves; nothing where none does."""
    fate = next((one for one in fates if one.hold is not None), None)
    return [_preview(fate, code) for code, _name in settings.LANGUAGES] if fate else []


def _preview(fate: Fate, language: str) -> Preview:
    slot, visit = fate.hold, fate.appointment
    assert slot is not None
    zone = visit.zone
    with translation.override(language):
        context = {
            "location": visit.location,
            "day": day_words(slot.starts_at, zone),
            "time": time_words(slot.starts_at, zone),
            "arrive_day": day_words(slot.arrive_at, zone),
            "arrive": time_words(slot.arrive_at, zone),
            "code": visit.spoken_code,
            "phone": visit.location.phone.as_national,
            "visit_url": f"{settings.SITE_URL}/visit/…",
            "neutral_name": settings.NEUTRAL_NAME,
        }
        return Preview(language, render_to_string("messages/center_moved.txt", context).strip())
