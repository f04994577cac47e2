import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.holds import broken_constraint
from tests.factories.scheduling import PatientFactory

pytestmark = pytest.mark.django_db


def broken_by(make, **fields) -> str | None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make(**fields)
    return broken_constraint(error.value)


def test_somebody_can_always_be_reached():
    PatientFactory(no_email=True, no_call=True)
    assert broken_by(PatientFactory, no_email=True, no_text=True, no_call=True) == "patient_can_be_reached"
