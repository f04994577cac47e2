"""“My doctor wrote something else”: what the page knows beforehand, and what was asked for."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from locations.geography import Place
from locations.queries import locations_open, nearest_locations
from scheduling.models import Draft, GoodHours, Task
from scheduling.portal.callback_page import MOST_OFFERED
from scheduling.portal.summary import Row
from scheduling.portal.time_search import FAR_MILES
from scheduling.portal.where_page import MOST_SHOWN, Center
from scheduling.templatetags.words import phone

FEW = 3  # centers, where all are far


def centers_that_call(place: Place | None) -> list[Center]:
    """Those near the remembered place, or the nearest; A to Z while we don't know where. Another one can be
    agreed on the phone."""
    if place is None:
        return [Center(location) for location in locations_open()[:MOST_SHOWN]]
    nearest = nearest_locations(place.point, limit=MOST_OFFERED)
    near = [one for one in nearest if one.miles <= FAR_MILES]
    return [Center(one.location, one.miles) for one in near or nearest[:FEW]]


def known_before(task: Task | None, draft: Draft | None, centers: list[Center]) -> dict[str, Any]:
    """What need not be asked again: from the request that is open, else from what was typed for a booking."""
    if task:
        return {
            "order": task.note,
            "name": task.contact_name,
            "phone": task.phone_as_typed,
            "good_hours": task.good_hours,
            "center": task.location.slug,
        }
    chosen = draft.location if draft and draft.location else None
    if chosen is None and centers and centers[0].miles is not None:
        chosen = centers[0].location
    return {
        "name": (draft.booker_name or draft.patient_name) if draft else "",
        "phone": draft.phone_as_typed if draft else "",
        "good_hours": GoodHours.ANY,
        "center": chosen.slug if chosen else "",
    }


def asked_rows(task: Task) -> list[Row]:
    """What was asked for, with links to change it."""
    change = f"{reverse('portal:call-me')}?change"
    number = task.phone_as_typed or phone(task.contact_phone)
    return [
        Row(_("What the order says"), task.note, change, _("what the order says")),
        Row(_("Who we call"), task.contact_name, change, _("who we call")),
        Row(_("Phone number"), number, change, _("the phone number")),
        Row(_("Good time to call"), task.get_good_hours_display(), change, _("the time to call")),
        Row(_("Center that calls"), task.location.name, change, _("the center")),
    ]
