import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import SecondScreen
from tests.factories.locations import UserFactory
from tests.factories.screening import ScreeningFactory


class SecondScreenFactory(DjangoModelFactory):
    """Signed half an hour before the visit, with nothing reported: the MRI may begin."""

    class Meta:
        model = SecondScreen

    screening = factory.SubFactory(
        ScreeningFactory, draft=None, appointment=factory.SelfAttribute("..appointment")
    )
    companion = SecondScreen.Companion.NOBODY
    signed_by = factory.SubFactory(UserFactory)
    signed_as = "Dana Kim, technologist"
    signed_at = factory.LazyAttribute(lambda screen: screen.appointment.starts_at - dt.timedelta(minutes=30))
