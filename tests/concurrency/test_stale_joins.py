"""A row that waits for its lock while another writer changes what it points to.

PostgreSQL checks such a row again with the *old* rows it was joined to: the row then seems to be missing,
or its place seems to be empty. So a lock is taken without joins. Here the other writer always wins.
"""

import contextlib
import threading
import time

import pytest
from django.db import connection, transaction

from scheduling.actions import canceling, delivery, holds
from scheduling.actions.drafts import save_answers
from scheduling.models import Appointment, Draft, Message
from scheduling.rules.actors import Actor
from tests.factories.journey import NOW, bookable, ready_draft
from tests.factories.locations import ScannerFactory
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import SidedExamFactory
from tests.programs import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@contextlib.contextmanager
def losing_to(change):
    """`change` is done first by another writer, who commits once we wait for it."""
    changed = threading.Event()

    def write():
        try:
            with transaction.atomic():
                change()
                changed.set()
                assert eventually(someone_waits, within=20)
                time.sleep(0.05)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert changed.wait(20)
    yield
    writer.join()


@pytest.fixture
def draft(transactional_db):
    return ready_draft(*bookable())


def test_a_draft_whose_exam_changes_is_still_found(draft):
    other = SidedExamFactory()
    with losing_to(lambda: Draft.objects.filter(pk=draft.pk).update(exam=other)):
        saved = save_answers(draft_id=draft.pk, answers={"given_name": "Ben"}, now=NOW)

    assert (saved.exam, saved.given_name) == (other, "Ben")


def test_a_draft_whose_center_changes_has_the_new_one(draft):
    other = ScannerFactory().location
    with losing_to(lambda: Draft.objects.filter(pk=draft.pk).update(location=other)), transaction.atomic():
        locked = holds.lock_draft(draft.pk)

    assert locked.location == other


def test_a_visit_that_is_moved_to_another_scanner_can_be_canceled(transactional_db):
    visit = MessageFactory().appointment
    other = ScannerFactory(location=visit.scanner.location)
    with losing_to(lambda: Appointment.objects.filter(pk=visit.pk).update(scanner=other)):
        canceled = canceling.cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=Actor.staff(7))

    assert (canceled.status, canceled.scanner) == ("canceled", other)


def test_delivery_goes_on_when_a_visit_is_moved_under_it(transactional_db):
    message = MessageFactory()
    other = ScannerFactory(location=message.appointment.scanner.location)
    moved = Appointment.objects.filter(pk=message.appointment_id)
    sent = []
    with losing_to(lambda: moved.update(scanner=other, ical_sequence=1)):
        delivery.deliver_due(send=sent.append, now=NOW)

    assert sent == []
    assert Message.objects.get().status == "withdrawn"
