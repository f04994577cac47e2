import pytest

from scheduling.actions.patients import match_or_create
from scheduling.models import Patient
from tests.factories.journey import NOW
from tests.factories.scheduling import DraftFactory, PatientFactory

pytestmark = pytest.mark.django_db
ANA = {"given_name": "Ana", "family_name": "Núñez", "birth_date": "1980-05-17"}


def matched(**contact):
    draft = DraftFactory(**ANA, **contact)
    draft.refresh_from_db()
    return match_or_create(draft=draft, now=NOW)


@pytest.mark.parametrize(
    "contact", [{"phone": "+15125550147"}, {"email": "ANA@example.com"}], ids=["phone", "email"]
)
def test_one_way_to_reach_someone_is_enough_to_know_them(contact):
    ana = PatientFactory()

    assert matched(**contact) == ana


@pytest.mark.parametrize("contact", [{}, {"email": "other@example.com"}], ids=["none", "another"])
def test_without_a_known_way_it_is_a_new_record(contact):
    ana = PatientFactory()

    assert matched(**contact) != ana
    assert Patient.objects.count() == 2
