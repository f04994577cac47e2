"""Words of the day board and the visit's page: states and what is still open."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling.models import Appointment, Draft, Patient
from scheduling.queries import visits
from scheduling.queries.readiness import Item, Level, Topic
from scheduling.rules.authorizations import Problem

register = template.Library()

Status = Appointment.Status
_STATES = {
    Status.BOOKED: gettext_lazy("Booked"),
    Status.ARRIVED: gettext_lazy("Arrived"),
    Status.IN_EXAM: gettext_lazy("In exam"),
    Status.DONE: gettext_lazy("Done"),
    Status.NO_SHOW: gettext_lazy("No-show"),
    Status.CANCELED: gettext_lazy("Canceled"),
}
_ITEMS = {
    (Topic.ORDER, "missing"): gettext_lazy("Order missing"),
    (Topic.ORDER, "to_match"): gettext_lazy("Match the order"),
    (Topic.ORDER, "none"): gettext_lazy("No order yet"),
    (Topic.ORDER, "received"): gettext_lazy("Order is here"),
    (Topic.ORDER, "brought"): gettext_lazy("Order is coming"),
    (Topic.ORDER, "not_needed"): gettext_lazy("No order needed"),
    (Topic.SAFETY, "review"): gettext_lazy("Flag: review open"),
    (Topic.SAFETY, "unsigned"): gettext_lazy("Second screen to sign"),
    (Topic.SAFETY, "signed"): gettext_lazy("Second screen signed"),
    (Topic.SAFETY, "no_open_flag"): gettext_lazy("No open flag"),
    (Topic.ILLNESS, "ask"): gettext_lazy("Ask about illness"),
    (Topic.ILLNESS, "not_now"): gettext_lazy("Nothing to ask now"),
    (Topic.LABS, "open"): gettext_lazy("Blood test needed"),
    (Topic.AUTHORIZATION, "open"): gettext_lazy("Authorization open"),
    (Topic.AUTHORIZATION, Problem.UNKNOWN): gettext_lazy("Authorization: needed?"),
    (Topic.AUTHORIZATION, Problem.NEEDED): gettext_lazy("Authorization: not asked for"),
    (Topic.AUTHORIZATION, Problem.REQUESTED): gettext_lazy("Authorization: no answer yet"),
    (Topic.AUTHORIZATION, Problem.DENIED): gettext_lazy("Authorization: denied"),
    (Topic.AUTHORIZATION, Problem.OTHER_EXAM): gettext_lazy("Authorization: other exam"),
    (Topic.AUTHORIZATION, Problem.OTHER_PLAN): gettext_lazy("Authorization: other insurer"),
    (Topic.AUTHORIZATION, Problem.OTHER_LOCATION): gettext_lazy("Authorization: other location"),
    (Topic.AUTHORIZATION, Problem.ENDED): gettext_lazy("Authorization: ends before the visit"),
    (Topic.AUTHORIZATION, Problem.NOT_YET): gettext_lazy("Authorization: begins after the visit"),
    (Topic.ESTIMATE, "open"): gettext_lazy("Estimate due"),
    (Topic.CONTACT, "open"): gettext_lazy("Not reached: call"),
    (Topic.DETAILS, "open"): gettext_lazy("Details missing"),
    (Topic.ROOM, "open"): gettext_lazy("Prepare the room"),
}
_TOPICS = {
    Topic.ORDER: gettext_lazy("Order"),
    Topic.SAFETY: gettext_lazy("Safety"),
    Topic.ILLNESS: gettext_lazy("Illness"),
    Topic.LABS: gettext_lazy("Blood test"),
    Topic.AUTHORIZATION: gettext_lazy("Authorization"),
    Topic.ESTIMATE: gettext_lazy("Estimate"),
    Topic.CONTACT: gettext_lazy("Contact"),
    Topic.DETAILS: gettext_lazy("Details"),
    Topic.ROOM: gettext_lazy("Room"),
    Topic.INTERPRETER: gettext_lazy("Interpreter"),
}
# The color and the shape say again what the word says.
_ICONS = {
    Level.STOP: "alert",
    Level.TO_DO: "circle",
    Level.GOOD_TO_KNOW: "info",
    Level.LATER: "circle",
    Level.SETTLED: "tick",
}


@register.filter
def item_words(item: Item) -> str:
    """Order missing; Interpreter: Spanish"""
    if item.topic is Topic.INTERPRETER:
        return _("Interpreter: %(language)s") % {"language": item.detail}
    return str(_ITEMS[item.topic, item.state])


@register.filter
def topic_words(item: Item) -> str:
    return str(_TOPICS[item.topic])


@register.filter
def item_icon(item: Item) -> str:
    return _ICONS[item.level]


@register.filter
def state_words(visit: Appointment) -> str:
    """Booked, Arrived; “Will come” once the patient has said so."""
    if visit.status == Status.BOOKED and visit.confirmed_at:
        return _("Will come")
    return str(_STATES[Status(visit.status)])


@register.filter
def is_late(visit: Appointment, now: datetime) -> bool:
    """Late counts from the start of the scan, with the location's grace."""
    return visits.is_late(visit, now=now)


@register.filter
def minutes_late(visit: Appointment, now: datetime) -> str:
    minutes = int((now - visit.starts_at).total_seconds() // 60)
    return ngettext("%(count)s minute late", "%(count)s minutes late", minutes) % {"count": minutes}


@register.filter
def minutes_left(hold: Appointment, now: datetime) -> int:
    """Of a hold, rounded up."""
    assert hold.held_until is not None
    return max(0, -int((now - hold.held_until).total_seconds() // 60))


@register.filter
def initials(who: Patient | Draft) -> str:
    """A. N."""
    name = who.patient_name if isinstance(who, Draft) else who.full_name
    return " ".join(f"{word[0]}." for word in name.split())
