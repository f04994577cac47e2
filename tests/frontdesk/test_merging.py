import datetime as dt

import pytest
from django.db.models import F

from locations.models import Assignment
from scheduling.actions.merging import CHOICES, merge_patients
from scheduling.frontdesk.merge_forms import MISSING
from scheduling.models import Patient, PatientMerge, TwoPeople
from scheduling.queries.merging import seen_of
from scheduling.rules.actors import Actor
from tests.factories.implants import ImplantFactory
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)


@pytest.fixture
def ana(visit):
    return visit.patient


@pytest.fixture
def later(visit):
    """Of the same person, booked later."""
    anna = PatientFactory(family_name="Nuñes", phone="+15125550199", email="", language="es")
    return another(visit, anna)


@pytest.fixture
def anna(later):
    return later.patient


@pytest.fixture
def desk(client, visit):
    return signed_in(client, visit.location)


def another(visit, patient, days=1, **fields):
    at = {"starts_at": NINE_FORTY + days * DAY, "booked_at": NOW}
    return AppointmentFactory(
        patient=patient, **{"scanner": visit.scanner, "exam": visit.exam, **at, **fields}
    )


def signed_in(client, *locations, role=Assignment.Role.FRONT_DESK):
    user = UserFactory(first_name="Dana", last_name="Ng")
    for location in locations:
        AssignmentFactory(user=user, location=location, role=role)
    client.force_login(user)
    return client


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def url(one, other, more=""):
    return f"/desk/patients/merge/{one.pk}/{other.pk}/{more}"


def chosen(desk, one, other, **changes):
    form = desk.get(url(one, other)).context["form"]
    return {**{name: form[name].value() for name in form.fields}, **changes}


def test_a_pair_is_suggested_with_the_reason_on_the_list_and_on_both_pages(desk, ana, anna):
    page = body(desk.get("/desk/patients/duplicates/"))
    assert "Names a letter or two apart, same date of birth" in page
    assert url(ana, anna) in page or url(anna, ana) in page
    assert "<title>Records to compare - Alliance</title>" in page
    for one in (ana, anna):
        assert "May be the same person" in body(desk.get(f"/desk/patients/{one.pk}/"))


def test_who_is_told_apart_is_suggested_no_more(desk, ana, anna):
    answer = desk.post(url(ana, anna, "two-people/"))
    page = body(desk.get(answer["Location"]))
    assert "Kept: two people." in page
    assert "No two records at your centers look like one person." in page
    page = body(desk.get(f"/desk/patients/{ana.pk}/"))
    assert "<strong>Looked at beside another record: two people</strong>, Dana Ng" in page
    assert TwoPeople.objects.count() == 1


def test_side_by_side_the_newer_one_is_proposed_and_each_field_can_be_chosen(desk, ana, anna, later):
    ImplantFactory(appointment=later)
    page = desk.get(url(ana, anna))
    form = page.context["form"]
    assert form["stays"].value() == str(anna.pk)
    assert form["phone"].value() == str(anna.pk)
    assert form["email"].value() == str(ana.pk)  # the newer record has none
    assert [label for label, _words in form.in_common] == ["Date of birth"]
    assert "1 device or implant on file" in body(page)

    answer = desk.post(url(ana, anna), chosen(desk, ana, anna, language=str(ana.pk)))

    assert answer["Location"] == f"/desk/patients/{anna.pk}/"
    anna.refresh_from_db()
    assert (anna.family_name, anna.email, anna.language) == ("Nuñes", "ana@example.com", "en")
    page = body(desk.get(answer["Location"]))
    assert "The two records are one now." in page
    assert "Merged: Ana Núñez, born 05/17/1980" in page
    assert "<strong>Two records merged</strong>, Dana Ng<br>1 visit moved" in page


def test_an_old_link_leads_to_the_record_that_stayed(desk, ana, anna):
    desk.post(url(ana, anna), chosen(desk, ana, anna))
    answer = desk.get(f"/desk/patients/{ana.pk}/")
    assert answer["Location"] == f"/desk/patients/{anna.pk}/"
    assert desk.post(f"/desk/patients/{ana.pk}/edit/", {})["Location"] == f"/desk/patients/{anna.pk}/"


