"""Messages follow the booking: `follow_*` write outbox rows inside the caller's transaction. What is
due is handed over by actions/delivery.py."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db.models import Max
from django.utils.translation import gettext_noop

from locations.models import Location, User
from scheduling.actions.tasks import open_newer, open_task
from scheduling.models import Appointment, Message, Order, Task, WaitlistEntry
from scheduling.queries.messages import REMINDERS, is_reachable_by_email
from scheduling.rules import reminders
from scheduling.rules.actors import Actor
from scheduling.rules.invitations import FollowUp
from scheduling.rules.telling import UNDO_WITHIN, Telling

CALL_TO_CONFIRM = gettext_noop("Call to confirm: no email")
CALL_ABOUT_MOVE = gettext_noop("Call to say the visit has a new time")
CALL_ABOUT_CENTER_MOVE = gettext_noop("Call: we moved the visit. Ask whether the new time is good")
CALL_ABOUT_TAKE_BACK = gettext_noop("Call to say the visit takes place after all")
CALL_ABOUT_CORRECTION = gettext_noop("Call to say that getting ready for the visit has changed")
CALL_ABOUT_CANCEL = gettext_noop("Call to say the visit is canceled: no email")
CALL_NOT_BY_EMAIL = gettext_noop("Call about the visit: no email any more")
ANNOUNCEMENTS = (
    Message.Kind.CONFIRMATION,
    Message.Kind.MOVED,
    Message.Kind.CENTER_MOVED,
    Message.Kind.CORRECTED,
    Message.Kind.TAKEN_BACK,
)
# Where no mail goes; who changed their visit themselves has no news to hear.
CALLS = {
    Message.Kind.CONFIRMATION: CALL_TO_CONFIRM,
    Message.Kind.MOVED: CALL_ABOUT_MOVE,
    Message.Kind.CENTER_MOVED: CALL_ABOUT_CENTER_MOVE,
    Message.Kind.CORRECTED: CALL_ABOUT_CORRECTION,
    Message.Kind.TAKEN_BACK: CALL_ABOUT_TAKE_BACK,
}
# News of a cancellation helps until well after the start: nobody should travel in vain, or wonder.
_CANCELED_IS_NEWS_FOR = timedelta(days=1)


def follow_booking(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """A confirmation at once, and the reminders; for a visit without email, a call by the desk. A walk-in is
    here."""
    if appointment.source == Appointment.Source.WALK_IN:
        return
    _announce(appointment, Message.Kind.CONFIRMATION, now=now, by=by)


def follow_move(
    *, appointment: Appointment, tell: Telling = Telling.MESSAGE, now: datetime, by: Actor
) -> None:
    """After the row has its new time and its raised `ical_sequence`."""
    withdraw_unsent(appointment=appointment)
    kind = {Telling.MESSAGE: Message.Kind.MOVED, Telling.BY_CENTER: Message.Kind.CENTER_MOVED}.get(tell)
    if kind is not None:
        _announce(appointment, kind, now=now, by=by)
        return
    _plan_reminders(appointment, now)
    if tell is Telling.CALL:
        open_newer(appointment=appointment, reason=CALL_ABOUT_MOVE, now=now, by=by)


def follow_correction(
    *, appointment: Appointment, has_moved: bool, tell: Telling, now: datetime, by: Actor
) -> None:
    """After the row has another exam, and another time or place where it `has_moved`: one message says it."""
    if has_moved:
        follow_move(appointment=appointment, tell=tell, now=now, by=by)
        return
    withdraw_unsent(appointment=appointment)
    if tell is Telling.MESSAGE:
        _announce(appointment, Message.Kind.CORRECTED, now=now, by=by)
        return
    _plan_reminders(appointment, now)
    if tell is Telling.CALL:
        open_newer(appointment=appointment, reason=CALL_ABOUT_CORRECTION, now=now, by=by)


def follow_undo(*, appointment: Appointment, undone: int, now: datetime, by: Actor) -> None:
    """After the row is as it was. What the undone change (its `ical_sequence`) was going to say never leaves;
    what had been announced before and did not leave because of it is announced again."""
    withdraw_unsent(appointment=appointment)
    said = Message.objects.filter(appointment=appointment, kind__in=ANNOUNCEMENTS)
    last = said.exclude(ical_sequence=undone).order_by("-pk").first()
    if last is not None and last.status != Message.Status.SENT:
        _announce(appointment, Message.Kind(last.kind), now=now, by=by)
    else:
        _plan_reminders(appointment, now)


def follow_cancel(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """After the row is canceled and its tasks are closed. A patient who canceled needs no call about it."""
    withdraw_unsent(appointment=appointment)
    if appointment.source == Appointment.Source.WALK_IN and appointment.arrived_at:
        return  # they were here, and left
    if is_reachable_by_email(appointment):
        _enqueue(
            appointment,
            [(Message.Kind.CANCELED, _leaves_at(now, by), appointment.starts_at + _CANCELED_IS_NEWS_FOR)],
            now,
        )
        return
    if by.kind != "patient":
        open_newer(appointment=appointment, reason=CALL_ABOUT_CANCEL, now=now, by=by)


def say_waiting_instead(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """In place of the plain news that the center has canceled: that another time is looked for."""
    unsent = Message.objects.unsent().filter(appointment=appointment, kind=Message.Kind.CANCELED)
    unsent.update(kind=Message.Kind.CENTER_WAITING)


def follow_take_back(*, appointment: Appointment, now: datetime, by: Actor) -> None:
    """After the row is booked again: news of the cancel that has not left yet never does."""
    withdraw_unsent(appointment=appointment)
    _announce(appointment, Message.Kind.TAKEN_BACK, now=now, by=by)


def follow_contact(*, appointment: Appointment, was_reachable: bool, now: datetime, by: Actor) -> None:
    """After the row has another address, language or way. What was to be sent goes where the visit says now;
    news that no mail may bring any more is told by phone."""
    unsent = Message.objects.unsent().filter(appointment=appointment)
    if is_reachable_by_email(appointment):
        unsent.update(language=appointment.language)
        if not was_reachable:
            _plan_reminders(appointment, now)
        return
    has_news = unsent.exclude(kind__in=REMINDERS).exists()
    withdraw_unsent(appointment=appointment)
    if has_news:
        call(appointment, CALL_NOT_BY_EMAIL, now=now, by=by)


def send_links(*, appointment: Appointment, now: datetime) -> None:
    """The lost link once more; whoever asks twice before it leaves gets one mail."""
    _enqueue(appointment, [(Message.Kind.LINKS, now, appointment.starts_at)], now, once=True)


def ask_patient(
    *, appointment: Appointment, kind: Message.Kind, in_quiet_hours: bool = True, now: datetime
) -> None:
    """For a later day, a paper, or answers, by mail; asked twice before it leaves, it is one mail. Needs an
    address. In the location's quiet hours only where a person has just asked."""
    due_at = now if in_quiet_hours else quiet_hours(appointment).first_after(now) or now
    _enqueue(appointment, [(kind, due_at, appointment.starts_at)], now, once=True)


