"""Somebody who was invited on a Monday in 2026 and has not come yet, with the link that is open."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Message, StaffLink
from scheduling.rules.codes import new_link_key
from tests.factories.locations import UserFactory
from tests.factories.scheduling import BOOKED_AT


class StaffLinkFactory(DjangoModelFactory):
    class Meta:
        model = StaffLink

    user = factory.SubFactory(UserFactory, is_invited=True)
    kind = StaffLink.Kind.JOIN
    key = factory.LazyFunction(new_link_key)
    made_at = BOOKED_AT
    ends_at = factory.LazyAttribute(lambda link: link.made_at + dt.timedelta(days=3))


class AccountMessageFactory(DjangoModelFactory):
    """To somebody of the staff, about their own account."""

    class Meta:
        model = Message

    staff = factory.SubFactory(UserFactory)
    kind = Message.Kind.PASSWORD_SET
    due_at = BOOKED_AT
    drop_after = BOOKED_AT + dt.timedelta(days=1)
    created_at = BOOKED_AT