def test_a_visit_is_found_by_the_name_of_the_merged_record(desk, ana, anna, later):
    desk.post(url(ana, anna), chosen(desk, ana, anna))
    desk.post("/desk/search/", {"q": "ana nunez"})  # the record that stayed spells it with an s
    assert f"/desk/visits/{later.pk}/" in body(desk.get("/desk/search/"))


def test_the_slower_of_two_desks_is_told(desk, ana, anna):
    mine = chosen(desk, ana, anna)
    sam = UserFactory(first_name="Sam", last_name="Ode")
    merge_patients(
        kept_id=ana.pk,
        merged_id=anna.pk,
        choices={},
        seen=seen_of(ana, anna),
        user=sam,
        now=NOW,
        by=Actor.staff(sam.pk),
    )
    answer = desk.post(url(ana, anna), mine)
    page = body(desk.get(answer["Location"]))
    assert "These two records are one already." in page
    assert "Sam Ode" in page


def test_a_booking_meanwhile_brings_the_preview_back_with_what_was_chosen(desk, visit, ana, anna):
    mine = chosen(desk, ana, anna, language=str(ana.pk))
    another(visit, ana, 5)
    answer = desk.post(url(ana, anna), mine)
    assert answer.status_code == 409
    assert "Nothing is merged yet: look again." in body(answer)
    form = answer.context["form"]
    assert form["language"].value() == str(ana.pk)
    assert desk.post(url(ana, anna), {**mine, "seen": form["seen"].value()}).status_code == 303


def test_visits_at_the_same_time_are_named(desk, visit, ana, anna):
    machine, _exam = bookable(location=visit.location)
    clash = another(visit, anna, 0, scanner=machine)
    page = body(desk.get(url(ana, anna)))
    assert "Both have a visit at the same time:" in page
    assert f"/desk/visits/{clash.pk}/" in page
    answer = desk.post(url(ana, anna), chosen(desk, ana, anna))
    assert answer.status_code == 409
    assert "Move or cancel one of them first. Nothing was merged." in body(answer)


def test_more_visits_than_the_limit_need_a_reason(desk, visit, ana, anna):
    visit.location.future_visits_limit = 1
    visit.location.save()
    mine = chosen(desk, ana, anna)
    answer = desk.post(url(ana, anna), mine)
    assert answer.status_code == 409
    assert "Merge them with a reason." in body(answer)
    assert desk.post(url(ana, anna), {**mine, "reason": ""}).status_code == 422
    assert desk.post(url(ana, anna), {**mine, "reason": "Series"}).status_code == 303
    assert PatientMerge.objects.get().reason == "Series"


def test_what_was_not_chosen_is_asked_for(desk, ana, anna):
    mine = chosen(desk, ana, anna, stays="x", phone="", language=str(ana.pk))
    answer = desk.post(url(ana, anna), mine)
    assert answer.status_code == 422
    page = body(answer)
    assert "<title>Error: Merge two records" in page
    for words in ("Choose which record stays", "Choose which phone number is right"):
        assert page.count(words) == 2  # in the summary and beside the field
    assert 'href="#id_phone_0"' in page
    assert answer.context["form"]["language"].value() == str(ana.pk)
    assert PatientMerge.objects.count() == 0


def test_every_choice_has_its_own_words_for_being_missing(desk, visit, ana):
    birth_date = dt.date(1980, 5, 18)
    other = PatientFactory(birth_date=birth_date, no_call=True, interpreter_language="vi", accommodation="x")
    another(visit, other)
    mine = chosen(desk, ana, other)
    page = body(desk.post(url(ana, other), {"seen": mine["seen"]}))
    missing = [MISSING[name] for name in ("stays", "birth_date", "interpreter_language", "wishes")]
    assert [page.count(str(words)) for words in missing] == [2, 2, 2, 2]
    assert set(MISSING) == {"stays", *CHOICES}


