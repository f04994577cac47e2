"""What the page about a callback says and knows beforehand."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from locations.geography import place_from_text
from scheduling.forms.screening import Words
from scheduling.models import Draft, GoodHours, Task
from scheduling.portal.screening_page import language_shown
from scheduling.portal.summary import Row
from scheduling.portal.time_search import FAR_MILES
from scheduling.portal.where_page import Center, centers_of
from scheduling.queries.by_phone import ByPhone
from scheduling.queries.screening import outcomes_of, version_of_record
from scheduling.rules.screening import Disposition
from scheduling.templatetags.words import phone

MOST_OFFERED, FEW_OFFERED = 6, 3  # near, or where all are far; another one can be agreed on the phone


def reasons_of(draft: Draft, *, now: datetime) -> list[str]:
    """Why a person has to call, as the questionnaires word it."""
    return list(dict.fromkeys(_reasons(draft, now)))


def _reasons(draft: Draft, now: datetime) -> Iterator[str]:
    for kind, outcome in outcomes_of(draft, now=now).items():
        version = version_of_record(draft, kind, now=now)
        assert version is not None
        words = Words(version, language_shown())
        for reason in outcome.reasons:
            if reason.disposition is Disposition.CALLBACK:
                yield words(reason.message)


def answers_url(draft: Draft, why: ByPhone) -> str:
    """Where the answer stands that led here: to look at it again, or to change it."""
    match why:
        case ByPhone.TOO_YOUNG:
            page = "patient"
        case ByPhone.HEALTH:
            page = "covid-outcome"
        case _:
            page = "fit"
    return reverse(f"portal:{page}", kwargs={"draft_id": draft.pk})


def centers_to_call(draft: Draft, *, typed: str) -> list[Center]:
    """The one that was chosen, then those nearest to the remembered place. `typed` on an earlier page."""
    text = draft.place or typed
    centers = centers_of(draft, place_from_text(text) if text else None)
    near = [center for center in centers if (center.miles or 0) <= FAR_MILES] or centers[:FEW_OFFERED]
    of_draft = [center for center in centers if center.location == draft.location]
    return [*of_draft, *(center for center in near if center not in of_draft)][:MOST_OFFERED]


def known_caller(draft: Draft, task: Task | None, centers: list[Center]) -> dict[str, Any]:
    """What need not be asked again: from an earlier request, else from the draft."""
    chosen = draft.location or (centers[0].location if centers and centers[0].miles is not None else None)
    if task:
        chosen = task.location
    return {
        "name": (task and task.contact_name) or draft.booker_name or draft.patient_name,
        "phone": _phone(draft, task),
        "good_hours": task.good_hours if task else GoodHours.ANY,
        "center": chosen.slug if chosen else "",
    }


def asked_rows(draft: Draft, task: Task) -> list[Row]:
    """What was asked for, with links to change it."""
    change, name = "?change", task.location.name
    return [
        Row(_("Who we call"), task.contact_name, change, _("who we call")),
        Row(_("Phone number"), _phone(draft, task), change, _("the phone number")),
        Row(_("Good time to call"), task.get_good_hours_display(), change, _("the time to call")),
        Row(_("Center that calls"), name, change, _("the center")),
    ]


def _phone(draft: Draft, task: Task | None) -> str:
    """As it was typed, where it is the one that was typed."""
    if task and task.contact_phone and str(task.contact_phone) != draft.phone:
        return phone(task.contact_phone)
    return draft.phone_as_typed
