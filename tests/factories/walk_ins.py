"""An X-ray center that takes people without a time: one room, a knee X-ray of 10 minutes, turnover 5."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from locations.models import Scanner
from scheduling.models import Appointment, Draft, WalkIn
from tests.factories.locations import AssignmentFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import DraftFactory, OfferingFactory, SidedExamFactory


def xray_center(**room) -> Scanner:
    """Its exam is `room.exam`."""
    location = OpenLocationFactory(takes_walk_in_xray=True)
    room = ScannerFactory(location=location, modality="XR", name="X-ray 1", **room)
    room.exam = xray_of(room)
    return room


def xray_of(room, **exam):
    usual = {"modality": "XR", "name": "Knee X-ray", "minutes": 10, "minutes_both_sides": 15}
    exam = SidedExamFactory(**{**usual, **exam})
    OfferingFactory(exam=exam, location=room.location)
    return exam


class WalkInDraftFactory(DraftFactory):
    """Everything is typed; the center asks no questions. Give `desk`."""

    source = Appointment.Source.WALK_IN
    location = factory.SelfAttribute("desk")
    started_by = factory.LazyAttribute(lambda draft: AssignmentFactory(location=draft.desk).user)
    laterality = "left"
    order_status = Appointment.OrderStatus.RECEIVED
    booking_for = Draft.BookingFor.SELF
    given_name = "Ana"
    family_name = "Núñez"
    birth_date = dt.date(1980, 5, 17)


class WalkInFactory(DjangoModelFactory):
    """Give `location`, `draft__exam` and `came_at`."""

    class Meta:
        model = WalkIn

    draft = factory.SubFactory(WalkInDraftFactory, desk=factory.SelfAttribute("..location"))


def waiting(room: Scanner, came_at, given_name="Ana", **draft) -> WalkIn:
    exam = draft.pop("exam", None) or room.exam
    fields = {f"draft__{name}": value for name, value in draft.items()}
    return WalkInFactory(
        location=room.location, came_at=came_at, draft__exam=exam, draft__given_name=given_name, **fields
    )
