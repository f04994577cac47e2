import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from scheduling.models import Appointment, Draft
from scheduling.portal.exam_forms import ExamForm
from scheduling.portal.summary import exam_words
from tests.factories.journey import NOW
from tests.factories.locations import LocationFactory, NoticeFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import (
    AppointmentFactory,
    DraftFactory,
    ExamFactory,
    FullDraftFactory,
    HoldFactory,
    OfferingFactory,
    PreparationFactory,
    SidedExamFactory,
)
from tests.factories.screening import MRI

pytestmark = pytest.mark.django_db
HAS_ORDER = {"order_status": "have_it"}


def offered(factory=ExamFactory, **values):
    return OfferingFactory(exam=factory(**values)).exam


@pytest.fixture
def knee():
    return offered(SidedExamFactory, slug="knee-mri")


@pytest.fixture
def brain():
    """A family of two."""
    plain = offered(slug="brain-mri", name="Brain MRI", body_region="head", minutes=40)
    contrast = offered(
        slug="brain-mri-contrast",
        family="brain-mri",
        name="Brain MRI, with and without contrast",
        body_region="head",
        contrast="with and without",
        minutes=60,
    )
    return plain, contrast


def page_of(exam):
    return reverse("portal:exam", args=[exam.slug])


@pytest.fixture
def own_draft(client):
    """A draft of this browser."""

    def make(factory=DraftFactory, **values):
        session = client.session
        session["visitor"] = "this-browser"
        session.save()
        return factory(visitor="this-browser", **values)

    return make


# Choosing


def test_search_shows_rows_by_body_part_with_length_and_price(client):
    OfferingFactory(exam=ExamFactory(slug="knee-mri"), price=Decimal(420), price_is_example=True)
    offered(slug="brain-mri", name="Brain MRI", body_region="head", search_text="brain mri")

    response = client.get("/book/exam/", {"q": "mri"})

    assert response.status_code == 200
    region = next(region for region in response.context["found"].regions if region.name == "Knee")
    assert [(row.name, row.url, row.length, row.price) for row in region.rows] == [
        ("Knee MRI", "/book/exam/knee-mri/", "About 40 minutes", "Self-pay from $420")
    ]


def test_search_that_means_one_scan_leads_to_its_page(client, knee):
    offered(slug="brain-mri", name="Brain MRI", body_region="head", search_text="brain mri")

    answer = client.get("/book/exam/", {"q": "knee", "place": "78704"})

    assert (answer.status_code, answer.url) == (302, f"/book/exam/{knee.slug}/")
    assert client.session["place"] == "78704"


def test_search_of_a_whole_name_leads_to_that_scan(client, knee):
    offered(slug="knee-x-ray", name="Knee X-ray", search_text="knee xray mri")

    answer = client.get("/book/exam/", {"q": "mri of the knee"})
    both = client.get("/book/exam/", {"q": "knee"})

    assert (answer.status_code, answer.url) == (302, f"/book/exam/{knee.slug}/")
    assert (both.status_code, both.context["found"].total) == (200, 2)


def test_search_in_doubt_stays_a_list(client, knee):
    page = client.get("/book/exam/", {"q": "knee covid"})

    assert page.status_code == 200


def test_browse_list_stands_without_a_search(client, knee):
    response = client.get("/book/exam/")

    assert response.status_code == 200
    assert [region.name for region in response.context["regions"]] == ["Knee"]
    assert page_of(knee) in response.text


@pytest.mark.parametrize("typed", ["", "   ", "\x00"])
def test_empty_search_is_said(client, knee, typed):
    response = client.get("/book/exam/", {"q": typed})

    assert response.status_code == 422
    assert "Type the scan you need, like “knee MRI”" in response.text
    assert "<title>Error: What scan do you need? - Alliance</title>" in response.text


def test_nothing_found_offers_the_list_and_the_phone(client, knee):
    response = client.get("/book/exam/", {"q": "<b>wristwatch"})

    assert response.status_code == 200
    assert "We could not find that" in response.text
    assert "<b>wristwatch" not in response.text
    assert page_of(knee) in response.text
    assert "tel:+18005550142" in response.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("knee ultrasound", "We do not do ultrasound. We do MRI, CT and X-ray."),
        ("mamografía", "We do not do mammograms. We do MRI, CT and X-ray."),
        ("dexa", "We do not do bone density (DEXA) scans. We do MRI, CT and X-ray."),
        ("pet scan", "We do not do PET scans. We do MRI, CT and X-ray."),
        ("bone scan", "We do not do bone scans or nuclear medicine. We do MRI, CT and X-ray."),
    ],
)
def test_pictures_that_are_not_done_are_named(client, knee, typed, words):
    page = client.get("/book/exam/", {"q": typed}).text

    assert words in page
    assert "We could not find that" not in page
    assert "These fit what you typed" not in page


