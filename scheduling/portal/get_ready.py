"""The list “Get ready” on My visit: what the patient can still do before coming, and what is done.

Each subject adds its own items; the order here is the order on the page.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.models import Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyItem:
    """Context of components/ready_list.html. `url` is the page where it is done; with `button`, the
    words of a button, it is posted to instead."""

    title: str
    detail: str = ""
    url: str = ""
    button: str = ""
    is_done: bool = False


def ready_items(visit: Appointment, *, token: str) -> list[ReadyItem]:
    """For a visit that is ahead."""
    return [
        *_coming(visit, token),
    ]


def _coming(visit: Appointment, token: str) -> list[ReadyItem]:
    if visit.confirmed_at:
        return [
            ReadyItem(
                title=_("You told us that you will come"),
                detail=_("If that changes, change the time or cancel below."),
                is_done=True,
            )
        ]
    return [
        ReadyItem(
            title=_("Tell us that you will come"),
            detail=_("Then we know that the time still works for you."),
            url=reverse("portal:come", kwargs={"token": token}),
            button=_("I will come"),
        )
    ]