def tell_staff(*, location: Location, staff: Iterable[User], now: datetime) -> None:
    """That work is overdue; who has one unsent gets no other. Useless after a day: there is more by then."""
    Message.objects.bulk_create(
        (
            Message(
                location=location,
                staff=user,
                kind=Message.Kind.OVERDUE,
                due_at=now,
                drop_after=now + timedelta(days=1),
                created_at=now,
            )
            for user in staff
        ),
        ignore_conflicts=True,
    )


def mail_account(
    *, user: User, kind: Message.Kind, useless_after: datetime, to_email: str = "", now: datetime
) -> None:
    """About the way in of somebody of the staff. Asked twice before it leaves, it is one mail; a link in it
    is the one that is open when it leaves."""
    mail = Message(
        staff=user, kind=kind, to_email=to_email, due_at=now, drop_after=useless_after, created_at=now
    )
    Message.objects.bulk_create([mail], ignore_conflicts=True)


def follow_waitlist(*, entry: WaitlistEntry, now: datetime) -> None:
    """That somebody waits, and where to change or leave. Without email the page has said so already."""
    if not is_reachable_by_email(entry):
        return
    Message.objects.create(
        waitlist_entry=entry,
        kind=Message.Kind.WAITLIST,
        language=entry.language,
        due_at=now,
        drop_after=datetime.combine(entry.last_day + timedelta(days=1), time(), entry.center.zone),
        created_at=now,
    )


