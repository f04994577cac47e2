"""What is planned to be sent, and to whom anything can be."""

from scheduling.models import Appointment, Message, WaitlistEntry

REMINDERS = (Message.Kind.REMINDER_72H, Message.Kind.REMINDER_24H)


def planned_reminders(visit: Appointment) -> list[str]:
    """Kinds still to be sent, soonest first."""
    unsent = Message.objects.unsent().filter(appointment=visit, kind__in=REMINDERS)
    return list(unsent.order_by("due_at").values_list("kind", flat=True))


def is_reachable_by_email(about: Appointment | WaitlistEntry) -> bool:
    return about.by_email and bool(about.email)