def test_words_left_out_are_named(client, knee):
    page = client.get("/book/exam/", {"q": "knee replacement <i>"}).text

    assert "We left out “replacement”. Check that the scan is what your order says." in page
    assert "Knee MRI" in page


@pytest.mark.parametrize(("typed", "found"), [("covid", False), ("knee covid", True)])
def test_covid_leads_to_the_words_about_chest_scans(client, knee, typed, found):
    page = client.get("/book/exam/", {"q": typed}).text

    assert "A chest scan cannot tell if you have COVID-19" in page
    assert "We could not find that" not in page
    assert ("These fit what you typed" in page) == found


def test_more_than_eight_hits_say_so(client):
    for number in range(9):
        offered(name=f"Knee MRI {number}")

    response = client.get("/book/exam/", {"q": "knee"})

    assert "Showing 8 of 9" in response.text
    assert "Add the body part" in response.text
    assert [len(region.rows) for region in response.context["found"].regions] == [8]


@pytest.mark.parametrize(("count", "heading"), [(2, False), (3, True)])
def test_a_body_part_heads_three_hits_and_not_two(client, count, heading):
    for number in range(count):
        offered(name=f"Knee MRI {number}", search_text="knee mri")

    found, _, _every = client.get("/book/exam/", {"q": "knee"}).text.partition("All scans by body part")

    assert ("<h3>Knee</h3>" in found) == heading


def test_hits_close_the_list_of_all_scans(client, knee):
    offered(name="Knee MRI 2", search_text="knee mri")
    assert "<summary>All scans by body part</summary>" in client.get("/book/exam/", {"q": "knee"}).text
    assert "<h2>All scans by body part</h2>" in client.get("/book/exam/", {"q": "zzzz"}).text


def test_search_keeps_nothing_in_the_browser_and_no_token_in_its_address(client, knee):
    response = client.get("/book/exam/", {"q": "knee"})

    assert not response.cookies
    assert "csrf" not in response.text


def test_my_doctor_wrote_something_else_has_the_phone(client, knee):
    assert "My doctor wrote something else" in client.get("/book/exam/").text


def test_no_exams_at_all(client):
    response = client.get("/book/exam/")

    assert response.status_code == 200
    assert "No scan can be booked online at the moment" in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_choosing_has_a_fixed_number_of_queries(client, django_assert_num_queries, count):
    for number in range(count + 1):
        offered(name=f"Knee MRI {number}")

    with django_assert_num_queries(6):  # one counts the search, one is the footer's
        client.get("/book/exam/", {"q": "knee"})


# What the scan is like


@pytest.mark.parametrize(("modality", "asked"), [("MR", True), ("CT", False), ("XR", False)])
def test_mri_asks_who_has_a_device_to_call_first(client, own_draft, modality, asked):
    exam = offered(modality=modality)

    page = client.get(page_of(exam)).text

    assert ("Do you have a pacemaker, another device, a clip or metal in your body?" in page) == asked


@pytest.mark.parametrize(
    ("age", "words"),
    [(6, "6 years or older. For a younger patient, please call us."), (0, None)],
)
def test_details_say_from_what_age_on(client, age, words):
    exam = OfferingFactory(minimum_age=age).exam

    facts = {fact.label: fact.value for fact in client.get(page_of(exam)).context["page"].facts()}

    assert facts.get("Age") == words


@pytest.mark.parametrize(
    ("modality", "words"),
    [("MR", "strong magnet"), ("CT", "thin slices"), ("XR", "small amount of radiation")],
)
def test_details_say_what_it_is_like(client, modality, words):
    exam = offered(modality=modality)
    exam.preparations.add(PreparationFactory(text_en="Leave metal at home.", arrive_minutes=30))

    page = client.get(page_of(exam)).text

    assert words in page
    assert "About 40 minutes" in page
    assert "Come 30 minutes before your time." in page
    assert "Leave metal at home." in page
    assert "<title>Knee MRI - Alliance</title>" in page


def test_details_of_a_family_show_what_contrast_adds(client, brain):
    plain, contrast = brain
    plain.preparations.add(both := PreparationFactory(text_en="No metal.", arrive_minutes=30))
    contrast.preparations.add(both, PreparationFactory(text_en="No food.", arrive_minutes=90))

    for exam in brain:
        page = client.get(page_of(exam)).context["page"]
        assert page.name == "Brain MRI"
        assert page.preparations()[:2] == ["Come 30 minutes before your time.", "No metal."]
        assert page.more_preparations() == ["Come 90 minutes before your time.", "No food."]
        assert [fact.value for fact in page.facts()] == [
            "Without contrast: about 40 minutes\nWith and without contrast: about 60 minutes"
        ]


