"""Records that may be one person. PostgreSQL finds who could be alike, rules.duplicates says who is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Max, Q, QuerySet

from locations.models import User
from scheduling.models import Patient, TwoPeople
from scheduling.queries.access import desk_locations, patients_of
from scheduling.rules.duplicates import Likeness, Person, likeness

# Read from the database, and shown; who merges some of them sees the next.
MOST_COMPARED, MOST_SHOWN, MOST_LIKE_ONE = 2000, 50, 200
# Each part joins on what has to be equal, so that nobody is compared with everybody. Names that share less
# than three in ten of their groups of three letters are too far apart for a typo, in whatever order.
_PAIRS = """
WITH them AS MATERIALIZED (
    SELECT id, birth_date, folded_name, phone, lower(email) AS email
    FROM scheduling_patient patient
    WHERE merged_into_id IS NULL AND EXISTS (
        SELECT FROM scheduling_appointment visit
        JOIN locations_scanner scanner ON scanner.id = visit.scanner_id
        WHERE visit.patient_id = patient.id AND scanner.location_id = ANY(%(here)s)
    )
), pairs AS (
    SELECT a.id AS one, b.id AS other, similarity(a.folded_name, b.folded_name) AS alike
    FROM them a JOIN them b ON a.birth_date = b.birth_date AND a.id < b.id
    WHERE similarity(a.folded_name, b.folded_name) > 0.3
       OR (a.phone <> '' AND a.phone = b.phone) OR (a.email <> '' AND a.email = b.email)
    UNION
    SELECT a.id, b.id, similarity(a.folded_name, b.folded_name)
    FROM them a JOIN them b ON a.phone = b.phone AND a.id < b.id
    WHERE a.phone <> '' AND similarity(a.folded_name, b.folded_name) > 0.3
    UNION
    SELECT a.id, b.id, similarity(a.folded_name, b.folded_name)
    FROM them a JOIN them b ON a.email = b.email AND a.id < b.id
    WHERE a.email <> '' AND similarity(a.folded_name, b.folded_name) > 0.3
    UNION
    SELECT a.id, b.id, similarity(a.folded_name, b.folded_name)
    FROM them a JOIN them b ON a.id < b.id
     AND extract(year FROM a.birth_date) = extract(year FROM b.birth_date)
     AND extract(month FROM a.birth_date) = extract(day FROM b.birth_date)
     AND extract(day FROM a.birth_date) = extract(month FROM b.birth_date)
    WHERE similarity(a.folded_name, b.folded_name) > 0.3
)
SELECT one, other FROM pairs
WHERE NOT EXISTS (
    SELECT FROM scheduling_twopeople said WHERE said.first_id = pairs.one AND said.second_id = pairs.other
)
ORDER BY alike DESC, one DESC, other DESC
LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Pair:
    one: Patient
    other: Patient
    likeness: Likeness


def likely_pairs(user: User) -> list[Pair]:
    """Among patients with a visit at the user's locations, the likeliest first."""
    here = list(desk_locations(user).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"here": here, "most": MOST_COMPARED})
        keys = cursor.fetchall()
    known = _by_key(key for pair in keys for key in pair)
    return _alike((known[one], known[other]) for one, other in keys)[:MOST_SHOWN]


def likely_the_same(patient: Patient, user: User) -> list[Pair]:
    """Who may be the same person as a patient, among those whom the user's locations know."""
    shared = Q(birth_date=patient.birth_date)
    if patient.phone:
        shared |= Q(phone=patient.phone)
    if patient.email:
        shared |= Q(email__iexact=patient.email)
    if (swapped := _swapped(patient.birth_date)) is not None:
        shared |= Q(birth_date=swapped)
    said = {patient.pk, *_told_apart(patient)}
    found = patients_of(user).filter(shared, merged_into=None).exclude(pk__in=said).order_by("-pk")
    known = _by_key([patient.pk, *found.values_list("pk", flat=True)[:MOST_LIKE_ONE]])
    itself = known.pop(patient.pk)
    return _alike((itself, other) for other in known.values())


def person_of(patient: Patient) -> Person:
    return Person(
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date=patient.birth_date,
        phone=str(patient.phone),
        email=patient.email,
    )


def _alike(pairs: Iterable[tuple[Patient, Patient]]) -> list[Pair]:
    found = ((one, other, likeness(person_of(one), person_of(other))) for one, other in pairs)
    alike = [Pair(one, other, how) for one, other, how in found if how is not None]
    return sorted(alike, key=lambda pair: (-pair.likeness.points, -pair.one.pk, -pair.other.pk))


def _by_key(keys: Iterable[int]) -> dict[int, Patient]:
    known: QuerySet[Patient] = Patient.objects.annotate(last_booked=Max("appointments__booked_at"))
    return known.in_bulk(set(keys))


def _told_apart(patient: Patient) -> set[int]:
    said = TwoPeople.objects.filter(Q(first=patient) | Q(second=patient))
    return {key for pair in said.values_list("first", "second") for key in pair}


def _swapped(born: date) -> date | None:
    """Day and month the other way round, where there is such a day."""
    return date(born.year, born.day, born.month) if born.day <= 12 else None
