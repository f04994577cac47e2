import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from locations.models import Assignment
from scheduling.models import AuditEvent
from tests.factories.locations import AssignmentFactory
from tests.factories.waitlist import WaitlistFactory, WaitlistMessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(client):
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    return WaitlistFactory()


def test_the_list_counts_who_waits_where(client, entry):
    page = client.get(reverse("admin:scheduling_waitlistentry_changelist")).content.decode()

    assert "1 waitlist" in page
    assert entry.draft.location.name in page
    assert "Mon, Nov 30 – Sun, Dec 6" in page
    assert "Núñez" not in page


def test_looking_at_an_entry_is_audited_and_its_title_names_nobody(client, entry):
    page = client.get(reverse("admin:scheduling_waitlistentry_change", args=[entry.pk])).content.decode()

    title = page.partition("<title>")[2].partition("</title>")[0]
    assert title.startswith("View waitlist entry")
    assert AuditEvent.objects.filter(event="visit.viewed", object_kind="waitlistentry").count() == 1


def test_the_list_of_messages_names_the_entry(client, entry):
    WaitlistMessageFactory(waitlist_entry=entry)

    page = client.get(reverse("admin:scheduling_message_changelist")).content.decode()

    assert f"waitlist entry {entry.pk}" in page


def test_the_list_asks_the_same_number_of_queries_for_one_and_for_three(
    client, entry, django_assert_num_queries
):
    address = reverse("admin:scheduling_waitlistentry_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    WaitlistFactory.create_batch(2)
    with django_assert_num_queries(len(one)):
        client.get(address)