def test_what_differs_only_since_the_form_was_opened_is_proposed_and_looked_at_again(desk, ana, anna):
    mine = chosen(desk, ana, anna)
    Patient.objects.filter(pk=anna.pk).update(birth_date=dt.date(1980, 5, 18), version=F("version") + 1)
    answer = desk.post(url(ana, anna), mine)
    assert (answer.status_code, answer.context["form"].errors) == (409, {})
    assert answer.context["form"]["birth_date"].value() == str(anna.pk)


def test_a_merge_stands_once_in_every_history(desk, visit, ana, anna, later):
    desk.post(url(ana, anna), chosen(desk, ana, anna, name=str(ana.pk)))
    once = "<strong>Two records merged</strong>, Dana Ng"
    for page in (f"/desk/patients/{anna.pk}/", f"/desk/visits/{visit.pk}/", f"/desk/visits/{later.pk}/"):
        assert body(desk.get(page)).count(once) == 1

    merge = PatientMerge.objects.get()
    desk.post(f"/desk/patients/{anna.pk}/separate/{merge.pk}/")
    for page in (f"/desk/patients/{one.pk}/" for one in (ana, anna)):
        assert body(desk.get(page)).count(once) == 1
    for page in (f"/desk/visits/{one.pk}/" for one in (visit, later)):
        assert body(desk.get(page)).count("<strong>Records separated") == 1


def test_separated_again_from_the_page_of_the_record(desk, visit, ana, anna):
    desk.post(url(ana, anna), chosen(desk, ana, anna))
    another(visit, anna, 9, booked_at=NOW + DAY)
    page = body(desk.get(f"/desk/patients/{anna.pk}/"))
    assert "1 visit booked since stays here." in page
    merge = PatientMerge.objects.get()
    again = f"/desk/patients/{anna.pk}/separate/{merge.pk}/"
    assert "Separated again: two records" in body(desk.get(desk.post(again)["Location"]))
    assert desk.post(again).status_code == 409
    visit.refresh_from_db()
    assert visit.patient == ana


def test_another_record_is_found_by_the_code_of_a_visit(desk, visit, ana):
    other = another(visit, PatientFactory(given_name="Zoe"), 3)
    foreign = AppointmentFactory()
    address = f"/desk/patients/{ana.pk}/other/"
    assert desk.post(address, {"code": other.spoken_code})["Location"] == url(ana, other.patient)
    for code, words in (
        (visit.code, "That is a visit of this record"),
        (foreign.code, "No visit at your centers has that code"),
        ("?", "Enter the code of a visit"),
    ):
        answer = desk.post(address, {"code": code})
        assert answer.status_code == 422
        assert words in body(answer)


def test_a_record_with_visits_elsewhere_is_for_who_books_there_too(client, visit, ana, anna):
    elsewhere, exam = bookable()
    another(visit, anna, 7, scanner=elsewhere, exam=exam)
    desk = signed_in(client, visit.location)
    page = body(desk.get("/desk/patients/duplicates/"))
    assert "an administrator of all centers can merge them" in page
    assert desk.get(url(ana, anna)).status_code == 403
    signed_in(client, visit.location, elsewhere.location)
    assert client.get(url(ana, anna)).status_code == 200
    signed_in(client, None, role=Assignment.Role.ADMINISTRATOR)
    assert client.get(url(ana, anna)).status_code == 200
    signed_in(client, elsewhere.location)
    assert client.get(url(ana, anna)).status_code == 404


@pytest.mark.parametrize("role", ["technologist", "radiologist", "auditor"])
def test_who_does_not_book_does_not_merge(client, visit, ana, anna, role):
    desk = signed_in(client, visit.location, role=role)
    assert desk.get("/desk/patients/duplicates/").status_code == 403
    assert desk.post(url(ana, anna), {}).status_code == 403
    assert desk.post(url(ana, anna, "two-people/")).status_code == 403
    assert "May be the same person" not in body(desk.get(f"/desk/patients/{ana.pk}/"))
    assert Patient.objects.filter(merged_into=None).count() == 2