def invite(*, order: Order, follow_up: FollowUp, now: datetime, by: Actor) -> None:
    """To book from an order, and the reminders while nobody has: all re-checked when they leave. Call with
    the order locked and nothing of it unsent."""
    reminded = Message.Kind.ORDER_REMINDED
    wanted = [
        (Message.Kind.ORDER_INVITED, 0, _leaves_at(now, by), follow_up.first_at),
        *((reminded, each.number, each.due_at, each.drop_after) for each in follow_up.reminders),
    ]
    Message.objects.bulk_create(
        Message(
            order=order,
            kind=kind,
            ical_sequence=number,
            language=order.language,
            due_at=due_at,
            drop_after=drop_after,
            created_at=now,
        )
        for kind, number, due_at, drop_after in wanted
    )


def withdraw_invitation(*, order: Order) -> None:
    """As withdraw_unsent."""
    unsent = Message.objects.unsent().filter(order=order)
    unsent.update(status=Message.Status.WITHDRAWN, claim=None, claimed_until=None)


def withdraw_unsent(*, appointment: Appointment) -> int:
    """What no worker has handed over yet never leaves. Call with the appointment's row locked."""
    return (
        Message.objects.unsent()
        .filter(appointment=appointment)
        .update(status=Message.Status.WITHDRAWN, claim=None, claimed_until=None)
    )


def quiet_hours(about: Appointment | Order) -> reminders.QuietHours:
    location = about.location
    return reminders.QuietHours(location.quiet_from, location.quiet_until, location.zone)


def _prepare_from(appointment: Appointment) -> datetime:
    """When the patient's preparation begins: fasting, else arriving."""
    lead = appointment.exam.preparations.aggregate(longest=Max("lead_minutes"))["longest"] or 0
    return appointment.arrive_at - timedelta(minutes=lead)


def _announce(appointment: Appointment, kind: Message.Kind, *, now: datetime, by: Actor) -> None:
    if not is_reachable_by_email(appointment):
        reason = CALL_TO_CONFIRM if by.kind == "patient" else CALLS[kind]
        open_newer(appointment=appointment, reason=reason, now=now, by=by)
        return
    _enqueue(appointment, [(kind, _leaves_at(now, by), appointment.starts_at)], now)
    _plan_reminders(appointment, now)


def _plan_reminders(appointment: Appointment, now: datetime) -> None:
    if not is_reachable_by_email(appointment):
        return
    planned = reminders.plan(
        starts_at=appointment.starts_at,
        prepare_from=_prepare_from(appointment),
        now=now,
        quiet=quiet_hours(appointment),
    )
    wanted = [(Message.Kind(each.kind), each.due_at, each.drop_after) for each in planned]
    _enqueue(appointment, wanted, now)


def _leaves_at(now: datetime, by: Actor) -> datetime:
    """Staff can undo what they did for a while."""
    return now + UNDO_WITHIN if by.kind == "staff" else now


def _enqueue(
    appointment: Appointment,
    wanted: Iterable[tuple[Message.Kind, datetime, datetime]],
    now: datetime,
    *,
    once: bool = False,
) -> None:
    """Each wanted message is (kind, due_at, drop_after). `once`: one that is still unsent is enough."""
    rows = (
        Message(
            appointment=appointment,
            kind=kind,
            channel=Message.Channel.EMAIL,
            ical_sequence=appointment.ical_sequence,
            language=appointment.language,
            due_at=due_at,
            drop_after=drop_after,
            created_at=now,
        )
        for kind, due_at, drop_after in wanted
    )
    Message.objects.bulk_create(rows, ignore_conflicts=once)


def call(about: Appointment | WaitlistEntry | Order, reason: str, *, now: datetime, by: Actor) -> None:
    """By the desk, where no mail helps."""
    if isinstance(about, Appointment):
        open_task(
            kind=Task.Kind.NOT_DELIVERED,
            location=about.location,
            reason=reason,
            appointment=about,
            now=now,
            by=by,
        )
        return
    if isinstance(about, Order):
        kind = Task.Kind.INVITATION
        open_task(kind=kind, location=about.location, order=about, reason=reason, now=now, by=by)
        return
    open_task(
        kind=Task.Kind.NOT_DELIVERED,
        location=about.center,
        reason=reason,
        appointment=about.appointment,
        draft=about.draft,
        contact_name=about.full_name,
        contact_phone=str(about.phone),
        now=now,
        by=by,
    )
