"""A booking by phone: the same draft and the same rules as online, filled in by the desk."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_noop

from locations.models import Location, Scanner, User
from scheduling.actions import audit, tasks
from scheduling.actions.drafts import clear_draft
from scheduling.actions.holds import end_hold, expire_holds_on, insert_hold, lock_draft, lock_scanners
from scheduling.actions.order_visits import lock_order
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    Clashes,
    DraftIncomplete,
    IllegalMove,
    NotAnOpening,
    OrderGone,
    OrderIncomplete,
)
from scheduling.models import Appointment, AuditEvent, Draft, Exam, Order, Task
from scheduling.queries.access import hold_of_draft, visit_of_draft
from scheduling.queries.by_phone import has_no_time
from scheduling.queries.orders import exam_of_order, person_of_order, unfinished_draft
from scheduling.queries.placing import place_on
from scheduling.queries.wishes import wish_of
from scheduling.rules.actors import Actor

# A caller who rings back with the missing date of birth still finds the time.
KEPT_FOR_LATER = timedelta(hours=24)
# Stored in English, translated where staff read it.
OUTCOME_THROWN_AWAY = gettext_noop("The booking was given up")
REASON_DETAILS = gettext_noop("A booking by phone was begun: get what is missing, then book it")


@transaction.atomic
def start_phone_draft(
    *,
    exam: Exam,
    laterality: str,
    order_status: str,
    location: Location,
    user: User,
    language: str,
    now: datetime,
) -> Draft:
    return start_desk_draft(
        source=Appointment.Source.PHONE,
        exam=exam,
        laterality=laterality,
        order_status=order_status,
        location=location,
        user=user,
        language=language,
        now=now,
    )


def start_desk_draft(
    *,
    source: Appointment.Source,
    exam: Exam,
    laterality: str,
    order_status: str,
    location: Location,
    place: Location | None = None,
    user: User,
    language: str,
    now: datetime,
) -> Draft:
    """In the caller's transaction. Each is a visitor of its own: two half-typed bookings of one desk keep a
    time each. `place` is where it is to be, if that is known."""
    return Draft.objects.create(
        visitor=f"desk-{uuid4().hex}",
        language=language,
        source=source,
        started_by=user,
        desk=location,
        location=place,
        exam=exam,
        laterality=laterality,
        order_status=order_status,
        booking_for=Draft.BookingFor.SELF,
        created_at=now,
        updated_at=now,
    )


@transaction.atomic
def start_draft_of_order(*, order_id: UUID, user: User, now: datetime) -> Draft:
    """The exam is the order's, and who it is for is known. Pressed again, the booking that was begun goes on.

    Raises OrderGone, OrderIncomplete.
    """
    order = lock_order(order_id)
    if not order.is_open:
        raise OrderGone
    if not order.is_complete:
        raise OrderIncomplete
    begun = unfinished_draft(order, desk=order.location)
    return begun or _draft_of_order(order, user, now)


def _draft_of_order(order: Order, user: User, now: datetime) -> Draft:
    person = person_of_order(order)
    return Draft.objects.create(
        visitor=f"desk-{uuid4().hex}",
        source=Appointment.Source.PHONE,
        started_by=user,
        desk=order.location,
        order=order,
        booking_for=Draft.BookingFor.SELF,
        by_call=bool(person["phone"]),
        created_at=now,
        updated_at=now,
        **exam_of_order(order),
        **person,
    )


@transaction.atomic
def take_over(*, task_id: int, user: User, now: datetime, by: Actor) -> Draft:
    """A patient's own draft, about which the desk was asked to call, goes on at the desk with all that was
    typed; the patient's browser no longer has it. Taking over again answers with it.

    Raises IllegalMove where the call is done or is about no draft, AlreadyBooked.
    """
    task = Task.objects.select_for_update(no_key=True, of=("self",)).get(pk=task_id)
    if task.closed_at is not None or task.draft_id is None:
        raise IllegalMove
    draft = lock_draft(task.draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    if draft.is_by_phone:
        return draft
    location = Location.objects.get(pk=task.location_id)
    draft.visitor, draft.source = f"desk-{uuid4().hex}", Appointment.Source.PHONE
    draft.started_by, draft.desk, draft.updated_at = user, location, now
    draft.save(update_fields=["visitor", "source", "started_by", "desk", "updated_at"])
    _note(draft, AuditEvent.Event.TAKEN_OVER, location, now=now, by=by)
    return draft


@transaction.atomic
def agree_to_book(*, draft_id: UUID, reason: str, now: datetime, by: Actor) -> Draft:
    """Somebody who may decide has agreed that a time is held although the answers ask for a call first. The
    booked visit has an open review all the same: the scan cannot begin before it is decided. Raises
    AlreadyBooked, IllegalMove (no draft of the desk's)."""
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    if draft.desk is None:
        raise IllegalMove
    draft.set_up_reason, draft.updated_at = reason, now
    draft.save(update_fields=["set_up_reason", "updated_at"])
    _note(draft, AuditEvent.Event.SET_UP, draft.desk, now=now, by=by, reason=reason)
    return draft


def _note(
    draft: Draft, event: AuditEvent.Event, location: Location, *, now: datetime, by: Actor, **after: str
) -> None:
    audit.record(event=event, subject=draft, location_id=location.pk, after=after, now=now, by=by)


@transaction.atomic
def speak(*, draft_id: UUID, language: str, now: datetime) -> None:
    """The caller's language: questions are read out and messages are written in it. Raises AlreadyBooked."""
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    Draft.objects.filter(pk=draft.pk).update(language=language, updated_at=now)


@transaction.atomic
def hold_on_scanner(
    *, draft_id: UUID, scanner_id: int, starts_at: datetime, reason: str = "", now: datetime, by: Actor
) -> Appointment:
    """A time that the desk chose on the board: with a reason over another visit or outside the hours.

    Raises Clashes, SlotTaken, AlreadyBooked; BookingNotOffered where the answers ask for a call first;
    NotAnOpening where the scanner can't do the exam or the time is over.
    """
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    if has_no_time(draft, now=now):
        raise BookingNotOffered
    held = Appointment.objects.select_related("scanner").filter(draft=draft, status=Appointment.Status.HELD)
    scanner_ids = {scanner_id, *held.values_list("scanner_id", flat=True)}
    lock_scanners(scanner_ids)
    expire_holds_on(scanner_ids, now=now)
    own = list(held.all())
    scanner = Scanner.objects.select_related("location").get(pk=scanner_id)
    place = place_on(
        scanner=scanner, wish=wish_of(draft), starts_at=starts_at, ignore={one.pk for one in own}, now=now
    )
    if place is None or starts_at < now:
        raise NotAnOpening
    if place.clashes and not reason:
        raise Clashes(place.clashes)
    for hold in own:
        end_hold(hold, now=now, by=by)
    hold = insert_hold(
        draft,
        place.opening,
        overbooked=any(clash.takes_the_scanner for clash in place.clashes),
        overbook_reason=reason if place.clashes else "",
        now=now,
        by=by,
    )
    Draft.objects.filter(pk=draft.pk).update(location=scanner.location, starts_at=starts_at, updated_at=now)
    return hold


@transaction.atomic
def throw_away(*, draft_id: UUID, now: datetime, by: Actor) -> None:
    """The caller decided otherwise: the time is free and what was typed is forgotten. A call that answers
    have asked for stays on the list. Raises AlreadyBooked."""
    draft = lock_draft(draft_id)
    tasks.close_tasks_of_draft(
        draft=draft, kind=Task.Kind.MISSING_DETAILS, outcome=OUTCOME_THROWN_AWAY, now=now, by=by
    )
    clear_draft(draft_id=draft_id, now=now, by=by)


@transaction.atomic
def finish_later(*, draft_id: UUID, now: datetime, by: Actor) -> Task:
    """A name and a phone are enough: the rest is on the list of what is missing at the desk that was called,
    also where the time is at another location, and the time that is held stays for a day. Raises
    DraftIncomplete, AlreadyBooked."""
    draft = lock_draft(draft_id)
    if visit_of_draft(draft):
        raise AlreadyBooked
    if not draft.given_name or not draft.phone or draft.desk is None:
        raise DraftIncomplete
    hold = hold_of_draft(draft, now=now)
    if hold is not None:
        lock_scanners({hold.scanner_id})
        until = min(now + KEPT_FOR_LATER, hold.starts_at)
        Appointment.objects.filter(pk=hold.pk, status=Appointment.Status.HELD).update(held_until=until)
    return tasks.open_task(
        kind=Task.Kind.MISSING_DETAILS,
        location=draft.desk,
        draft=draft,
        reason=REASON_DETAILS,
        now=now,
        by=by,
    )
