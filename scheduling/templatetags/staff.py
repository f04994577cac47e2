"""Words for staff: who may go where, and what the front desk may read of a screening."""

import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from locations.models import Assignment, Location, User
from scheduling.frontdesk.places import place_of
from scheduling.frontdesk.queue_words import NAMES
from scheduling.frontdesk.second_factor import is_verified
from scheduling.frontdesk.undo import Undoable, undoable
from scheduling.models import Order
from scheduling.queries.access import waitlist_for_staff
from scheduling.queries.bursts import UNDOING, Numbers
from scheduling.queries.catalogue_rows import may_write_catalogue
from scheduling.queries.figures import MANAGING
from scheduling.queries.orders import counts_at
from scheduling.queries.permissions import may_open_admin
from scheduling.queries.queues import Queue, depths_of
from scheduling.queries.versions import may_write_questionnaires
from scheduling.queries.worklist import BOOKING, CLINICAL, tasks_for

register = template.Library()

TONES = {"success": "moss", "warning": "amber", "error": "amber"}
_TEST, _STAY_HOME = gettext_lazy("Test result"), gettext_lazy("Told to stay home")
_ILLNESS, _CHEST = gettext_lazy("Signs of illness"), gettext_lazy("Reason for the chest scan")
_EMERGENCY = gettext_lazy("Emergency signs")
_DEVICE, _METAL = gettext_lazy("Device or implant"), gettext_lazy("Metal in the body")
_CONTRAST = gettext_lazy("Contrast")
# One word for several, on purpose: where only pregnancy had one of its own, it would be told.
_TALK = gettext_lazy("To talk over")
_AT_THE_TABLE, _TAKE_OFF = gettext_lazy("Help at the table"), gettext_lazy("What to take off or bring")
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
    "chest_workup_positive": _TEST,
    "mild_signs": _ILLNESS,
    "close_contact": gettext_lazy("Near someone ill"),
    "companion_ill": gettext_lazy("Companion is ill"),
    "heart_device": _DEVICE,
    "brain_clip": _DEVICE,
    "held_by_magnet": _DEVICE,
    "stimulator_or_pump": _DEVICE,
    "active_device": _DEVICE,
    "other_device": _DEVICE,
    "valve_or_stent": _DEVICE,
    "oxygen": gettext_lazy("Oxygen"),
    "no_driver": gettext_lazy("Way home"),
    "beyond_limits": gettext_lazy("Room in the scanner"),
    "size": gettext_lazy("Room in the scanner"),
    "tight_spaces": gettext_lazy("Room in the scanner"),
    "cannot_lie_flat": _AT_THE_TABLE,
    "lift": _AT_THE_TABLE,
    "not_sure_what_applies": _TALK,
    "metal_in_eye": _METAL,
    "metal_in_body": _METAL,
    "recent_surgery": gettext_lazy("Surgery"),
    "kidneys": _CONTRAST,
    "kidney_test": _CONTRAST,
    "contrast_reaction": _CONTRAST,
    "overactive_thyroid": _CONTRAST,
    "takes_metformin": _CONTRAST,
    "hard_veins": _CONTRAST,
    "barium_test": _CONTRAST,
    "clinical_check": _TALK,
    "clinical_talk": _TALK,
    "pill_camera": _TALK,
    "joint_or_screws": _TAKE_OFF,
    "medicine_patch": _TAKE_OFF,
    "pump_or_sensor": _TAKE_OFF,
    "comes_off": _TAKE_OFF,
    "tattoo": _TAKE_OFF,
    "companion": gettext_lazy("Companion"),
    "asked_by_phone": _TALK,
}
_MISSING = {
    "exam": gettext_lazy("exam"),
    "starts_at": gettext_lazy("time"),
    "given_name": gettext_lazy("name"),
    "birth_date": gettext_lazy("date of birth"),
    "phone": gettext_lazy("phone"),
}
_OWN_RULE = gettext_lazy("Other question")


register.filter("is_verified", is_verified)


