"""`DocumentFactory(appointment=…)` or `DocumentFactory(draft=…)` is one page of an order, with its file."""

import hashlib

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from factory.django import DjangoModelFactory

from scheduling.models import Document
from tests.factories.scheduling import BOOKED_AT


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    class Params:
        content = factory.Sequence(lambda n: b"\xff\xd8\xff a photo %d" % n)

    kind = Document.Kind.ORDER
    original_name = factory.Sequence(lambda n: f"IMG_{n}.jpg")
    stored_as = factory.LazyAttribute(lambda row: storages["documents"].save("x", ContentFile(row.content)))
    content_type = "image/jpeg"
    size = factory.LazyAttribute(lambda row: len(row.content))
    sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.content).hexdigest())
    uploaded_at = BOOKED_AT
    uploaded_by = "patient:test"


def stored_names() -> set[str]:
    """What lies in the store."""
    return set(storages["documents"].listdir("")[1])
