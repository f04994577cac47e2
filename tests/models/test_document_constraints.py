import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint
from tests.factories.documents import DocumentFactory
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import AppointmentFactory, DraftFactory

pytestmark = pytest.mark.django_db


def broken_by(**fields) -> str | None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        DocumentFactory(**fields)
    return broken_constraint(error.value)


def test_a_paper_belongs_to_a_draft_to_a_visit_or_to_an_order():
    visit, draft, order = AppointmentFactory(), DraftFactory(), OrderFactory()
    name = "document_of_draft_visit_or_order"
    assert broken_by() == name
    assert broken_by(appointment=visit, draft=draft) == name
    assert broken_by(appointment=visit, order=order) == name
    for owner in ({"appointment": visit}, {"draft": draft}, {"order": order}):
        DocumentFactory(**owner)


@pytest.mark.parametrize("content_type", ["", "text/html", "image/svg+xml", "image/png"])
def test_a_paper_is_of_a_kind_that_we_make(content_type):
    assert (
        broken_by(appointment=AppointmentFactory(), content_type=content_type)
        == "document_content_type_known"
    )
