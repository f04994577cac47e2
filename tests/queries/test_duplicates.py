import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import Assignment
from scheduling.models import TwoPeople
from scheduling.queries.duplicates import likely_pairs, likely_the_same
from scheduling.rules.duplicates import Sign
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = pytest.mark.django_db
DAYS = iter(range(1000))


@pytest.fixture
def visit():
    return AppointmentFactory(status="done")


@pytest.fixture
def user(visit):
    return AssignmentFactory(location=visit.location, role=Assignment.Role.FRONT_DESK).user


def known_at(visit, **fields):
    at = visit.starts_at - dt.timedelta(days=next(DAYS) + 1)
    patient = PatientFactory(**fields)
    AppointmentFactory(
        patient=patient, scanner=visit.scanner, exam=visit.exam, starts_at=at, status="done", booked_at=NOW
    )
    return patient


def found(user):
    return [({pair.one.pk, pair.other.pk}, pair.likeness.signs[:2]) for pair in likely_pairs(user)]


@pytest.mark.parametrize(
    ("fields", "signs"),
    [
        ({"phone": "+15125550199", "email": ""}, (Sign.SAME_NAME, Sign.SAME_BIRTH_DATE)),
        ({"given_name": "Núñez", "family_name": "Ana"}, (Sign.SWAPPED_NAME, Sign.SAME_BIRTH_DATE)),
        ({"family_name": "Nuñes", "phone": ""}, (Sign.TYPO_IN_NAME, Sign.SAME_BIRTH_DATE)),
        ({"family_name": "Keller", "email": ""}, (Sign.OTHER_FAMILY_NAME, Sign.SAME_BIRTH_DATE)),
        ({"family_name": "Keller", "phone": ""}, (Sign.OTHER_FAMILY_NAME, Sign.SAME_BIRTH_DATE)),
        ({"birth_date": dt.date(1980, 5, 11), "email": ""}, (Sign.SAME_NAME, Sign.ONE_DIGIT)),
        ({"birth_date": dt.date(1980, 5, 11), "phone": ""}, (Sign.SAME_NAME, Sign.ONE_DIGIT)),
    ],
    ids=str,
)
def test_the_database_finds_what_the_rule_wants(visit, user, fields, signs):
    other = known_at(visit, **fields)
    assert found(user) == [({visit.patient_id, other.pk}, signs)]
    assert [pair.other for pair in likely_the_same(visit.patient, user)] == [other]


def test_day_and_month_the_other_way_round_need_no_contact(visit, user):
    one = known_at(visit, birth_date=dt.date(1970, 3, 4))
    other = known_at(visit, birth_date=dt.date(1970, 4, 3), phone="", email="")
    assert found(user) == [({one.pk, other.pk}, (Sign.SAME_NAME, Sign.DAY_AND_MONTH))]
    assert [pair.other for pair in likely_the_same(one, user)] == [other]


def test_families_other_centers_and_who_was_told_apart_are_left_out(visit, user):
    known_at(visit, given_name="Mateo")  # a twin
    known_at(visit, birth_date=dt.date(2010, 1, 1))  # a child
    AppointmentFactory(patient=PatientFactory())  # the same, known at another center only
    merged = known_at(visit)
    merged.merged_into = visit.patient
    merged.save()
    apart = known_at(visit)
    first, second = sorted([visit.patient_id, apart.pk])
    TwoPeople.objects.create(first_id=first, second_id=second, said_at=NOW, said_by=user)
    assert found(user) == []
    assert likely_the_same(visit.patient, user) == []


def test_the_likeliest_come_first_by_the_same_number_of_questions(visit, user):
    def asked():
        with CaptureQueriesContext(connection) as statements:
            pairs = likely_pairs(user)
        return len(statements), pairs

    known_at(visit, phone="", email="")
    few, _pairs = asked()
    for name in ("Bo", "Cy", "Di"):
        for family in ("Jonathan", "Johnathan"):
            known_at(visit, given_name=name, family_name=family)
    many, pairs = asked()
    assert many == few
    assert len(pairs) == 4
    points = [pair.likeness.points for pair in pairs]
    assert points == sorted(points, reverse=True)
