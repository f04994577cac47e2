"""Invented patients with names as they are found in any waiting room."""

import random
from datetime import date, datetime, timedelta

from scheduling.models import Patient
from scheduling.rules.names import fold, fold_name

# Given and family names that go together; the family name comes from the same row.
NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("Siobhán", "Maeve", "Sean", "Patrick"), ("O’Connor", "O'Brien", "Fitzgerald")),
    (("Sigríður", "Jón", "Katrín"), ("Guðmundsdóttir", "Jónsson", "Þórsdóttir")),
    (("娜", "Wei", "Mei", "建国"), ("李", "王", "Zhang", "Chen")),
    (("Thị Hoa", "Văn Minh", "Linh"), ("Nguyễn", "Trần", "Phạm")),
    (
        ("María José", "Guadalupe", "Luis Ángel", "Ana"),
        ("Núñez", "García Márquez", "Hernández", "Cruz"),
    ),
    (("Aaliyah", "DeShawn", "Imani", "Marcus"), ("Washington", "Jackson", "Baptiste")),
    (("Priya", "Arjun", "Lakshmi"), ("Subramaniam", "Patel", "Iyer")),
    (("Fatima", "Yusuf", "Amina"), ("al-Hassan", "Abdi", "Khan")),
    (("Grażyna", "Łukasz", "Zofia"), ("Wiśniewska", "Dąbrowski", "Kowalczyk")),
    (("Jürgen", "Annegret"), ("Müller-Lüdenscheidt", "Weiß")),
    (("Kaʻiulani", "Keoni"), ("Kealoha", "Māhoe")),
    (("Chidi", "Ngozi", "Olúwaṣeun"), ("Okonkwo", "Adébáyọ̀")),
    (("Eun-ji", "Min-jun"), ("Kim", "Park", "이")),
    (("Dakota", "Winona"), ("Begay", "Two Bulls")),
    (("Giovanni", "Chiara"), ("D’Angelo", "Lo Russo")),
    (("Élodie", "François"), ("Lefèvre", "St. Pierre")),
    (("Björk", "Åsa", "Søren"), ("Ångström", "Kjærgaard")),
    (("Emily", "James", "Barbara", "Robert", "Linda", "Walter"), ("Smith", "Johnson", "Miller", "Davis")),
)
ONE_NAME = ("Sukarno", "Suharto", "Thiha")
KNOWN_TWICE = 61  # every so many
AREA_CODES = ("512", "737", "602", "480", "404", "305")


def make_patients(count: int, *, rng: random.Random, now: datetime) -> list[Patient]:
    patients = [_patient(number, rng, now) for number in range(count)]
    for number in range(KNOWN_TWICE, count, KNOWN_TWICE):
        _know_twice(patients[number - 1], patients[number], number)
    return Patient.objects.bulk_create(patients)


def _know_twice(first: Patient, second: Patient, number: int) -> None:
    """One person with a second record: by another phone, or by a name without its accents."""
    second.given_name, second.family_name = first.given_name, first.family_name
    second.folded_name, second.birth_date = first.folded_name, first.birth_date
    if number % 2:
        second.phone = first.phone
        second.given_name, second.family_name = (
            fold(name).title() for name in (first.given_name, first.family_name)
        )


def _patient(number: int, rng: random.Random, now: datetime) -> Patient:
    given, family = _name(rng)
    folded = fold_name(given, family)
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "." for sign in folded).strip(".")
    return Patient(
        given_name=given,
        family_name=family,
        folded_name=folded,
        birth_date=_birth_date(rng, now.date()),
        phone=f"+1{rng.choice(AREA_CODES)}5550{rng.randint(100, 199)}",
        email=f"{plain or 'patient'}.{number}@example.com",
        language="es" if rng.random() < 0.15 else "en",
        created_at=now,
    )


def _name(rng: random.Random) -> tuple[str, str]:
    if rng.random() < 0.01:
        return rng.choice(ONE_NAME), ""
    given, family = rng.choice(NAMES)
    return rng.choice(given), rng.choice(family)


def _birth_date(rng: random.Random, today: date) -> date:
    """From 8 to 96 years, most of them past 45."""
    years = rng.triangular(8, 96, 62)
    return today - timedelta(days=int(years * 365.25))
