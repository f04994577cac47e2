import datetime as dt
import os

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from alliance.celery import app
from scheduling import tasks
from scheduling.models import Appointment, Attempts, Draft
from tests.factories.documents import DocumentFactory, stored_names
from tests.factories.scheduling import DraftFactory, HoldFactory
from tests.factories.waitlist import WaitlistFactory


def test_beat_calls_only_tasks_that_exist_and_gives_them_nothing():
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert "args" not in entry
        assert "kwargs" not in entry


@pytest.mark.django_db
def test_expire_dead_holds():
    hold = HoldFactory(created_at=timezone.now() - dt.timedelta(minutes=11))
    tasks.expire_dead_holds()
    hold.refresh_from_db()
    assert hold.status == Appointment.Status.EXPIRED


@pytest.mark.django_db
def test_purge_old_drafts_with_their_ended_holds_and_old_counters(settings):
    settings.DRAFT_RETENTION_DAYS = 7
    now = timezone.now()
    old = DraftFactory(updated_at=now - dt.timedelta(days=7, minutes=1))
    HoldFactory(draft=old, status=Appointment.Status.EXPIRED, held_until=None)
    young = DraftFactory(updated_at=now - dt.timedelta(days=6, hours=23))
    Attempts.objects.create(key="old", window_ends_at=now - dt.timedelta(seconds=1), count=1)
    Attempts.objects.create(key="young", window_ends_at=now + dt.timedelta(minutes=1), count=1)
    tasks.purge_old_drafts()
    assert list(Draft.objects.all()) == [young]
    assert not Appointment.objects.exists()
    assert list(Attempts.objects.values_list("key", flat=True)) == ["young"]


@pytest.mark.django_db
def test_places_on_the_waitlist_lapse_and_are_forgotten(settings):
    settings.DRAFT_RETENTION_DAYS = 7
    now = timezone.now()
    over = WaitlistFactory(first_day=dt.date(2020, 1, 1), last_day=dt.date(2020, 1, 2))
    ended = WaitlistFactory(status="left", ended_at=now - dt.timedelta(days=8))
    tasks.purge_old_drafts()
    over.refresh_from_db()
    ended.refresh_from_db()
    assert (over.status, over.given_name, ended.given_name) == ("lapsed", "Ana", "")


@pytest.mark.django_db
def test_clear_old_sessions():
    for key, days in (("old", -1), ("young", 1)):
        expires = timezone.now() + dt.timedelta(days=days)
        Session.objects.create(session_key=key, session_data="", expire_date=expires)

    tasks.clear_old_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["young"]


@pytest.mark.django_db
def test_sweep_files_leaves_what_has_a_row_and_what_is_young():
    store = storages["documents"]
    kept = DocumentFactory(draft=DraftFactory()).stored_as
    orphan, young = (store.save("x", ContentFile(b"x")) for _ in range(2))
    for name in (kept, orphan):
        os.utime(store.path(name), (0, 0))

    tasks.sweep_files()

    assert kept in stored_names()
    assert young in stored_names()
    assert orphan not in stored_names()
