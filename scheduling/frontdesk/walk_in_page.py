"""What the pages of walk-ins show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from locations.models import Location, Scanner, User
from scheduling.exceptions import (
    BookingError,
    BookingNotOffered,
    Clashes,
    DraftIncomplete,
    NoOrder,
    PleaseCall,
    TooYoung,
)
from scheduling.frontdesk.booking_forms import SetUpForm
from scheduling.frontdesk.booking_page import add_missing, asks_who_agreed, refusal_words
from scheduling.frontdesk.booking_questions import advice_for, questions_as_typed
from scheduling.frontdesk.booking_saving import caller_form
from scheduling.frontdesk.clash_words import words_of
from scheduling.frontdesk.walk_in_forms import StepForm, TakeInForm
from scheduling.models import Draft, WalkIn
from scheduling.queries.drafts import Step
from scheduling.queries.phone import patients_with_phone
from scheduling.queries.placing import place_on
from scheduling.queries.walk_ins import (
    asks_in_private,
    coming_visits_of,
    queue_at,
    rooms_at,
    row_of,
    wait_now,
    wish_of_walk_in,
)


@dataclass(frozen=True, slots=True)
class Room:
    scanner: Scanner
    against: Sequence[str]  # in words; none: it is free
    is_able: bool


def queue_context(location: Location, *, now: datetime) -> dict[str, Any]:
    return {"location": location, "queue": queue_at(location, now=now), "now": now}


def typing_context(
    draft: Draft,
    user: User,
    *,
    walk_in: WalkIn | None,
    posted: Mapping[str, Any] | None = None,
    missing: Iterable[Step] = (),
    set_up_form: SetUpForm | None = None,
    now: datetime,
    **more: Any,
) -> dict[str, Any]:
    assert draft.desk is not None
    form = caller_form(draft, *([posted] if posted else []), now=now)
    add_missing(form, draft, missing, now)
    return {
        "draft": draft,
        "walk_in": walk_in,
        "location": draft.desk,
        "wait": None if walk_in else wait_now(draft.desk, now=now),
        "form": form,
        "parts": questions_as_typed(draft, posted, now=now),
        "advice": advice_for(draft, now=now),
        "set_up_form": set_up_form or SetUpForm() if asks_who_agreed(draft, now) else None,
        "visits": [] if walk_in else coming_visits_of(draft, user, now=now),
        **side_context(draft, user, now=now),
        **more,
    }


def side_context(draft: Draft, user: User, *, now: datetime) -> dict[str, Any]:
    is_named = bool(draft.given_name and draft.birth_date)
    return {
        "draft": draft,
        "known": patients_with_phone(user, draft.phone) if draft.phone and not is_named else [],
        "in_private": is_named and asks_in_private(draft, now=now),
    }


def rooms_of(walk_in: WalkIn, *, now: datetime) -> list[Room]:
    """Every X-ray room, and what speaks against it right now."""
    wish, found = wish_of_walk_in(walk_in), []
    for scanner in rooms_at(walk_in.location):
        at = now.replace(second=0, microsecond=0)
        place = place_on(scanner=scanner, wish=wish, starts_at=at, now=now)
        clashes = [clash for clash in place.clashes if not clash.is_over] if place else []
        found.append(Room(scanner, words_of(clashes, walk_in.location), place is not None))
    return sorted(found, key=lambda room: (not room.is_able, bool(room.against)))


def room_context(
    walk_in: WalkIn,
    *,
    form: TakeInForm | None = None,
    leave_form: StepForm | None = None,
    now: datetime,
    **more: Any,
) -> dict[str, Any]:
    return {
        "walk_in": walk_in,
        "location": walk_in.location,
        "person": person_of(walk_in),
        "row": row_of(walk_in, now=now) if walk_in.waits else None,
        "rooms": rooms_of(walk_in, now=now) if walk_in.waits else [],
        "form": form or TakeInForm(location=walk_in.location),
        "leave_form": leave_form or StepForm(),
        "now": now,
        **more,
    }


def why_not(refusal: BookingError, walk_in: WalkIn) -> list[str]:
    """A refusal to take somebody in, for who stands in front of the desk."""
    if isinstance(refusal, Clashes):
        return words_of(refusal.clashes, walk_in.location)
    if isinstance(refusal, DraftIncomplete):
        return [_("Some questions are still open. Ask them first.")]
    if isinstance(refusal, (PleaseCall, TooYoung)) and walk_in.draft is not None:
        return [refusal_words(refusal, walk_in.draft)]
    if isinstance(refusal, BookingNotOffered):
        return [_("The answers ask for somebody who decides first. Open the questions to see why.")]
    return [str(refusal)]


def is_lifted_by_a_reason(refusal: BookingError) -> bool:
    return isinstance(refusal, (Clashes, NoOrder, PleaseCall, TooYoung))


def person_of(walk_in: WalkIn) -> str:
    """Whoever left some days ago is nobody any more."""
    if walk_in.draft and walk_in.draft.given_name:
        return walk_in.draft.patient_name
    return str(walk_in.visit.patient) if walk_in.visit else _("Somebody who left")
