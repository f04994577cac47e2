import datetime as dt

import pytest
from django.db import Error, transaction

from scheduling.actions.holds import broken_constraint
from scheduling.models import WaitlistEntry
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = pytest.mark.django_db


def constraint_broken_by(write) -> str | None:
    with pytest.raises(Error) as caught, transaction.atomic():
        write()
    return broken_constraint(caught.value)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"draft": None}, "waitlist_of_one_draft_or_visit"),
        ({"last_day": dt.date(2026, 11, 29)}, "waitlist_days_in_order"),
        ({"weekdays": []}, "waitlist_weekdays_in_week"),
        ({"weekdays": [1, 7]}, "waitlist_weekdays_in_week"),
        ({"parts": []}, "waitlist_parts_known"),
        ({"parts": ["morning", "night"]}, "waitlist_parts_known"),
        ({"notice_hours": 169}, "waitlist_notice_in_range"),
        ({"given_name": ""}, "waitlist_active_can_be_reached"),
        ({"birth_date": None}, "waitlist_active_can_be_reached"),
        ({"by_email": False}, "waitlist_active_can_be_reached"),
        ({"status": "left"}, "waitlist_ended_at_only_when_ended"),
        ({"status": "gone", "ended_at": BOOKED_AT}, "waitlist_ended_at_only_when_ended"),
        ({"removed_because": "asked"}, "waitlist_removed_because_of_something"),
        ({"status": "removed", "ended_at": BOOKED_AT}, "waitlist_removed_because_of_something"),
        ({"ended_at": BOOKED_AT}, "waitlist_ended_at_only_when_ended"),
    ],
)
def test_broken_entry_is_refused(values, constraint):
    entry = WaitlistFactory()

    assert constraint_broken_by(lambda: WaitlistEntry.objects.filter(pk=entry.pk).update(**values)) == (
        constraint
    )


def test_an_entry_is_of_a_draft_or_of_a_visit_and_not_of_both():
    entry = WaitlistFactory()
    visit = AppointmentFactory()

    def both():
        WaitlistEntry.objects.filter(pk=entry.pk).update(appointment=visit)

    assert constraint_broken_by(both) == "waitlist_of_one_draft_or_visit"


def test_a_draft_waits_once():
    entry = WaitlistFactory()

    assert constraint_broken_by(lambda: WaitlistFactory(draft=entry.draft)) == "waitlist_one_active_per_draft"

    WaitlistEntry.objects.update(status="left", ended_at=BOOKED_AT)
    WaitlistFactory(draft=entry.draft)


def test_a_visit_waits_once():
    visit = AppointmentFactory()
    WaitlistFactory(draft=None, appointment=visit)

    assert (
        constraint_broken_by(lambda: WaitlistFactory(draft=None, appointment=visit))
        == "waitlist_one_active_per_visit"
    )


def test_a_link_names_one_entry():
    entry = WaitlistFactory()

    assert (
        constraint_broken_by(lambda: WaitlistFactory(link_key=entry.link_key)) == "waitlist_link_key_unique"
    )


def test_an_ended_entry_may_be_forgotten():
    WaitlistFactory()

    WaitlistEntry.objects.update(
        status="lapsed", ended_at=BOOKED_AT, given_name="", birth_date=None, by_email=False, email=""
    )
