"""Papers of drafts and visits, and their files."""

import datetime as dt
import hashlib
import os
import stat
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from scheduling.actions import documents
from scheduling.actions.booking import confirm_booking
from scheduling.actions.documents import (
    NewFile,
    add_documents,
    note_view,
    remove_document,
    sweep_files,
)
from scheduling.actions.drafts import clear_draft, purge_old_drafts
from scheduling.actions.holds import place_hold
from scheduling.exceptions import AlreadyBooked, NotFound, TooLate, TooManyFiles
from scheduling.models import Appointment, AuditEvent, Document, Draft
from scheduling.queries.documents import MOST, open_document
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from scheduling.uploads.kinds import CleanFile, ContentType
from tests.factories.documents import DocumentFactory, stored_names
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory, DraftFactory, FullDraftFactory
from tests.factories.screening import ScreeningFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
ORDER, FRONT = Document.Kind.ORDER, Document.Kind.INSURANCE_FRONT
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def store():
    return storages["documents"]


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def visit(world):
    return AppointmentFactory(scanner=world[0], exam=world[1])


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """`with commit():` does at its end what waits for the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def new(*contents: bytes, name="order.jpg", kind=ContentType.JPEG) -> list[NewFile]:
    return [NewFile(name, CleanFile(kind, content)) for content in contents]


def add(owner, *contents: bytes, kind=ORDER, now=NOW, by=PATIENT, **options):
    return add_documents(owner=owner, kind=kind, files=new(*contents, **options), now=now, by=by)


def remove(owner, document, *, now=NOW):
    remove_document(owner=owner, document_id=document.pk, now=now, by=PATIENT)


def test_a_paper_is_kept_private_under_a_name_that_says_nothing(visit, store):
    (document,) = add(visit, b"a photo", name="Ana Nunez knee.jpg")

    assert (document.appointment, document.draft, document.kind) == (visit, None, "order")
    assert (document.original_name, document.size) == ("Ana Nunez knee.jpg", 7)
    assert document.sha256 == hashlib.sha256(b"a photo").hexdigest()
    with open_document(document) as file:
        assert file.read() == b"a photo"
    assert stat.S_IMODE(Path(store.path(document.stored_as)).stat().st_mode) == 0o600
    assert len(document.stored_as) == 48
    assert "Ana" not in document.stored_as


def test_each_paper_is_in_the_history_without_its_name(visit):
    (document,) = add(visit, b"a photo", name="Ana.jpg")
    note_view(document=document, now=NOW, by=Actor.staff(7))
    remove(visit, document)

    events = AuditEvent.objects.order_by("pk").filter(object_kind="document")
    assert [(event.event, event.actor_kind) for event in events] == [
        ("document.added", "patient"),
        ("document.viewed", "staff"),
        ("document.removed", "patient"),
    ]
    assert {event.location_id for event in events} == {visit.location.pk}
    assert "Ana" not in str([event.after for event in events])


def test_the_same_file_twice_is_one_paper(visit, commit):
    before = stored_names()
    with commit():
        (first,) = add(visit, b"a photo")
        assert add(visit, b"a photo") == []
        assert len(add(visit, b"other", b"other")) == 1

    assert Document.objects.count() == 2
    assert stored_names() - before == set(Document.objects.values_list("stored_as", flat=True))
    assert first in Document.objects.all()


def test_ten_pages_and_no_more(visit):
    add(visit, *(b"page %d" % number for number in range(9)))
    kept = stored_names()

    with pytest.raises(TooManyFiles):
        add(visit, b"ten", b"eleven")
    assert Document.objects.count() == 9
    assert stored_names() == kept

    add(visit, b"ten")
    assert Document.objects.count() == MOST[ORDER]


def test_all_papers_together_have_a_size(visit, monkeypatch):
    monkeypatch.setattr(documents, "MOST_BYTES", 10)
    add(visit, b"12345", kind=FRONT)
    add(visit, b"12345")
    with pytest.raises(TooManyFiles):
        add(visit, b"1")


def test_a_card_takes_the_place_of_the_one_before(visit, commit):
    (old_card,) = add(visit, b"old", kind=FRONT)
    with commit():
        (new_card,) = add(visit, b"new", kind=FRONT)

    assert list(Document.objects.all()) == [new_card]
    assert old_card.stored_as not in stored_names()
    with pytest.raises(TooManyFiles):
        add(visit, b"two", b"cards", kind=FRONT)
    assert list(Document.objects.all()) == [new_card]


def test_removing_takes_the_file_with_it_after_the_commit(visit, commit):
    (document,) = add(visit, b"a photo")
    with commit():
        remove(visit, document)
        assert document.stored_as in stored_names()

    assert document.stored_as not in stored_names()
    assert not Document.objects.exists()
    with pytest.raises(NotFound):
        remove(visit, document)


def test_nobody_removes_what_belongs_to_another_visit(visit):
    other = DocumentFactory(appointment=AppointmentFactory())
    with pytest.raises(NotFound):
        remove(visit, other)
    assert Document.objects.get() == other


def test_a_file_that_cannot_be_deleted_is_left_to_the_sweep(visit, commit, store, monkeypatch):
    (document,) = add(visit, b"a photo")

    def refuse(store, name):
        raise OSError

    monkeypatch.setattr(type(store), "delete", refuse)
    with commit():
        remove(visit, document)

    assert not Document.objects.exists()
    assert document.stored_as in stored_names()


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": NOW - MINUTE},
        {"status": "canceled", "canceled_at": NOW, "canceled_by": "patient:1"},
        {"status": "arrived"},
    ],
)
def test_papers_of_a_visit_come_and_go_until_it_starts(world, fields):
    fields = {"starts_at": NOW + MINUTE, **fields}
    visit = AppointmentFactory(scanner=world[0], exam=world[1], **fields)
    document = DocumentFactory(appointment=visit)
    with pytest.raises(TooLate):
        add(visit, b"a photo")
    with pytest.raises(TooLate):
        remove(visit, document)
    assert list(Document.objects.all()) == [document]


def test_a_paper_of_a_draft_is_an_answer_that_renews_its_hold(world):
    draft = ready_draft(*world)
    hold = place_hold(
        draft_id=draft.pk, location_id=draft.location.pk, starts_at=NINE_FORTY, now=NOW, by=PATIENT
    )
    add(draft, b"a photo", now=NOW + 5 * MINUTE)

    draft.refresh_from_db()
    hold.refresh_from_db()
    assert draft.updated_at == NOW + 5 * MINUTE
    assert hold.held_until == NOW + 15 * MINUTE
    assert AuditEvent.objects.get(event="document.added").location_id == draft.location.pk


def test_a_draft_without_a_center_may_have_papers():
    add(DraftFactory(), b"a photo")
    assert AuditEvent.objects.get(event="document.added").location_id is None


def book(draft):
    draft.refresh_from_db()
    return confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT).visit


def test_papers_go_with_the_draft_to_its_visit(world):
    draft = ready_draft(*world)
    add(draft, b"order")
    add(draft, b"card", kind=FRONT)

    visit = book(draft)

    assert {document.appointment for document in Document.objects.all()} == {visit}
    assert {document.draft for document in Document.objects.all()} == {None}
    with pytest.raises(AlreadyBooked):
        add(draft, b"late")
    with pytest.raises(AlreadyBooked):
        remove(draft, Document.objects.first())
    assert Document.objects.count() == 2


def old(**fields) -> Draft:
    return FullDraftFactory(updated_at=NOW - 8 * DAY, **fields)


def purge():
    return purge_old_drafts(days=7, now=NOW)


def test_papers_of_a_draft_that_led_to_nothing_go_with_it(commit):
    document = DocumentFactory(draft=old())
    with commit():
        assert purge() == 1
    assert not Document.objects.exists()
    assert document.stored_as not in stored_names()
    event = AuditEvent.objects.get(event="document.removed")
    assert (event.object_id, event.actor_name) == (str(document.pk), "draft-purge")


def test_papers_of_a_draft_that_stays_as_a_record_go_too(commit):
    draft = old()
    ScreeningFactory(appointment=None, draft=draft)
    document = DocumentFactory(draft=draft)
    with commit():
        assert purge() == 1
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert document.stored_as not in stored_names()


def test_papers_of_a_visit_outlive_its_draft(visit, commit):
    draft = old()
    Appointment.objects.filter(pk=visit.pk).update(draft=draft)
    document = DocumentFactory(appointment=visit)
    with commit():
        assert purge() == 1
    assert document.stored_as in stored_names()


def test_papers_that_a_call_is_about_are_kept():
    draft = old()
    TaskFactory(draft=draft, location=draft.location)
    document = DocumentFactory(draft=draft)
    assert purge() == 0
    clear_draft(draft_id=draft.pk, now=NOW, by=PATIENT)
    assert list(Document.objects.all()) == [document]


@pytest.mark.parametrize("is_recorded", [False, True])
def test_clearing_a_draft_clears_its_papers(commit, is_recorded):
    draft = FullDraftFactory()
    if is_recorded:
        ScreeningFactory(appointment=None, draft=draft)
    document = DocumentFactory(draft=draft)
    with commit():
        clear_draft(draft_id=draft.pk, now=NOW, by=PATIENT)
    assert not Document.objects.exists()
    assert document.stored_as not in stored_names()


def left_behind(store, name: str, *, ago: dt.timedelta) -> str:
    stored = store.save(name, ContentFile(b"of a process that died"))
    at = (NOW - ago).timestamp()
    os.utime(store.path(stored), (at, at))
    return stored


def test_files_without_a_row_are_swept_after_a_day(visit, store):
    document = DocumentFactory(appointment=visit)
    os.utime(store.path(document.stored_as), (0, 0))
    orphan = left_behind(store, "orphan", ago=DAY + MINUTE)
    fresh = left_behind(store, "fresh", ago=DAY - MINUTE)

    sweep_files(now=NOW)

    assert {document.stored_as, fresh} <= stored_names()
    assert orphan not in stored_names()
    store.delete(fresh)


def test_there_may_be_nothing_to_sweep(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "none")},
        },
    }
    assert sweep_files(now=NOW) == 0


def test_a_lost_file_is_not_found(visit, store):
    document = DocumentFactory(appointment=visit)
    store.delete(document.stored_as)
    with pytest.raises(NotFound):
        open_document(document)
