"""Papers of a draft, a visit or an order: added, removed, and thrown away with a draft that led to nothing.

A file is written before its row and deleted after the row is gone, so that a row never lacks its file. What a
crash leaves in between, `sweep_files` takes away.
"""

import hashlib
import logging
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet

from scheduling.actions import audit, orders
from scheduling.actions.holds import lock_draft, renew_hold
from scheduling.actions.order_visits import lock_order
from scheduling.exceptions import AlreadyBooked, BookingError, NotFound, OrderGone, TooLate, TooManyFiles
from scheduling.models import Appointment, AuditEvent, Document, Draft, Order
from scheduling.queries.access import visit_of_draft
from scheduling.queries.documents import MOST, MOST_BYTES, STORE, Holder, documents_of
from scheduling.rules.actors import Actor
from scheduling.uploads.kinds import CleanFile

logger = logging.getLogger(__name__)

ORPHAN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewFile:
    name: str  # as the sender calls it
    clean: CleanFile


def add_documents(
    *, owner: Holder, kind: Document.Kind, files: Sequence[NewFile], now: datetime, by: Actor
) -> list[Document]:
    """All of them or none; the same file a second time is the one that is there. Where a kind may have one
    file, it takes the place of the one before.

    Raises AlreadyBooked (a draft that became a visit), TooLate (a visit that is not ahead), OrderGone, and
    TooManyFiles.
    """
    stored = [_store(file) for file in files]  # before any lock: a slow store must hold up nobody
    try:
        return _add_rows(owner, kind, stored, now=now, by=by)
    except BookingError:
        _delete_files([each.name for each in stored])
        raise


@transaction.atomic
def remove_document(*, owner: Holder, document_id: UUID, now: datetime, by: Actor) -> None:
    """Raises AlreadyBooked, TooLate, OrderGone, and NotFound for what is another's or gone by now."""
    owner = _lock(owner, now)
    found = documents_of(owner).filter(pk=document_id)
    document = found.first()
    if document is None:
        raise NotFound
    _discard(found, now=now, by=by)
    _follow(owner, Document.Kind(document.kind), now=now, by=by)


def move_to_visit(*, draft: Draft, appointment: Appointment) -> None:
    """At booking, in the caller's transaction."""
    draft.documents.update(draft=None, appointment=appointment)


def forget_drafts(drafts: Iterable[UUID], *, now: datetime, by: Actor) -> None:
    """Before what was typed into them is forgotten, in the caller's transaction."""
    _discard(Document.objects.filter(draft__in=drafts), now=now, by=by)


def sweep_files(*, now: datetime) -> int:
    """Deletes files without a row that are older than a day; younger ones may be about to get theirs."""
    store, count = storages[STORE], 0
    try:
        _folders, names = store.listdir("")
    except FileNotFoundError:  # nothing was ever stored
        return 0
    for name in set(names) - set(Document.objects.values_list("stored_as", flat=True)):
        if store.get_modified_time(name) < now - ORPHAN_AFTER:
            store.delete(name)
            count += 1
    return count


def _lock(owner: Holder, now: datetime) -> Holder:
    if isinstance(owner, Draft):
        draft = lock_draft(owner.pk)
        if visit_of_draft(draft):
            raise AlreadyBooked
        Draft.objects.filter(pk=draft.pk).update(updated_at=now)
        renew_hold(draft_id=draft.pk, now=now)
        return draft
    if isinstance(owner, Order):
        order = lock_order(owner.pk)
        if order.status == Order.Status.CLOSED:
            raise OrderGone
        return order
    locked = Appointment.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if not locked.is_ahead(now):
        raise TooLate
    return Appointment.objects.with_place().get(pk=locked.pk)


@dataclass(frozen=True, slots=True)
class _Stored:
    name: str  # in the store
    file: NewFile
    sha256: str


def _store(file: NewFile) -> _Stored:
    content = file.clean.content
    name = storages[STORE].save(secrets.token_hex(24), ContentFile(content))
    return _Stored(name, file, hashlib.sha256(content).hexdigest())


@transaction.atomic
def _add_rows(
    owner: Holder, kind: Document.Kind, stored: Sequence[_Stored], *, now: datetime, by: Actor
) -> list[Document]:
    owner = _lock(owner, now)
    if MOST[kind] == 1:
        _discard(documents_of(owner, kind), now=now, by=by)
    known = set(documents_of(owner, kind).values_list("sha256", flat=True))
    new = {each.sha256: each for each in stored if each.sha256 not in known}
    _check_room(owner, kind, new.values())
    added = [_add(owner, kind, each, position, now=now, by=by) for position, each in enumerate(new.values())]
    spare = [each.name for each in stored if each not in new.values()]
    transaction.on_commit(partial(_delete_files, spare))
    _follow(owner, kind, now=now, by=by)
    return added


def _check_room(owner: Holder, kind: Document.Kind, new: Collection[_Stored]) -> None:
    kept = list(documents_of(owner))
    count = sum(document.kind == kind for document in kept) + len(new)
    size = sum(document.size for document in kept) + sum(len(each.file.clean.content) for each in new)
    if count > MOST[kind] or size > MOST_BYTES:
        raise TooManyFiles


def _add(
    owner: Holder, kind: Document.Kind, stored: _Stored, position: int, *, now: datetime, by: Actor
) -> Document:
    document = Document.objects.create(
        kind=kind,
        draft=owner if isinstance(owner, Draft) else None,
        appointment=owner if isinstance(owner, Appointment) else None,
        order=owner if isinstance(owner, Order) else None,
        original_name=stored.file.name[-255:],
        stored_as=stored.name,
        content_type=stored.file.clean.content_type,
        size=len(stored.file.clean.content),
        sha256=stored.sha256,
        position=position,
        uploaded_at=now,
        uploaded_by=str(by),
    )
    _record(AuditEvent.Event.DOCUMENT_ADDED, document, now=now, by=by)
    return document


def _discard(documents: QuerySet[Document], *, now: datetime, by: Actor) -> None:
    for document in documents.select_related("draft", "appointment__scanner", "order"):
        _record(AuditEvent.Event.DOCUMENT_REMOVED, document, now=now, by=by)
    _throw_away(documents)


def _throw_away(documents: QuerySet[Document]) -> None:
    names = list(documents.values_list("stored_as", flat=True))
    documents.delete()
    transaction.on_commit(partial(_delete_files, names))


def _delete_files(names: Sequence[str]) -> None:
    """The rows are gone for good. A file that cannot be deleted now is swept later."""
    for name in names:
        try:
            storages[STORE].delete(name)
        except Exception as error:  # each store has errors of its own
            logger.warning("a document's file is left to the sweep: %s", type(error).__name__)


def _follow(owner: Holder, kind: Document.Kind, *, now: datetime, by: Actor) -> None:
    if kind == Document.Kind.ORDER and isinstance(owner, Appointment):
        orders.follow_order(appointment=owner, now=now, by=by)


def note_view(*, document: Document, now: datetime, by: Actor) -> None:
    """Views of a patient's papers belong to the history as changes do."""
    _record(AuditEvent.Event.DOCUMENT_VIEWED, document, now=now, by=by)


def _record(event: AuditEvent.Event, document: Document, *, now: datetime, by: Actor) -> None:
    visit, about = document.appointment, document.draft or document.order
    location_id = visit.scanner.location_id if visit else about.location_id if about else None
    audit.record(
        event=event,
        subject=document,
        location_id=location_id,
        after={"kind": document.kind, "appointment": document.appointment_id},
        now=now,
        by=by,
    )