@register.filter
def as_json(value: object) -> str:
    """For an attribute that a script reads."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.simple_tag
def idle_seconds() -> int:
    """After which staff sign in again."""
    return int(settings.STAFF_IDLE_SECONDS)


@register.filter
def opens_admin(user: User | AnonymousUser) -> bool:
    return may_open_admin(user)


@register.filter
def manages(user: User | AnonymousUser) -> bool:
    """Whether there is anything for them on the administrators' side."""
    return isinstance(user, User) and (
        may_write_catalogue(user)
        or may_write_questionnaires(user)
        or _holds(user, (Assignment.Role.ADMINISTRATOR,))
    )


@register.filter
def reviews_answers(user: User | AnonymousUser) -> bool:
    return _holds(user, CLINICAL)


@register.filter
def on_flags(request: HttpRequest) -> bool:
    """Whether it is the queue that has its own place in the bar of those who decide it."""
    match, user = request.resolver_match, request.user
    return match is not None and match.kwargs.get("queue") == Queue.FLAGS and reviews_answers(user)


@register.filter
def reads_figures(user: User | AnonymousUser) -> bool:
    return _holds(user, MANAGING)


@register.filter
def compares_records(user: User | AnonymousUser) -> bool:
    return _holds(user, BOOKING)


@register.filter
def undoes_bursts(user: User | AnonymousUser) -> bool:
    return _holds(user, UNDOING)


@register.filter
def calls_waitlist(user: User | AnonymousUser) -> bool:
    return _holds(user, BOOKING)


@register.simple_tag(takes_context=True)
def desk_place(context: Context) -> Location | None:
    """The location whose day the user works on."""
    request = context["request"]
    user = request.user
    return place_of(request, user) if isinstance(user, User) else None


@register.simple_tag(takes_context=True)
def open_tasks(context: Context) -> int:
    """How many there are at the user's locations, without those that rest until the next try."""
    user, now = context["request"].user, timezone.now()
    return tasks_for(user, now=now).to_do(now).count() if isinstance(user, User) else 0


@register.inclusion_tag("frontdesk/queue_tabs.html", takes_context=True)
def queue_tabs(context: Context) -> dict[str, Any]:
    """Every queue with its depth; the page's own context says which is open (`queue`)."""
    user, now = context["request"].user, timezone.now()
    depths = depths_of(user, now=now)
    return {
        "tabs": [(NAMES[depth.queue], depth) for depth in depths],
        "total": sum(depth.count for depth in depths),
        "open": context.get("queue"),
        "name": context["request"].resolver_match.url_name,
        "waiting": waitlist_for_staff(user).count() if calls_waitlist(user) else None,
        "place": context["request"].GET.get("location", ""),
    }


@register.filter
def missing_words(fields: Iterable[str]) -> str:
    """date of birth, time"""
    return ", ".join(str(_MISSING[field]) for field in fields)


@register.simple_tag
def waiting_orders(place: Location) -> int:
    """To be completed, or ready to book."""
    counts = counts_at(place)
    return sum(counts.get(status, 0) for status in (Order.Status.NEW, Order.Status.READY))


@register.simple_tag(takes_context=True)
def undo_offer(context: Context) -> Undoable | None:
    """What can be undone right now."""
    return undoable(context["request"], now=timezone.now())


def _holds(user: User | AnonymousUser, roles: Iterable[str]) -> bool:
    return isinstance(user, User) and not user.roles_held.isdisjoint(roles)


@register.filter
def tone(level: str) -> str:
    """Of a message: the color of its status line."""
    return TONES.get(level, "")


@register.filter
def flag_words(rule_keys: Iterable[str]) -> str:
    """Signs of illness, Test result"""
    return ", ".join(dict.fromkeys(str(_FLAGS.get(key, _OWN_RULE)) for key in rule_keys))


@register.filter
def number_words(numbers: Numbers) -> str:
    """3 visits and 1 call"""
    said = [
        ngettext("%(count)s visit", "%(count)s visits", numbers.visits) % {"count": numbers.visits},
        ngettext("%(count)s call", "%(count)s calls", numbers.calls) % {"count": numbers.calls},
        ngettext("%(count)s place on the waitlist", "%(count)s places on the waitlist", numbers.places)
        % {"count": numbers.places},
    ]
    counts = (numbers.visits, numbers.calls, numbers.places)
    there = [words for words, count in zip(said, counts, strict=True) if count]
    return str(get_text_list(there, _("and")))
