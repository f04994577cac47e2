"""`deliver_due` hands over what is due in the outbox. Nothing here knows Celery, SMTP or the texts."""

import logging
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from locations.models import Location, User
from scheduling.actions.messages import call, quiet_hours
from scheduling.models import Appointment, Message, Order, Task, WaitlistEntry
from scheduling.queries.asking_again import is_to_come
from scheduling.queries.escalation import escalated_at
from scheduling.queries.messages import is_reachable_by_email
from scheduling.queries.staff_links import is_mail_wanted
from scheduling.rules import reminders
from scheduling.rules.actors import Actor

logger = logging.getLogger(__name__)

# A batch stops well before its lease ends, so that a slow mail server never gets a message twice.
BATCH = 100
BATCH_SECONDS = 60
LEASE = timedelta(minutes=5)
# Tries after 1, 2, 4, … 60 minutes: about six hours before the desk is asked to call.
NEWS_OF_CANCEL = (Message.Kind.CANCELED, Message.Kind.CENTER_WAITING)
MAX_ATTEMPTS = 12
_LONGEST_PAUSE = timedelta(hours=1)
# While the server answers nobody every message waits this long, so that all leave soon after it is back.
SERVER_PAUSE = timedelta(minutes=1)
# Who just booked, moved or was canceled is called after this long without mail, or halfway to the visit.
LONGEST_SILENCE = timedelta(hours=6)

CALL_UNDELIVERED = gettext_noop("Call about the visit: the email could not be delivered")
CALL_UNDELIVERED_CANCEL = gettext_noop("Call to say the visit is canceled: the email could not be delivered")
CALL_UNDELIVERED_WAITLIST = gettext_noop("Call about the waitlist: the email could not be delivered")
CALL_UNDELIVERED_INVITATION = gettext_noop(
    "Call about the order: the email with the invitation could not be delivered"
)

Send = Callable[[Message], None]
Clock = Callable[[], datetime]


class TryLater(Exception):
    """Not handed over this time. `server_down`: nor would any other message be right now, so that it
    says nothing of this one."""

    def __init__(self, outcome: str, *, server_down: bool = False) -> None:
        super().__init__(outcome)
        self.server_down = server_down


class Refused(Exception):
    """The mail server will never take it, whatever we try."""


def deliver_due(*, send: Send, now: datetime, clock: Clock | None = None) -> bool:
    """One batch: claim with a lease and commit; then re-check, send and mark each on its own.

    `clock` tells the time of each message, as a batch may take a minute; without it all is of `now`.

    `send` gets the message with what it is about and raises TryLater or Refused. A worker that dies
    leaves its claims to the next one; only the message in flight can leave twice. A cancel that
    commits while a message is in flight does not stop that one. True when there may be more to do.
    """
    clock = clock or (lambda: now)
    claim = uuid.uuid4()
    claimed = _claim_batch(claim, now)
    began = time.monotonic()
    outage = ""
    for row in claimed:
        if time.monotonic() - began > BATCH_SECONDS:
            _give_back(claim)
            return True
        message = _still_wanted(row, claim, clock())
        if message is None:
            continue
        try:
            if outage:
                raise TryLater(outage, server_down=True)
            send(message)
        except TryLater as problem:
            outage = str(problem) if problem.server_down else ""
            put_off = _wait_for_server if problem.server_down else _try_later
            put_off(message, str(problem), clock())
        except Refused as problem:
            _give_up(message, str(problem), clock())
        except Exception as error:  # a broken message must not hold up the others
            logger.error("message %s was not sent: %s", message.pk, _where(error))
            _try_later(message, type(error).__name__, clock())
        else:
            _mark_sent(message, clock())
    return len(claimed) == BATCH and not outage