def test_chest_exam_says_it_is_no_covid_test_before_a_time_is_chosen(client):
    chest = offered(chest_respiratory=True, modality="CT", name="Chest CT")

    page = client.get(page_of(chest)).text

    assert "A chest scan cannot tell if you have COVID-19" in page
    assert "Call 911" in page
    assert page.index("cannot tell if you have COVID-19") < page.index('method="post"')


def test_other_exams_do_not_speak_of_covid(client, knee):
    assert "COVID" not in client.get(page_of(knee)).text


def test_unknown_hidden_and_not_offered_exams_look_alike(client):
    hidden = ExamFactory(is_active=False)
    nowhere = ExamFactory()

    for slug in ("no-such-exam", hidden.slug, nowhere.slug):
        assert client.get(f"/book/exam/{slug}/").status_code == 404
        assert client.post(f"/book/exam/{slug}/", HAS_ORDER).status_code == 404


# What the order says


def fields_of(response):
    return list(response.context["form"].fields)


ALWAYS = ["reason", "interpreter_language", "paying"]


def test_only_what_the_exam_raises_is_asked(client, knee, brain):
    no_order = offered(order_required="no")

    assert fields_of(client.get(page_of(knee))) == ["laterality", "order_status", *ALWAYS]
    assert fields_of(client.get(page_of(brain[0]))) == ["contrast", "order_status", *ALWAYS]
    assert fields_of(client.get(page_of(no_order))) == ALWAYS


def test_nothing_is_answered_beforehand_but_contrast_that_was_asked_for(client, brain):
    plain, contrast = brain

    assert client.get(page_of(plain)).context["form"].initial == {}
    assert client.get(page_of(contrast)).context["form"].initial == {"contrast": "with and without"}


def test_answers_begin_a_draft(client, knee):
    response = client.post(
        page_of(knee),
        {"laterality": "left", "order_status": "office_sends", "interpreter_language": " Vietnamese "},
    )

    draft = Draft.objects.get()
    assert (draft.exam, draft.laterality, draft.order_status) == (knee, "left", "office_sends")
    assert draft.contrast_answer == Appointment.ContrastAnswer.AS_ORDERED
    assert draft.interpreter_language == "Vietnamese"
    assert (draft.language, draft.source) == ("en", Appointment.Source.ONLINE)
    assert draft.visitor == client.session["visitor"]
    assert len(draft.visitor) == 43
    assert response.status_code == 303
    assert response["Location"] == reverse("portal:where", args=[draft.pk])


def test_chest_exam_goes_on_to_the_covid_question(client):
    call_command("load_questionnaires")
    chest = offered(chest_respiratory=True)

    response = client.post(page_of(chest), HAS_ORDER)

    assert response["Location"] == f"/book/{Draft.objects.get().pk}/covid-test/"


def test_second_draft_of_a_browser_has_the_same_visitor(client, knee):
    for side in ("left", "right"):
        client.post(page_of(knee), {"laterality": side, **HAS_ORDER})

    assert len(set(Draft.objects.values_list("visitor", flat=True))) == 1
    assert Draft.objects.count() == 2


@pytest.mark.parametrize(
    ("answer", "number", "stored"),
    [("none", 0, "as_ordered"), ("with and without", 1, "as_ordered"), ("not_sure", 1, "not_sure")],
)
@pytest.mark.parametrize("address", [0, 1])
def test_the_answer_picks_the_exam_of_the_family(client, brain, answer, number, stored, address):
    client.post(page_of(brain[address]), {"contrast": answer, **HAS_ORDER})

    draft = Draft.objects.get()
    assert (draft.exam, draft.contrast_answer) == (brain[number], stored)


def test_family_member_that_is_nowhere_offered_cannot_be_picked(client, brain):
    brain[1].offerings.update(is_active=False)

    response = client.get(page_of(brain[0]))

    assert "contrast" not in fields_of(response)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"order_status": "have_it"}, "Choose left, right or both"),
        ({"laterality": "left"}, "Choose if you have a doctor’s order"),
        ({"laterality": "middle", "order_status": "have_it"}, "Select a valid choice"),
        ({"laterality": "left", "order_status": "received"}, "Select a valid choice"),
        (
            {"laterality": "left", "order_status": "have_it", "interpreter_language": "x" * 41},
            "Enter only the language",
        ),
    ],
)
def test_error_is_said_beside_the_field_and_nothing_is_saved(client, knee, answers, words):
    response = client.post(page_of(knee), answers)

    assert response.status_code == 422
    assert response.text.count(words) == 2
    assert "<title>Error: " in response.text
    assert not Draft.objects.exists()


