import factory
from factory.django import DjangoModelFactory

from scheduling.models import Implant
from tests.factories.locations import UserFactory
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory


class ImplantFactory(DjangoModelFactory):
    """Looked up at an earlier visit of the patient."""

    class Meta:
        model = Implant

    appointment = factory.SubFactory(AppointmentFactory)
    patient = factory.SelfAttribute("appointment.patient")
    what = "Loop recorder"
    make_model = "Medtronic Reveal LINQ"
    conditions = "MR Conditional at 1.5 T"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = BOOKED_AT
