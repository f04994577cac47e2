import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.duplicates import Person, is_one_person, likeness

BORN = dt.date(1980, 5, 17)
ELEVENTH = dt.date(1980, 5, 11)
PHONE, EMAIL = "+15125550147", "ana@example.com"


def person(name="Ana|Núñez", born=BORN, phone="", email=""):
    first, _bar, last = name.partition("|")
    return Person(first, last, born, phone, email)


ANA = {"phone": PHONE, "email": EMAIL}


@pytest.mark.parametrize(
    ("one", "other", "signs"),
    [
        (person(), person("ANA|NUNEZ"), "same_name same_birth_date"),
        (person(), person("Núñez|Ana"), "swapped_name same_birth_date"),
        (person("Ana Núñez|García"), person("Ana|Núñez García"), "same_name same_birth_date"),
        (person("Ana|Núñez García"), person(), "name_inside same_birth_date"),
        (person("Jonathan|Smith"), person("Johnathan|Smith"), "typo_in_name same_birth_date"),
        (person("Jonathan|Smith"), person("Jonathan|Smiht"), "typo_in_name same_birth_date"),
        (
            person("Ana|Núñez", phone=PHONE),
            person("Ana|Keller", phone=PHONE),
            "other_family_name same_birth_date same_phone",
        ),
        (
            person(email=EMAIL, born=dt.date(1980, 3, 4)),
            person(email="ANA@example.com", born=dt.date(1980, 4, 3)),
            "same_name day_and_month same_email",
        ),
        (person(born=dt.date(1980, 3, 4)), person(born=dt.date(1980, 4, 3)), "same_name day_and_month"),
        (
            person(**ANA),
            person(**ANA, born=ELEVENTH),
            "same_name one_digit same_phone same_email",
        ),
    ],
    ids=str,
)
def test_one_person(one, other, signs):
    found = likeness(one, other)
    assert found is not None
    assert " ".join(found.signs) == signs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(person("Lucía|Ríos", **ANA), person("Mateo|Ríos", **ANA), id="twins"),
        pytest.param(person("Daniel|Ríos", **ANA), person("Daniela|Ríos", **ANA), id="twins, by the ending"),
        pytest.param(person("Mario|Ríos", **ANA), person("Maria|Ríos", **ANA), id="twins, by a letter"),
        pytest.param(person("Ana|Ríos", **ANA), person("Eva|Ríos", **ANA), id="twins with short names"),
        pytest.param(
            person("José María|Ríos", **ANA), person("María José|Ríos", **ANA), id="twins, names in turn"
        ),
        pytest.param(
            person("José|Ríos", dt.date(1950, 1, 9), **ANA), person("José|Ríos", **ANA), id="father and son"
        ),
        pytest.param(
            person("Ana|Ríos", dt.date(2010, 6, 2), **ANA),
            person("Ana|Ríos", **ANA),
            id="mother, daughter",
        ),
        pytest.param(
            person("Maria|Ríos", **ANA),
            person("Marta|Ríos", ELEVENTH, **ANA),
            id="sisters, days alike",
        ),
        pytest.param(person(), person("Ana|Keller"), id="namesakes born on one day"),
        pytest.param(person(), person(born=ELEVENTH), id="namesakes, one digit"),
        pytest.param(person("Ana|Núñez", **ANA), person("Bo|Ng", **ANA), id="only the contact"),
        pytest.param(person("Ana|"), person("Bo|"), id="one name each"),
    ],
)
def test_two_people(one, other):
    assert likeness(one, other) is None


def test_more_that_fits_is_more_likely():
    found = [
        likeness(person(**ANA), person(**ANA)),
        likeness(person(), person()),
        likeness(person(**ANA), person(**ANA, born=ELEVENTH)),
    ]
    points = [one.points for one in found]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == len(points)


NAMES = st.sampled_from(["Ana", "Anna", "Núñez", "Nunez", "Maria", "Mario", "María José", "Ng", "", "Smith"])
DAYS = st.sampled_from([BORN, ELEVENTH, dt.date(1980, 4, 3), dt.date(1980, 3, 4)])
PEOPLE = st.builds(
    Person,
    NAMES | st.text(max_size=8),
    NAMES,
    DAYS,
    st.sampled_from(["", PHONE]),
    st.sampled_from(["", EMAIL]),
)


@given(PEOPLE, PEOPLE)
def test_it_does_not_matter_who_is_compared_with_whom(one, other):
    assert likeness(one, other) == likeness(other, one)


@given(PEOPLE)
def test_everybody_is_like_themselves(one):
    assert likeness(one, one) is not None


def test_a_paper_is_given_to_one_person_of_one_day():
    ana = person(**ANA)
    assert is_one_person(ana, person("Ana María|Núñez"))
    assert is_one_person(ana, person("Ana|Smith", **ANA))  # married: the phone is hers
    assert not is_one_person(ana, person("Eva|Núñez", **ANA))  # her twin
    assert not is_one_person(ana, person(born=dt.date(1980, 5, 18), **ANA))