def test_missing_contrast_answer_is_said(client, brain):
    response = client.post(page_of(brain[0]), HAS_ORDER)

    assert response.status_code == 422
    assert "Choose what the order says about contrast" in response.text


def test_no_order_where_one_is_needed_shows_the_ways_on(client, knee):
    response = client.post(page_of(knee), {"laterality": "left", "order_status": "none"})

    assert response.status_code == 303
    assert response["Location"] == "/book/exam/knee-mri/order/"
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert "You will need an order first" in page.text
    assert "tel:+18005550142" in page.text
    assert "<title>Error" not in page.text
    assert not Draft.objects.exists()


@pytest.mark.parametrize("required", ["center decides", "no"])
def test_no_order_goes_on_where_none_is_needed(client, required):
    exam = offered(order_required=required)

    client.post(page_of(exam), {"order_status": "none"})

    assert Draft.objects.get().order_status == "none"


def test_not_sure_books_the_longest():
    exams = [
        ExamFactory.build(minutes=60, contrast="with"),
        ExamFactory.build(minutes=40),
        ExamFactory.build(minutes=60),
    ]
    form = ExamForm({"contrast": "not_sure", **HAS_ORDER}, family=exams)

    assert form.is_valid()
    assert form.exam is exams[0]


# Changing a draft


def test_change_page_has_no_exam_in_address_or_title_and_shows_the_answers(client, own_draft, knee):
    draft = own_draft(exam=knee, laterality="right", interpreter_language="Spanish")

    response = client.get(reverse("portal:change-exam", args=[draft.pk]))

    assert "knee" not in response.request["PATH_INFO"]
    assert "<title>About your scan - Alliance</title>" in response.text
    assert response.context["form"].initial["laterality"] == "right"
    assert "no-store" in response["Cache-Control"]


def test_change_writes_the_draft_and_frees_a_time_that_no_longer_fits(client, own_draft, knee):
    location = knee.offerings.get().location
    draft = own_draft(FullDraftFactory, exam=knee, laterality="left", location=location)
    hold = HoldFactory(
        draft=draft,
        exam=knee,
        laterality="left",
        scanner__location=location,
        held_until=timezone.now() + timedelta(minutes=5),
    )

    response = client.post(
        reverse("portal:change-exam", args=[draft.pk]), {"laterality": "both", "order_status": "have_it"}
    )

    hold.refresh_from_db()
    draft.refresh_from_db()
    assert response.status_code == 303
    assert draft.laterality == "both"
    assert draft.given_name == "Ana"
    assert (draft.location, draft.starts_at) == (location, hold.starts_at)
    assert hold.status == Appointment.Status.EXPIRED
    assert Draft.objects.count() == 1


def test_change_of_the_interpreter_keeps_the_time(client, own_draft, knee):
    draft = own_draft(FullDraftFactory, exam=knee, laterality="left", location=knee.offerings.get().location)
    hold = HoldFactory(
        draft=draft,
        exam=knee,
        laterality="left",
        scanner__location=draft.location,
        held_until=timezone.now() + timedelta(minutes=5),
    )

    client.post(
        reverse("portal:change-exam", args=[draft.pk]),
        {"laterality": "left", "order_status": "have_it", "interpreter_language": "Spanish"},
    )

    hold.refresh_from_db()
    assert hold.status == Appointment.Status.HELD


def test_another_exam_keeps_the_answers_but_not_a_center_without_it(client, own_draft, knee):
    chest = offered(chest_respiratory=True)
    draft = own_draft(FullDraftFactory, exam=chest, why_chest="no", location=chest.offerings.get().location)

    others, change = (reverse(f"portal:{name}", args=[draft.pk]) for name in ("other-exam", "change-exam"))
    assert f'name="exam" value="{knee.slug}"' in client.get(others).text
    assert page_of(knee) not in client.get(others).text
    assert client.post(others, {"exam": knee.slug})["Location"] == change
    page = client.get(change)
    assert f'name="exam" value="{knee.slug}"' in page.text
    assert page.context["page"].exam == knee
    response = client.post(change, {"exam": knee.slug, "laterality": "left", **HAS_ORDER})

    draft.refresh_from_db()
    assert response["Location"] == reverse("portal:where", args=[draft.pk])
    assert (draft.exam, draft.why_chest, draft.given_name) == (knee, "", "Ana")
    assert (draft.location, draft.starts_at) == (None, None)


