"""Words for staff: who may go where, and what the front desk may read of a screening."""

from collections.abc import Iterable

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy

from locations.models import User
from scheduling.queries.permissions import may_open_admin

register = template.Library()

TONES = {"success": "moss", "warning": "amber", "error": "amber"}
_TEST, _STAY_HOME = gettext_lazy("Test result"), gettext_lazy("Told to stay home")
_ILLNESS, _CHEST = gettext_lazy("Signs of illness"), gettext_lazy("Reason for the chest scan")
_EMERGENCY = gettext_lazy("Emergency signs")
# The subject of each shipped rule, and never what was answered. A center's own rules have no words
# here: their keys could tell more than the front desk may know.
_FLAGS = {
    "emergency": _EMERGENCY,
    "emergency_usual": _EMERGENCY,
    "chest_without_order": _CHEST,
    "chest_with_order": _CHEST,
    "positive_covid": _TEST,
    "positive_flu_or_rsv": _TEST,
    "positive_not_better": _TEST,
    "positive_recovering": _TEST,
    "told_to_isolate": _STAY_HOME,
    "told_to_isolate_no_end": _STAY_HOME,
    "weak_defenses": gettext_lazy("Needs extra care"),
    "short_of_breath_or_worse": gettext_lazy("Feels worse"),
    "getting_better": _ILLNESS,
    "lung_screening_while_ill": _ILLNESS,
    "symptoms": _ILLNESS,
    "chest_workup": _ILLNESS,
    "mild_signs": _ILLNESS,
    "close_contact": gettext_lazy("Near someone ill"),
    "companion_ill": gettext_lazy("Companion is ill"),
}
_OWN_RULE = gettext_lazy("Other question")


@register.filter
def opens_admin(user: User | AnonymousUser) -> bool:
    return may_open_admin(user)


@register.filter
def tone(level: str) -> str:
    """Of a message: the color of its status line."""
    return TONES.get(level, "")


@register.filter
def flag_words(rule_keys: Iterable[str]) -> str:
    """Signs of illness, Test result"""
    return ", ".join(dict.fromkeys(str(_FLAGS.get(key, _OWN_RULE)) for key in rule_keys))