def _claim_batch(claim: uuid.UUID, now: datetime) -> list[Message]:
    """Only their keys and what they are about: the rest is read when it is their turn."""
    with transaction.atomic():
        due = (
            Message.objects.due(now)
            .only("pk", "appointment", "waitlist_entry", "order", "location", "staff")
            .order_by("due_at", "pk")
        )
        claimed = list(due.select_for_update(skip_locked=True, no_key=True)[:BATCH])
        Message.objects.filter(pk__in=[row.pk for row in claimed]).update(
            status=Message.Status.SENDING,
            claim=claim,
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    return claimed


@transaction.atomic
def _give_back(claim: uuid.UUID) -> None:
    """Those whose turn did not come: as if they had not been claimed. Waits for nobody: a row that
    is locked here is being withdrawn."""
    ours = Message.objects.select_for_update(skip_locked=True, no_key=True).filter(claim=claim)
    Message.objects.filter(pk__in=list(ours.values_list("pk", flat=True))).update(
        status=Message.Status.PENDING, claim=None, claimed_until=None, attempts=F("attempts") - 1
    )


@transaction.atomic
def _still_wanted(row: Message, claim: uuid.UUID, now: datetime) -> Message | None:
    """The re-check, under the lock of what it is about: a cancel that is committing is waited for.

    The lock is gone again while the message is sent, so that a slow mail server blocks nobody.
    Joined after it is locked: the appointment may have waited for a move to another scanner.
    """
    _lock_about(row)
    ours = Message.objects.select_related(
        "appointment__scanner__location", "waitlist_entry", "order__location", "location", "staff"
    )
    message = ours.filter(pk=row.pk, claim=claim).first()
    if message is None:
        return None
    if not _fits(message, now):
        _settle(message, status=Message.Status.WITHDRAWN)
    elif message.attempts > MAX_ATTEMPTS:
        _give_up(message, "its worker died too often", now)
    elif now >= message.drop_after:
        _settle(message, status=Message.Status.DROPPED)
    elif (allowed_at := _allowed_at(message, now)) != now:
        _settle(message, status=Message.Status.PENDING, due_at=allowed_at, attempts=message.attempts - 1)
    else:
        return message
    return None


def _fits(message: Message, now: datetime) -> bool:
    """Whether what it is about is still as it says, and can be told by mail.

    News of a cancel needs a canceled visit; every other message a booked one; both at the time (the
    sequence) they were written for. Whoever waits must still be waiting, and whoever was invited not have
    booked.
    """
    about = message.about
    if isinstance(about, Location):
        is_there = message.staff is not None and message.staff.is_active
        return is_there and escalated_at(about).exists()
    if isinstance(about, User):
        return is_mail_wanted(about, message.kind, now=now)
    if isinstance(about, WaitlistEntry):
        return about.is_active and is_reachable_by_email(about)
    if isinstance(about, Order):
        return about.status == Order.Status.INVITED and is_reachable_by_email(about)
    if message.kind == Message.Kind.HEALTH and not is_to_come(about, now=now):
        return False  # answered since
    is_canceled = message.kind in NEWS_OF_CANCEL
    status = Appointment.Status.CANCELED if is_canceled else Appointment.Status.BOOKED
    return (
        about.status == status
        and about.ical_sequence == message.ical_sequence
        and is_reachable_by_email(about)
    )


def _allowed_at(message: Message, now: datetime) -> datetime:
    """A late reminder waits for the end of the quiet hours, and so does an invitation, for which nobody has
    asked; answers to what someone just did do not."""
    if message.order:
        return quiet_hours(message.order).first_after(now) or now
    if message.appointment is None or message.kind not in reminders.BEFORE_START:
        return now
    return quiet_hours(message.appointment).first_after(now) or now


def _mark_sent(message: Message, now: datetime) -> None:
    if not _settle(message, status=Message.Status.SENT, sent_at=now):
        Message.objects.filter(pk=message.pk, status=Message.Status.WITHDRAWN).update(
            outcome="left while it was being withdrawn"
        )


def _try_later(message: Message, outcome: str, now: datetime) -> None:
    due_at = now + min(timedelta(minutes=2 ** (message.attempts - 1)), _LONGEST_PAUSE)
    if message.attempts >= MAX_ATTEMPTS or due_at >= message.drop_after:
        _give_up(message, outcome, now)
    else:
        _settle(message, status=Message.Status.PENDING, due_at=due_at, outcome=outcome)


def _wait_for_server(message: Message, outcome: str, now: datetime) -> None:
    """No answer about this message: not counted as a try."""
    due_at = now + SERVER_PAUSE
    if due_at >= message.drop_after:
        _give_up(message, outcome, now)
        return
    if now >= _silent_until(message):
        _ask_to_call_meanwhile(message, now)
    _settle(
        message,
        status=Message.Status.PENDING,
        due_at=due_at,
        outcome=outcome,
        attempts=message.attempts - 1,
    )


def _silent_until(message: Message) -> datetime:
    """When a person must hear of it in another way. What changes nothing yet, as a reminder or a place
    on the waitlist, may wait until it helps no more."""
    if message.appointment is None or message.kind in reminders.BEFORE_START:
        return message.drop_after
    halfway = (message.drop_after - message.created_at) / 2
    return message.created_at + min(LONGEST_SILENCE, halfway)


@transaction.atomic
def _ask_to_call_meanwhile(message: Message, now: datetime) -> None:
    """Once for each message, though the desk may be done before the server is back."""
    asked = Task.objects.filter(
        kind=Task.Kind.NOT_DELIVERED,
        appointment=message.appointment_id,
        created_at__gte=message.created_at,
    )
    _lock_about(message)
    if not asked.exists():
        _call_undelivered(message, now)


@transaction.atomic
def _give_up(message: Message, outcome: str, now: datetime) -> None:
    """Onto the desk's call list, while there is still something to speak of."""
    _lock_about(message)
    if _settle(message, status=Message.Status.FAILED, outcome=outcome):
        _call_undelivered(message, now)


def _lock_about(message: Message) -> None:
    """Locks what the message is about, and shows it the row as it is now."""
    if message.location_id:
        return  # nothing that changes under it: how many wait is counted when it leaves
    if message.staff_id:
        message.staff = User.objects.select_for_update(no_key=True).get(pk=message.staff_id)
    elif message.waitlist_entry_id:
        entries = WaitlistEntry.objects.select_for_update(no_key=True, of=("self",))
        message.waitlist_entry = entries.get(pk=message.waitlist_entry_id)
    elif message.order_id:
        orders = Order.objects.select_for_update(no_key=True, of=("self",))
        message.order = orders.get(pk=message.order_id)
    else:
        visits = Appointment.objects.select_for_update(no_key=True, of=("self",))
        message.appointment = visits.get(messages=message.pk)


def _call_undelivered(message: Message, now: datetime) -> None:
    if not _fits(message, now):
        return
    by, about = Actor.process("messages"), message.about
    if isinstance(about, Location | User):
        return  # the list at the desk says the same; so does the page about the account
    if isinstance(about, WaitlistEntry):
        call(about, CALL_UNDELIVERED_WAITLIST, now=now, by=by)
    elif isinstance(about, Order):
        call(about, CALL_UNDELIVERED_INVITATION, now=now, by=by)
    elif now < about.starts_at:
        is_canceled = message.kind in NEWS_OF_CANCEL
        call(about, CALL_UNDELIVERED_CANCEL if is_canceled else CALL_UNDELIVERED, now=now, by=by)


def _settle(message: Message, *, status: Message.Status, **changes: object) -> bool:
    """Ends the claim; False when it is no longer ours (withdrawn, or its lease has run out)."""
    return bool(
        Message.objects.filter(pk=message.pk, claim=message.claim).update(
            **{"outcome": "", "claim": None, "claimed_until": None, "status": status, **changes}
        )
    )


def _where(error: Exception) -> str:
    """Kind and place only: the text of an error may hold an address."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.name}, {last.filename}:{last.lineno}"
