"""The catalogue out as CSV and back: loss-free, looked at first, all or nothing, and every fault told."""

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from locations.models import Assignment, Location
from scheduling.actions.catalogue import load_catalogue
from scheduling.models import AuditEvent, CatalogueUpload, Exam, Offering, Preparation, Synonym
from scheduling.queries.catalogue_plan import plan_file
from scheduling.queries.catalogue_rows import exam_entries, register_of, rows_of
from scheduling.rules.catalogue_files import CatalogueFile
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory, LocationFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    ExamFactory,
    OfferingFactory,
    PreparationFactory,
    SidedExamFactory,
)

pytestmark = pytest.mark.django_db
OFFERINGS = "exam,location,offered,minutes,minutes_both_sides,price,price_is_example,minimum_age\n"


@pytest.fixture
def staff(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    user = AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user
    client.force_login(user)
    return SimpleNamespace(client=client, user=user)


@pytest.fixture
def east():
    return LocationFactory(name="East", slug="east")


@pytest.fixture
def knee():
    return SidedExamFactory(slug="knee-mri")


def url(name, table="offerings"):
    return reverse(f"manage:{name}", args=[table])


def send(staff, text, table="offerings"):
    data = text if isinstance(text, bytes) else text.encode()
    return staff.client.post(url("file", table), {"file": SimpleUploadedFile("x.csv", data)})


def look(staff, table="offerings"):
    return staff.client.get(url("file-check", table)).context["plan"]


def apply(staff, table="offerings", digest=None):
    digest = look(staff, table).digest if digest is None else digest
    return staff.client.post(url("file-check", table), {"digest": digest})


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def everything():
    models = (Exam, Preparation, Synonym, Location, Offering)
    links = Exam.preparations.through.objects.values_list("exam_id", "preparation_id")
    return [list(model.objects.order_by("pk").values()) for model in models] + [sorted(links)]


# ---- round trips


def five_hundred():
    exams = [*ExamFactory.create_batch(48, modality="CT"), SidedExamFactory(), ExamFactory(name="=1+1")]
    exams[0].synonyms.create(language="es", text="-rodilla")
    exams[0].preparations.set(
        [PreparationFactory(text_en='+ Eat.\r\nDrink; "a lot",\r\nrest', text_es="@casa")]
    )
    for number, place in enumerate(LocationFactory.create_batch(10, phone="+442079460018", longitude=-97.5)):
        for turn, exam in enumerate(exams):
            OfferingFactory(
                exam=exam,
                location=place,
                minutes=None if turn % 3 else 5 + 5 * turn,
                minutes_both_sides=250 if exam.has_sides else None,
                price=None if turn % 4 == 0 else Decimal(f"{turn}{number}.5"),
                price_is_example=bool(turn % 2),
                minimum_age=turn % 7,
                is_active=bool(turn % 5),
            )


def test_five_hundred_offerings_come_back_as_they_were(staff):
    five_hundred()
    odd = Offering.objects.order_by("pk")[:1]
    Offering.objects.filter(pk__in=odd).update(minutes=17)  # from before lengths were multiples of five
    before = everything()
    for table in CatalogueFile:
        file = staff.client.get(url("file-download", table)).content
        assert send(staff, file, table).status_code == 303
        plan = look(staff, table)
        assert (plan.changes, plan.same > 0) == ((), True)
    assert plan.same == 500
    assert everything() == before

    Offering.objects.filter(minutes=17).update(minutes=20)
    rows = list(Offering.objects.order_by("location_id", "exam_id").values())
    file = staff.client.get(url("file-download")).content
    Offering.objects.all().delete()
    send(staff, file.decode("utf-8-sig").replace(",", ";").replace("\r\n", "\n"))
    with CaptureQueriesContext(connection) as statements:
        assert apply(staff).status_code == 303
    assert len([each for each in statements if "scheduling_offering" in each["sql"]]) < 20
    again = Offering.objects.order_by("location_id", "exam_id").values()
    assert [{**row, "id": 0} for row in again] == [{**row, "id": 0} for row in rows]


def test_the_shipped_catalogue_comes_back_into_an_empty_database(staff):
    load_catalogue()
    files = {
        table: staff.client.get(url("file-download", table)).content for table in ("preparations", "exams")
    }
    before = {key: entry.values for key, entry in exam_entries().items()}
    Exam.objects.all().delete()
    Preparation.objects.all().delete()
    for table, file in files.items():
        send(staff, file, table)
        apply(staff, table)
    assert {key: entry.values for key, entry in exam_entries().items()} == before
    assert "rodilla" in Exam.objects.get(slug="knee-mri").search_text


# ---- faults

TEN = [
    ("nothing-mri,east,yes,40,,450,no,0", "2 exam “nothing-mri” There is no exam with this slug."),
    ("knee-mri,nowhere,yes,40,,450,no,0", "3 location “nowhere” This is none of your locations."),
    ("hip-mri,east,yes,forty,,450,no,0", "4 minutes “forty” Write a whole number."),
    ("hip-mri,west,yes,40,,-450,no,0", "5 price “-450” It must not be less than zero."),
    ("hand-mri,east,yes,42,,450,no,0", "6 minutes “42” Write minutes that are a multiple of 5."),
    ("hand-mri,west,yes,40,60,450,no,0", "7 minutes_both_sides “60” This exam has no left and right"),
    ("knee-mri,east,yes,40,30,450,no,0", "8 minutes_both_sides “30” Both sides take no less time than one."),
    ("knee-mri,west,perhaps,40,,450,no,0", "9 offered “perhaps” Write yes or no."),
    ("foot-mri,west,yes,40,,a lot,no,0", "10 price “a lot” Write a price such as 450 or 450.50."),
    ("foot-mri,west,yes,40,,450,no", "11 – – This row has 7 cells, and the first line has 8."),
    ("hand-mri,east,yes,40,,450,no,0", "12 exam “hand-mri · east” This row is there already, in line 6."),
    ("foot-mri,east,yes,40,,1000000,no,0", "13 price “1000000” It must not be more than 999999.99."),
]


def test_a_file_with_many_kinds_of_error_reports_all_and_changes_nothing(staff, east, knee):
    LocationFactory(slug="west")
    for name in ("hip", "hand", "foot"):
        ExamFactory(slug=f"{name}-mri")
    OfferingFactory(exam=knee, location=east, price=400)
    before = everything()
    answer = send(staff, OFFERINGS + "\n".join(row for row, _words in TEN))
    said = text_of(answer)
    assert answer.status_code == 422
    assert "12 things in the file are wrong. Nothing was changed." in said
    assert [words for _row, words in TEN if f"Line {words}" not in said] == []
    assert everything() == before
    assert not CatalogueUpload.objects.exists()


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        ("offerings", "", "1 – – The file is empty."),
        ("offerings", OFFERINGS, "1 – – There is no row"),
        ("offerings", b"exam,location\nJos\xe9,east", "2 – – From this line on the file is not UTF-8"),
        ("offerings", "exam,price\nknee-mri,4", "1 location – This column is missing."),
        ("offerings", "exam,location,cost\nknee-mri,east,4", "1 cost – There is no such column."),
        ("offerings", b"x" * 1_000_001, "1 – – The file is larger than 1 MB."),
        ("exams", "slug,name\nnew-mri,New", "1 minutes – This column is missing. The new row in line 2"),
        ("exams", "slug,has_sides\nknee-mri,no", "2 minutes_both_sides – This exam has no left and right"),
        ("exams", "slug,prep_codes\nknee-mri,M none", "2 prep_codes “M” There is no preparation"),
        ("exams", "slug,contrast\nknee-mri,some", "2 contrast “some” Write one of these: none, with,"),
        ("exams", f"slug,synonyms_en\nknee-mri,a; {'b' * 121}", "2 synonyms_en “a; bb"),
        ("exams", f"slug,name\nknee-mri,{'b' * 121}", "Ensure this value has at most 120 characters"),
        ("preparations", "code,text_en\nmuch-too-long,x", "Ensure this value has at most 8 characters"),
        ("locations", "slug,state\neast,Texas", "2 state “Texas” Two capital letters."),
        ("locations", "slug,zip_code\neast,7870", "2 zip_code “7870” 5 digits, or ZIP+4."),
        ("locations", "slug,phone\neast,555", "2 phone “555” Write a phone number"),
        ("locations", "slug,latitude\neast,91", "2 latitude “91” Write degrees such as -97.7437, from -90"),
        ("locations", "slug,time_zone\neast,Texas", "2 time_zone “Texas” Write a time zone"),
        ("locations", "slug,email\neast,me", "2 email “me” Enter a"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_column(staff, east, knee, table, text, words):
    before = everything()
    answer = send(staff, text, table)
    assert answer.status_code == 422
    assert f"Line {words}" in text_of(answer) or words in text_of(answer)
    assert everything() == before


def test_the_zone_of_a_location_with_visits_is_not_changed_by_a_file(staff):
    place = AppointmentFactory().location
    answer = send(staff, f"slug,time_zone\n{place.slug},America/New_York", "locations")
    assert "Visits are booked there." in text_of(answer)


def test_no_file_at_all(staff):
    answer = staff.client.post(url("file"))
    assert (answer.status_code, "Choose a file" in text_of(answer)) == (422, True)


# ---- applying


def test_only_what_the_file_says_is_changed_and_it_is_in_the_history(staff, east, knee):
    offering = OfferingFactory(exam=knee, location=east, price=400, minutes=30, minimum_age=6)
    other = OfferingFactory(location=east, price=100)
    send(staff, "exam,location,price\nknee-mri,east,450\n")
    assert "price 400.00 450.00" in text_of(staff.client.get(url("file-check")))
    assert Offering.objects.get(pk=offering.pk).price == 400
    answer = apply(staff)
    assert "Done: 0 added, 1 changed, 0 ended." in text_of(staff.client.get(answer["Location"]))
    offering.refresh_from_db()
    assert (offering.price, offering.minutes, offering.minimum_age) == (450, 30, 6)
    assert Offering.objects.filter(pk=other.pk, price=100).exists()
    event = AuditEvent.objects.get(event="offering.saved")
    assert (event.before, event.after) == ({"price": "400.00"}, {"price": "450.00"})
    assert (event.object_id, event.location_id) == (str(offering.pk), east.pk)


def test_a_file_is_applied_once(staff, east, knee):
    send(staff, "exam,location,price\nknee-mri,east,450\n")
    digest = look(staff).digest
    assert apply(staff, digest=digest)["Location"] == url("file")
    again = staff.client.post(url("file-check"), {"digest": digest}, follow=True)
    assert "applied or discarded already" in text_of(again)
    assert Offering.objects.count() == AuditEvent.objects.filter(event="offering.saved").count() == 1


def test_what_changed_since_the_look_is_shown_before_anything_is_done(staff, east, knee):
    offering = OfferingFactory(exam=knee, location=east, price=400)
    send(staff, "exam,location,price\nknee-mri,east,450\n")
    digest = look(staff).digest
    Offering.objects.update(price=420)
    answer = apply(staff, digest=digest)
    assert (answer.status_code, "price 420.00 450.00" in text_of(answer)) == (409, True)
    offering.refresh_from_db()
    assert offering.price == 420
    assert apply(staff).status_code == 303


def test_what_became_wrong_since_the_look_is_told(staff, east, knee):
    send(staff, "exam,location,minutes_both_sides\nknee-mri,east,60\n")
    digest = look(staff).digest
    Exam.objects.update(has_sides=False, minutes_both_sides=None)
    answer = apply(staff, digest=digest)
    assert (answer.status_code, "This exam has no left and right" in text_of(answer)) == (409, True)
    assert not Offering.objects.exists()


def test_a_discarded_file_is_gone(staff, east, knee):
    send(staff, "exam,location\nknee-mri,east\n")
    staff.client.post(url("file-discard"))
    assert not CatalogueUpload.objects.exists()
    assert staff.client.get(url("file-check"))["Location"] == url("file")


def test_ending_an_offering_says_how_many_visits_stay(staff):
    visit = AppointmentFactory(starts_at=NOW + dt.timedelta(days=2))
    OfferingFactory(exam=visit.exam, location=visit.location)
    send(staff, f"exam,location,offered\n{visit.exam.slug},{visit.location.slug},no")
    assert "1 coming visit stays booked." in text_of(staff.client.get(url("file-check")))
    apply(staff)
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert not Offering.objects.get().is_active


def test_a_new_exam_is_found_by_its_synonyms_and_has_no_other_codes(staff):
    PreparationFactory(code="M")
    send(
        staff,
        "slug,family,name,modality,body_region,minutes,prep_codes,synonyms_en\n"
        "bile-mri,bile-mri,Bile duct MRI,MR,abdomen,40,M,MRCP; bile picture\n",
        "exams",
    )
    apply(staff, "exams")
    exam = Exam.objects.get()
    assert (exam.cpt_code, exam.contrast, exam.is_active) == ("", "none", True)
    assert {"mrcp", "bile"} <= set(exam.search_text.split())
    assert [each.code for each in exam.preparations.all()] == ["M"]


def test_one_file_of_a_kind_is_kept_for_each(staff, east, knee):
    for price in (1, 2):
        send(staff, f"exam,location,price\nknee-mri,east,{price}\n")
    (kept,) = CatalogueUpload.objects.all()
    with pytest.raises(IntegrityError, match="catalogue_upload_one_per_user_and_file"):
        CatalogueUpload.objects.create(user=staff.user, file=kept.file, data=b"", sent_at=NOW)


# ---- who may


def test_an_administrator_of_one_location_sees_and_writes_only_it(client, east, knee):
    user = AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=east).user
    client.force_login(user)
    staff = SimpleNamespace(client=client, user=user)
    OfferingFactory(exam=knee, location=LocationFactory(slug="west"))
    OfferingFactory(exam=knee, location=east)
    assert [row["location"] for row in rows_of(register_of(CatalogueFile.OFFERINGS, user))] == ["east"]
    for table, text in [
        ("offerings", "exam,location,price\nknee-mri,west,1\n"),
        ("locations", "slug,name\nwest,Mine\n"),
        ("locations", "slug,name\nnew,Mine\n"),
    ]:
        assert send(staff, text, table).status_code == 422
    assert client.get(url("file", "exams")).status_code == 403
    assert send(staff, "slug,name\nknee-mri,Mine\n", "exams").status_code == 403
    assert client.get(url("file-download", "preparations")).status_code == 403


def test_other_rows_are_not_asked_one_by_one(staff):
    five_hundred()
    file = staff.client.get(url("file-download")).content
    with CaptureQueriesContext(connection) as statements:
        plan_file(CatalogueFile.OFFERINGS, file, user=staff.user, now=NOW)
    assert len(statements) < 8
