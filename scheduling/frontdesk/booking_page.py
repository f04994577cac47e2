"""What the pages of a booking by phone show."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Location, User
from scheduling.exceptions import (
    BookingError,
    Clashes,
    NotAnOpening,
    OrderForAnother,
    PleaseCall,
    SlotTaken,
    TooManyVisits,
    TooYoung,
)
from scheduling.frontdesk.booking_forms import CallerForm, SetUpForm
from scheduling.frontdesk.booking_questions import advice_for, question_forms, questions_as_typed
from scheduling.frontdesk.booking_saving import ChosenTime, caller_form
from scheduling.frontdesk.clash_words import words_of
from scheduling.frontdesk.move_forms import OtherTimeForm
from scheduling.frontdesk.two_desks import first_seen
from scheduling.models import Appointment, Draft
from scheduling.queries.access import hold_of_draft
from scheduling.queries.by_phone import ByPhone, by_phone
from scheduling.queries.drafts import Step, missing_steps
from scheduling.queries.phone import (
    ExamFound,
    patients_with_phone,
    places_offering,
    scanners_for,
    soonest_for,
)
from scheduling.wall_clock import day_words, local, short_day_words, time_words

_SAFETY = gettext_lazy("Ask the safety questions that are still open")
_TIME = gettext_lazy("Choose a time first")
# Beside which field, and in which words.
_MISSING = {
    Step.COVID_TEST: (None, gettext_lazy("Ask what the chest scan is for")),
    Step.FIT: (None, _SAFETY),
    Step.SAFETY: (None, _SAFETY),
    Step.COVID: (None, gettext_lazy("Ask the questions about illness that are still open")),
    Step.WHERE: (None, _TIME),
    Step.TIME: (None, _TIME),
    Step.CONTACT: ("phone", gettext_lazy("Enter a phone number or an email")),
    Step.NUMBER: ("phone", gettext_lazy("Enter a phone number: somebody has to call back")),
}


def chosen_exam(typed: str, found: list[ExamFound]) -> ExamFound | None:
    """“12|left”, the value of a button; without one the only exam that the words mean."""
    if not typed:
        return found[0] if len(found) == 1 and not found[0].needs_side else None
    key, _bar, side = typed.partition("|")
    exam = next((one.exam for one in found if str(one.exam.pk) == key), None)
    sides = Appointment.Laterality.values if exam and exam.has_sides else [""]
    if exam is None or side not in sides or (exam.has_sides and not side):
        return None
    return ExamFound(exam, side)


def page_context(
    draft: Draft,
    user: User,
    *,
    place: str = "",
    posted: Mapping[str, Any] | None = None,
    missing: Iterable[Step] = (),
    conflicts: Mapping[str, str] | None = None,
    is_kept: bool = True,
    asks_reason: bool = False,
    other_form: OtherTimeForm | None = None,
    set_up_form: SetUpForm | None = None,
    now: datetime,
    **more: Any,
) -> dict[str, Any]:
    form = caller_form(draft, *([posted] if posted else []), asks_reason=asks_reason, now=now)
    add_missing(form, draft, missing, now)
    for name, words in (conflicts or {}).items():
        form.add_error(name, other_words(words))
    location = _place(draft, user, place)
    is_asked = posted is not None and "book" in posted and is_kept
    parts = question_forms(draft, posted if is_asked else None, now=now).values()
    return {
        "draft": draft,
        "location": location,
        "places": places_offering(draft, user),
        "times": soonest_for(draft, location, now=now),
        "form": form,
        "parts": parts if is_kept else questions_as_typed(draft, posted, now=now),
        "advice": advice_for(draft, now=now),
        "set_up_form": set_up_form or SetUpForm() if asks_who_agreed(draft, now) else None,
        "other_form": other_form
        or OtherTimeForm(scanners=scanners_for(draft, user), initial=_other(draft, now)),
        "seen": first_seen(caller_form(draft, now=now)),
        "opens_other": other_form is not None,
        **side_context(draft, user, now=now),
        **more,
    }


def other_words(words: str) -> str:
    if not words:
        return _("A colleague emptied this meanwhile. Send it again to keep what you typed.")
    return _("A colleague wrote “%(words)s” meanwhile. Send it again to keep what you typed.") % {
        "words": words
    }


def labels_of(draft: Draft, conflicts: Mapping[str, str], now: datetime) -> list[tuple[str, str]]:
    """By the name of the field: what a colleague wrote."""
    fields = caller_form(draft, now=now).fields
    return [(str(fields[name].label), words) for name, words in conflicts.items()]


def asks_who_agreed(draft: Draft, now: datetime) -> bool:
    return by_phone(draft, now=now) in (ByPhone.SAFETY, ByPhone.HEALTH) and not draft.set_up_reason


def side_context(draft: Draft, user: User, *, now: datetime) -> dict[str, Any]:
    """Who is known by the phone that was typed, and what is read back to the caller."""
    is_named = bool(draft.given_name and draft.birth_date)
    hold = hold_of_draft(draft, now=now)
    return {
        "draft": draft,
        "hold": hold,
        "known": patients_with_phone(user, draft.phone) if draft.phone and not is_named else [],
        "read_back": read_back(draft, hold) if hold else "",
        "is_ready": not missing_steps(draft, now=now),
        "now": now,
    }


def booked_context(visit: Appointment) -> dict[str, Any]:
    return {
        "visit": visit,
        "location": visit.location,
        "read_back": read_back(visit, visit),
        "preparation": [one.text for one in visit.exam.preparations.all()],
    }


def read_back(about: Draft | Appointment, slot: Appointment) -> str:
    zone = slot.zone
    words = _(
        "%(exam)s on %(day)s at %(time)s, at %(place)s. Please arrive by %(arrive)s. "
        "Bring the doctor’s order, a photo ID and the insurance card."
    )
    side = f", {about.get_laterality_display()}" if about.laterality else ""
    return words % {
        "exam": f"{about.exam.display_name}{side}",
        "day": day_words(slot.starts_at, zone),
        "time": time_words(slot.starts_at, zone),
        "place": slot.location,
        "arrive": time_words(slot.arrive_at, zone),
    }


def refusal_words(refusal: BookingError, draft: Draft) -> str:
    """At the desk a patient's other visits are no secret."""
    if isinstance(refusal, OrderForAnother):
        return _(
            "The order names another date of birth. Correct the one that is wrong: here, or in the order."
        )
    if isinstance(refusal, TooManyVisits):
        return _("This patient has as many coming visits as the center allows. Book it with a reason.")
    if isinstance(refusal, PleaseCall):
        return _("This patient has another visit at that time. Choose another, or book it with a reason.")
    if isinstance(refusal, TooYoung):
        return _("The patient is younger than this center scans. Book it with a reason, if that is agreed.")
    return str(refusal)


