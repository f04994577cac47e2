import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint
from scheduling.models import TwoPeople
from tests.factories.locations import UserFactory
from tests.factories.merges import MergeFactory
from tests.factories.scheduling import BOOKED_AT, PatientFactory

pytestmark = pytest.mark.django_db


def broken_by(make, **fields) -> str | None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make(**fields)
    return broken_constraint(error.value)


def test_somebody_can_always_be_reached():
    PatientFactory(no_email=True, no_call=True)
    assert broken_by(PatientFactory, no_email=True, no_text=True, no_call=True) == "patient_can_be_reached"


def test_two_records_become_one_and_one_of_them_once():
    merge = MergeFactory()
    assert broken_by(MergeFactory, kept=merge.kept, merged=merge.kept) == "patient_merge_of_two"
    assert broken_by(MergeFactory, merged=merge.merged) == "patient_merged_once"
    merge.separated_at = BOOKED_AT
    merge.save()
    MergeFactory(merged=merge.merged)


def test_two_people_are_told_apart_once_and_in_one_order():
    one, other = PatientFactory(), PatientFactory()
    said = {"said_at": BOOKED_AT, "said_by": UserFactory()}
    assert broken_by(TwoPeople.objects.create, first=other, second=one, **said) == "two_people_in_order"
    TwoPeople.objects.create(first=one, second=other, **said)
    assert broken_by(TwoPeople.objects.create, first=one, second=other, **said) == "two_people_said_once"
