import factory
from factory.django import DjangoModelFactory

from scheduling.models import PatientMerge
from tests.factories.locations import UserFactory
from tests.factories.scheduling import BOOKED_AT, PatientFactory


class MergeFactory(DjangoModelFactory):
    """Of a record that had nothing; the one that stayed was changed since."""

    class Meta:
        model = PatientMerge

    kept = factory.SubFactory(PatientFactory)
    merged = factory.SubFactory(PatientFactory, merged_into=factory.SelfAttribute("..kept"))
    moved = factory.LazyFunction(lambda: {"appointment": [], "implant": [], "order": [], "twopeople": []})
    before = factory.LazyFunction(dict)
    kept_version = 99
    merged_at = BOOKED_AT
    merged_by = factory.SubFactory(UserFactory)
