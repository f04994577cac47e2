"""200 centers with three MRI scanners each, 40 exams, and up to a million visits.

Everything is laid out by hashes of row numbers, so each run builds the same. The next week is
nearly full, the following ones less, as in a real center. The first location always has the same
1,000 visits: its cost may not depend on how many others there are.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from locations.models import Closure, Location, OpeningHours, Scanner
from scheduling.models import Exam, Offering

TODAY = datetime.now(UTC).date() - timedelta(days=datetime.now(UTC).weekday())  # this week's Monday
NOW = datetime.combine(TODAY, time(15), tzinfo=UTC)
LOCATIONS = 200
ZONES = ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"]
PATIENTS_PER_SCANNER = 32
OF_THE_FIRST = 1_000


def build_places() -> None:
    locations = Location.objects.bulk_create(
        Location(
            name=f"Bench {number}",
            slug=f"bench-{number}",
            address="1 Main Street",
            city="Springfield",
            state="TX",
            zip_code="78701",
            phone="+15125550142",
            time_zone=ZONES[number % len(ZONES)],
            latitude=25 + number % 23,
            longitude=-120 + number % 50,
        )
        for number in range(LOCATIONS)
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(location=location, kind=kind, weekday=weekday, opens=opens, closes=19 * 60)
        for location in locations
        for kind, opens in (("open", 7 * 60), ("contrast", 8 * 60), ("doors", 6 * 60 + 30))
        for weekday in range(6)
    )
    Scanner.objects.bulk_create(
        Scanner(
            location=location,
            name=f"MRI {number}",
            modality="MR",
            dicom_modality="MR",
            bore_cm=60 + 10 * (number % 2),
            has_contrast=number > 0,
            turnover_minutes=5,
        )
        for location in locations
        for number in range(3)
    )
    Closure.objects.bulk_create(
        Closure(location=location, kind="holiday", starts_at=day, ends_at=day + timedelta(days=1))
        for number, location in enumerate(locations)
        for day in [NOW + timedelta(days=5 + number % 20)]
    )
    build_catalogue(locations)


def build_catalogue(locations: list[Location]) -> None:
    exams = Exam.objects.bulk_create(
        Exam(
            slug=f"exam-{number}",
            family=f"exam-{number // 2}",
            name=f"Exam {number}",
            modality="MR" if number < 30 else "CT",
            body_region="knee",
            contrast="with" if number % 2 else "none",
            minutes=20 + 5 * (number % 9),
        )
        for number in range(40)
    )
    Offering.objects.bulk_create(
        Offering(exam=exam, location=location) for location in locations for exam in exams
    )


def exam_of(minutes: int) -> Exam:
    return Exam.objects.filter(modality="MR", contrast="none", minutes=minutes).order_by("pk")[0]


def fill_up_to(size: int) -> None:
    """Adds visits until there are `size` of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scheduling_appointment")
        present = cursor.fetchone()[0]
        if present == 0:
            cursor.execute(PATIENTS, {"now": NOW, "each": PATIENTS_PER_SCANNER})
        for which, first_day, last_day, wanted in (
            ("=", -1, 30, min(size, OF_THE_FIRST)),
            ("<>", -110, 59, size),
        ):
            insert_visits(cursor, which, first_day, last_day, wanted)
        cursor.execute("SELECT count(*) FROM scheduling_appointment")
        assert cursor.fetchone()[0] == size, "not enough days to hold so many visits"
        cursor.execute("VACUUM ANALYZE")


def insert_visits(cursor: CursorWrapper, which: str, first_day: int, last_day: int, wanted: int) -> None:
    cursor.execute(
        VISITS.replace("/*which*/", which),
        {
            "now": NOW,
            "today": TODAY,
            "first_day": first_day,
            "last_day": last_day,
            "wanted": wanted,
            "each": PATIENTS_PER_SCANNER,
        },
    )


PATIENTS = """
INSERT INTO scheduling_patient
    (id, given_name, family_name, folded_name, birth_date, phone, email, language, created_at)
SELECT s.id * %(each)s + n, 'Ana', 'Nuñez', 'ana nunez', date '1980-05-17', '', 'ana@example.com', 'en',
       %(now)s
FROM locations_scanner s, generate_series(0, %(each)s - 1) n;
SELECT setval(pg_get_serial_sequence('scheduling_patient', 'id'), (SELECT max(id) FROM scheduling_patient))
"""

# 16 places a day from 7:00 on, 45 minutes apart, each with a visit of 20 to 40 minutes and its
# turnover. A patient comes every second day at most. Rows lie on disk as they were booked: up to three weeks
# before the visit.
VISITS = """
INSERT INTO scheduling_appointment
    (status, scanner_id, exam_id, laterality, contrast_answer, patient_id, starts_at, ends_at,
     occupied_until, arrive_at, overbooked, overbook_reason, overlap_reason, limit_reason,
     hold_extensions,
     code, accession, requested_procedure_id, sps_id, study_uid, ical_uid, link_key, ical_sequence, source,
     booking_referral, language, interpreter_language, order_status, email, phone, phone_as_typed, by_email,
     by_text, by_call, booker_name, booker_relation, guardian_name, created_at, booked_at, canceled_by,
     cancel_reason, version, paying, insurance_plan, member_id, claim_number, accident_insurer,
     wants_estimate)
SELECT CASE WHEN day < 0 THEN 'done' ELSE 'booked' END,
       scanner_id, (SELECT min(id) FROM scheduling_exam), '', 'as_ordered',
       scanner_id * %(each)s + (day * 16 + place + 160000) %% %(each)s,
       starts_at, starts_at + length, starts_at + length + interval '5 minutes', starts_at, false,
       '', '', '', 0, lpad(to_hex(key), 8, '0'), 'A' || key, 'R' || key, 'S' || key, '2.25.' || key,
       key || '@example.com', lpad(to_hex(key), 22, '0'), 0, 'online', '', 'en', '', 'have_it',
       'ana@example.com', '', '', true, false, false, '', '', '',
       %(now)s, %(now)s, '', '', 0, '', '', '', '', '', false
FROM (
SELECT * FROM (
    SELECT s.id AS scanner_id, day, place,
           (s.id * 1000 + day + 500) * 16 + place AS key,
           (%(today)s::date + day + interval '7 hours' + place * interval '45 minutes')
               AT TIME ZONE l.time_zone AS starts_at,
           interval '20 minutes' + interval '5 minutes' * (abs(hashint4(s.id::int * 7 + day + place)) %% 5)
               AS length,
           abs(hashint4((s.id::int * 1000 + day + 500) * 16 + place)) %% 1000 AS chance
    FROM locations_scanner s
    JOIN locations_location l ON l.id = s.location_id AND l.slug LIKE 'bench-%%',
    generate_series(%(first_day)s, %(last_day)s) day, generate_series(0, 15) place
    WHERE s.location_id /*which*/ (SELECT min(id) FROM locations_location)
      AND extract(isodow FROM %(today)s::date + day) < 7
) places
WHERE chance < CASE WHEN day < 0 THEN 930 WHEN day < 7 THEN 970 WHEN day < 21 THEN 850 ELSE 500 END
  AND NOT EXISTS (SELECT FROM scheduling_appointment a WHERE a.code = lpad(to_hex(key), 8, '0'))
ORDER BY hashint8(key)
LIMIT GREATEST(0, %(wanted)s - (SELECT count(*) FROM scheduling_appointment))
) chosen
ORDER BY day - abs(hashint4(key::int)) %% 21, key
"""