def test_change_without_the_order_it_needs_leaves_the_draft_alone(client, own_draft, knee):
    draft = own_draft(exam=knee, laterality="left")

    response = client.post(
        reverse("portal:change-exam", args=[draft.pk]), {"laterality": "right", "order_status": "none"}
    )

    draft.refresh_from_db()
    assert response["Location"] == f"/book/{draft.pk}/order/"
    assert draft.laterality == "left"
    assert client.get(response["Location"]).context["page"].exam == knee


def test_a_search_for_another_exam_is_not_in_the_address(client, own_draft, knee):
    draft = own_draft(exam=offered(), laterality="left")
    others = reverse("portal:other-exam", args=[draft.pk])

    answer = client.post(others, {"q": "knee"})

    assert (answer.status_code, answer["Location"]) == (303, others)
    page = client.get(others)
    assert [row.slug for region in page.context["found"].regions for row in region.rows][:1] == [knee.slug]
    assert "no-store" in page["Cache-Control"]
    assert client.post(others, {"q": " "}).status_code == 422
    assert client.post(others, {"exam": "no-such"}).status_code == 404


def test_two_windows_change_what_each_of_them_shows(client, own_draft, knee):
    brain = offered(slug="brain-mri")
    draft = own_draft(exam=brain)
    change = reverse("portal:change-exam", args=[draft.pk])
    client.post(reverse("portal:other-exam", args=[draft.pk]), {"exam": knee.slug})

    client.post(change, {"exam": brain.slug, "order_status": "office_sends"})

    draft.refresh_from_db()
    assert (draft.exam, draft.order_status) == (brain, "office_sends")
    assert client.get(change).context["page"].exam == brain


def test_foreign_and_missing_drafts_look_alike(client, knee):
    foreign = DraftFactory(exam=knee, laterality="left")

    for draft_id in (foreign.pk, uuid.uuid4()):
        for name in ("change-exam", "other-exam", "draft-order-first"):
            address = reverse(f"portal:{name}", args=[draft_id])
            assert client.get(address).status_code == 404
            assert client.post(address, {"exam": knee.slug, "laterality": "right"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.laterality == "left"


def test_booked_draft_is_not_changed(client, own_draft, knee):
    draft = own_draft(exam=knee, laterality="left")
    AppointmentFactory(draft=draft, exam=knee)
    address = reverse("portal:change-exam", args=[draft.pk])

    assert "This visit is already booked" in client.get(address).text
    assert client.post(address, {"laterality": "right", **HAS_ORDER}).status_code == 409
    draft.refresh_from_db()
    assert draft.laterality == "left"


# What the order says about contrast is not known


def test_unsure_about_contrast_is_named_without_it(brain):
    plain, contrast = brain
    unsure = DraftFactory(exam=contrast, contrast_answer=Appointment.ContrastAnswer.NOT_SURE)

    assert exam_words(unsure) == "Brain MRI"
    assert exam_words(DraftFactory(exam=contrast)) == "Brain MRI, with and without contrast"
    assert exam_words(AppointmentFactory(exam=plain)) == "Brain MRI"


def test_exam_is_named_with_its_side(knee):
    assert exam_words(DraftFactory(exam=knee, laterality="both")) == "Knee MRI, both sides"


def test_announcements_of_the_drafts_center_stand_on_its_pages(client, own_draft):
    draft = own_draft(FullDraftFactory)
    now = timezone.now()
    shown = {"shown_from": now - timedelta(days=1), "shown_until": now + timedelta(days=1)}
    NoticeFactory(text_en="Elevator out", **shown).locations.set([draft.location])
    NoticeFactory(text_en="Road closed", **shown).locations.set([LocationFactory()])

    page = client.get(reverse("portal:where", args=[draft.pk])).text

    assert ("Elevator out" in page, "Road closed" in page) == (True, False)


@pytest.mark.parametrize(
    ("is_asked", "words"), [(True, "We ask about devices before you"), (False, "Call us before")]
)
def test_an_mri_says_where_devices_and_metal_are_spoken_of(client, time_machine, is_asked, words):
    time_machine.move_to(NOW)
    offered(slug="brain-mri", name="Brain MRI")
    if is_asked:
        publish_safety(MRI)

    html = client.get("/book/exam/brain-mri/").content.decode()

    said = [text for text in ("We ask about devices before you", "Call us before") if text in html]
    assert said == [words]
