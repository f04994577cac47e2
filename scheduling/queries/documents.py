"""Which papers there are of a draft, a visit or an order, and how many more it may have."""

from collections.abc import Iterable
from typing import Any, Final

from django.core.files import File
from django.core.files.storage import storages
from django.db.models import F, Q, QuerySet

from scheduling.exceptions import NotFound
from scheduling.models import Appointment, Document, Draft, Order

MOST: Final = {
    Document.Kind.ORDER: 10,
    Document.Kind.INSURANCE_FRONT: 1,
    Document.Kind.INSURANCE_BACK: 1,
    Document.Kind.DEVICE_CARD: 2,
}
MOST_BYTES: Final = 60_000_000  # of all papers of one owner, as they are kept
STORE: Final = "documents"  # settings.STORAGES

Owner = Draft | Appointment
Holder = Owner | Order


def documents_of(owner: Holder, *kinds: Document.Kind) -> QuerySet[Document]:
    """Of these kinds, or of all; in the order they came."""
    return owner.documents.filter(kind__in=kinds) if kinds else owner.documents.all()


def has_order_document(owner: Holder) -> bool:
    return documents_of(owner, Document.Kind.ORDER).exists()


def documents_by_owner(
    visits: Iterable[Any], drafts: Iterable[Any], orders: Iterable[Any] = ()
) -> dict[object, list[Document]]:
    """By the key of the visit, of the draft or of the order; of a visit, those of its order come first."""
    found: dict[object, list[Document]] = {}
    for document, visit_id in _papers_of_orders(visits):
        found.setdefault(visit_id, []).append(document)
    owned = Q(appointment__in=visits) | Q(draft__in=drafts) | Q(order__in=orders)
    for document in Document.objects.filter(owned):
        key = document.appointment_id or document.draft_id or document.order_id
        found.setdefault(key, []).append(document)
    return found


def _papers_of_orders(visits: Iterable[Any]) -> list[tuple[Document, int]]:
    papers = Document.objects.filter(order__visits__in=visits).annotate(visit_id=F("order__visits"))
    return [(document, document.visit_id) for document in papers]


def open_document(document: Document) -> "File[bytes]":
    """Its bytes. Raises NotFound where the store has lost them."""
    try:
        return storages[STORE].open(document.stored_as)
    except FileNotFoundError as error:
        raise NotFound from error
