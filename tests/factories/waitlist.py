"""`WaitlistFactory` is Ana waiting at the draft's center, from Monday to Sunday of the first week of
December, any time of the day, with two hours' notice. Give `appointment=` (and `draft=None`) for a visit.
"""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Message, WaitlistEntry
from scheduling.rules import codes
from tests.factories.scheduling import BOOKED_AT, STARTS_AT, FullDraftFactory


class WaitlistFactory(DjangoModelFactory):
    class Meta:
        model = WaitlistEntry
        skip_postgeneration_save = True

    draft = factory.SubFactory(FullDraftFactory, starts_at=None)
    exam = factory.LazyAttribute(lambda entry: (entry.draft or entry.appointment).exam)
    appointment = None
    first_day = dt.date(2026, 11, 30)
    last_day = dt.date(2026, 12, 6)
    weekdays = factory.LazyFunction(lambda: list(range(7)))
    parts = factory.LazyFunction(lambda: ["morning", "afternoon", "evening"])
    notice_hours = 2
    given_name = "Ana"
    family_name = "Núñez"
    birth_date = dt.date(1980, 5, 17)
    by_email = True
    email = "ana@example.com"
    link_key = factory.LazyFunction(codes.new_link_key)
    created_at = BOOKED_AT

    @factory.post_generation
    def locations(self, create, extracted, **kwargs):
        if create:
            self.locations.set(extracted or [(self.draft or self.appointment).location])


class WaitlistMessageFactory(DjangoModelFactory):
    """Due when the entry was made, useless after Tuesday, 9:40 am."""

    class Meta:
        model = Message

    waitlist_entry = factory.SubFactory(WaitlistFactory)
    kind = Message.Kind.CONFIRMATION
    due_at = BOOKED_AT
    drop_after = STARTS_AT
    created_at = BOOKED_AT
