"""Orders that wait at a desk: half typed, urgent, ready, invited and on the call list."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from locations.models import Location
from scheduling.actions.documents import NewFile, add_documents
from scheduling.actions.order_inbox import receive_order, save_order
from scheduling.actions.order_invitations import invite_to_book
from scheduling.management.demo.papers import drawn
from scheduling.models import Document, Exam, Order
from scheduling.rules.actors import Actor
from scheduling.uploads.cleaning import clean_file

BY = Actor.process("make_demo")
PRACTICE: Final = {
    "clinician": "Dr. R. Example",
    "practice": "Hill Country Family Practice",
    "practice_phone": "512-555-0190",
    "practice_fax": "512-555-0191",
}
# Days ago, the exam, what was typed, and whether they were invited.
ORDERS: Final[tuple[tuple[int, str, dict[str, Any], bool], ...]] = (
    (0, "knee-mri", {"given_name": "Maeve", "family_name": "O’Connor", "laterality": "left"}, False),
    (1, "brain-mri", {"given_name": "Jürgen", "family_name": "Weiß", "email": "weiss@example.com"}, False),
    (2, "shoulder-mri", {"given_name": "Imani", "family_name": "Baptiste", "laterality": "right"}, True),
    (3, "brain-mri", {"given_name": "Linh", "family_name": "Trần", "email": "linh.tran@example.com"}, True),
    (1, "chest-ct", {"given_name": "Walter", "family_name": "Davis", "urgency": "urgent"}, False),
)


def make_orders(*, now: datetime) -> None:
    location = Location.objects.get(slug="riverside")
    for number, (days, slug, said, is_invited) in enumerate(ORDERS):
        exam = Exam.objects.filter(slug=slug, offerings__location=location).first()
        if exam is not None:
            order = _receive(location, exam, number, said, now - timedelta(days=days))
            if is_invited:
                invite_to_book(order_id=order.pk, version=order.version, now=now, by=BY)
    _a_fax(location, now)


def _receive(location: Location, exam: Exam, number: int, said: dict[str, Any], at: datetime) -> Order:
    came_by = Order.CameBy.TYPED
    order = receive_order(order_id=uuid4(), location=location, came_by=came_by, exam=exam, now=at, by=BY)
    born = (at - timedelta(days=365 * (35 + 7 * number))).date()
    fields = {**PRACTICE, "birth_date": born, "ordered_on": at.date(), "indication": "Pain for six weeks"}
    phone = {"phone": f"+1512555017{number}", "phone_as_typed": f"512-555-017{number}"}
    given = {**fields, **phone, **said}
    return save_order(order_id=order.pk, version=order.version, fields=given, now=at, by=BY)


def _a_fax(location: Location, now: datetime) -> None:
    """That nobody has typed in yet."""
    came_by = Order.CameBy.UPLOADED
    order = receive_order(order_id=uuid4(), location=location, came_by=came_by, now=now, by=BY)
    page = NewFile("fax.jpg", clean_file(drawn("Ankle MRI, right")))
    add_documents(owner=order, kind=Document.Kind.ORDER, files=[page], now=now, by=BY)
