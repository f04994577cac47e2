"""`MessageFactory` is the confirmation of a booked visit, due when it was booked."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Message
from tests.factories.locations import LocationFactory, UserFactory
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory

ABOUT_ACCOUNTS = ("staff_invited", "staff_password", "password_set", "factor_reset", "email_changed")
NOT_ABOUT_A_VISIT = ("waitlist", "overdue", "order_invited", "order_reminded", *ABOUT_ACCOUNTS)


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    appointment = factory.SubFactory(AppointmentFactory)
    kind = Message.Kind.CONFIRMATION
    ical_sequence = factory.SelfAttribute("appointment.ical_sequence")
    language = factory.SelfAttribute("appointment.language")
    due_at = factory.SelfAttribute("appointment.booked_at")
    drop_after = factory.SelfAttribute("appointment.starts_at")
    created_at = factory.SelfAttribute("appointment.booked_at")


def visits_apart(count: int, **values: object) -> list:
    """Booked visits of different patients on one scanner, an hour apart, each with a confirmation due."""
    first = MessageFactory(**values)
    scanner, exam = first.appointment.scanner, first.appointment.exam
    return [first] + [
        MessageFactory(
            appointment__scanner=scanner,
            appointment__exam=exam,
            **{**values, "appointment__starts_at": first.appointment.starts_at + dt.timedelta(hours=n)},
        )
        for n in range(1, count)
    ]


class StaffMessageFactory(DjangoModelFactory):
    """To a manager: work is overdue."""

    class Meta:
        model = Message

    location = factory.SubFactory(LocationFactory)
    staff = factory.SubFactory(UserFactory)
    kind = Message.Kind.OVERDUE
    due_at = BOOKED_AT
    drop_after = BOOKED_AT + dt.timedelta(days=1)
    created_at = BOOKED_AT
