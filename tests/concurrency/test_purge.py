"""The purge waits for nobody, and takes nothing that is in use."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from scheduling.actions.drafts import purge_old_drafts
from scheduling.actions.holds import lock_draft
from scheduling.models import Draft
from tests.factories.scheduling import DraftFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_a_draft_in_use_is_skipped():
    in_use, _other = DraftFactory(), DraftFactory()
    locked, purged = threading.Event(), threading.Event()

    def patient():
        try:
            with transaction.atomic():
                lock_draft(in_use.pk)
                locked.set()
                purged.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=patient)
    thread.start()
    assert locked.wait(10)
    try:
        assert purge_old_drafts(days=0, now=timezone.now()) == 1
    finally:
        purged.set()
        thread.join()

    assert list(Draft.objects.all()) == [in_use]
    assert purge_old_drafts(days=0, now=timezone.now()) == 1
    assert Draft.objects.count() == 0