def not_held_words(refusal: BookingError, chosen: ChosenTime) -> str:
    """Why the time that was chosen on the board is not the caller's."""
    place = chosen.scanner.location
    match refusal:
        case Clashes(clashes=clashes):
            why = " ".join(words_of(clashes, place))
        case NotAnOpening():
            why = _("It is over, or this scanner does not do the exam.")
        case SlotTaken():
            why = _("Somebody else just took it.")
        case _:
            why = str(refusal)
    day = short_day_words(local(chosen.starts_at, place.zone).date())
    return _("%(day)s, %(time)s on %(scanner)s is not held. %(why)s Choose another time.") % {
        "day": day,
        "time": time_words(chosen.starts_at, place.zone),
        "scanner": chosen.scanner.name,
        "why": why,
    }


def add_missing(form: CallerForm, draft: Draft, missing: Iterable[Step], now: datetime) -> None:
    form.is_valid()
    said = set()
    for step in missing:
        if step is Step.PATIENT:
            _add_missing_person(form, draft)
            continue
        field, words = _MISSING[step]
        if words not in said and (field is None or field not in form.errors):
            form.add_error(field, words)
        said.add(words)


def _add_missing_person(form: CallerForm, draft: Draft) -> None:
    wanted = {
        "given_name": (draft.given_name, _("Enter the first name")),
        "birth_date": (draft.birth_date, _("Enter the date of birth, such as 3/14/1952")),
        "guardian_name": (draft.guardian_name, _("Enter the name of the parent or guardian")),
    }
    for name, (value, words) in wanted.items():
        if not value and name in form.fields and name not in form.errors:
            form.add_error(name, words)


def _place(draft: Draft, user: User, slug: str) -> Location:
    """Whose times are shown: the one asked for, else where a time is held, else the desk's own. Never one
    where the user does not book."""
    assert draft.desk is not None
    places = places_offering(draft, user)
    chosen = places.filter(slug=slug).first() if slug else None
    held = places.filter(pk=draft.location.pk).first() if draft.location else None
    return chosen or held or draft.desk


def _other(draft: Draft, now: datetime) -> dict[str, Any]:
    assert draft.desk is not None
    return {"day": local(now, draft.desk.zone).date()}
