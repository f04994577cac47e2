"""What has become of a visit since the center changed its time, in words."""

from django import template
from django.utils.translation import gettext_lazy

from scheduling.queries.impact_done import Outcome, Since

register = template.Library()

_SINCE = {
    Since.NOT_YET: gettext_lazy("Not yet"),
    Since.AGREED: gettext_lazy("Agreed"),
    Since.CHOSE: gettext_lazy("Chose another time"),
    Since.BACK: gettext_lazy("Back at the old time"),
    Since.CANCELED_BY_PATIENT: gettext_lazy("Canceled by the patient"),
    Since.CANCELED: gettext_lazy("Canceled since"),
    Since.MISSED: gettext_lazy("Did not come"),
    Since.AGAIN: gettext_lazy("Booked again"),
}


@register.filter
def since_words(outcome: Outcome) -> str:
    """Agreed"""
    return str(_SINCE[outcome.since]) if outcome.since else ""
