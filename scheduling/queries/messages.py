"""What is planned to be sent, and to whom anything can be."""

from django.db.models import QuerySet

from scheduling.models import Appointment, Message, Order, WaitlistEntry

REMINDERS = (Message.Kind.REMINDER_72H, Message.Kind.REMINDER_24H)


def planned_reminders(visit: Appointment) -> list[str]:
    """Kinds still to be sent, soonest first."""
    unsent = Message.objects.unsent().filter(appointment=visit, kind__in=REMINDERS)
    return list(unsent.order_by("due_at").values_list("kind", flat=True))


def is_reachable_by_email(about: Appointment | WaitlistEntry | Order) -> bool:
    return about.by_email and bool(about.email)


def messages_of(about: Appointment | Order) -> QuerySet[Message]:
    """What was sent and what will be, with its result; what was taken back before it left does not count."""
    shown = about.messages.exclude(status=Message.Status.WITHDRAWN)
    return shown.order_by("due_at", "pk")
