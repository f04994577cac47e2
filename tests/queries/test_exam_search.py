from decimal import Decimal

import pytest

from scheduling.actions.catalogue import load_catalogue
from scheduling.models import Exam, Offering
from scheduling.queries import catalogue
from tests.factories.locations import LocationFactory
from tests.factories.scheduling import OfferingFactory


@pytest.fixture(scope="module")
def everything_offered(django_db_setup, django_db_blocker):
    """The shipped catalogue, all of it offered at one center; loaded once, as no test here changes it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        load_catalogue()
        location = LocationFactory()
        Offering.objects.bulk_create(Offering(exam=exam, location=location) for exam in Exam.objects.all())
        yield
        transaction.set_rollback(True)


SEARCHES = [
    # Plain words, in any order.
    ("knee MRI", "knee-mri"),
    ("mri knee left", "knee-mri"),
    ("MRI of the left knee", "knee-mri"),
    ("knee", "knee-mri"),
    ("chest CT", "chest-ct"),
    ("hand X-ray", "hand-x-ray-3-views"),
    ("x ray hand", "hand-x-ray-3-views"),
    ("xray foot", "foot-x-ray-3-views"),
    ("Knee X-ray, 3 views", "knee-x-ray-3-views"),
    ("cat scan of the head", "head-ct"),
    ("cat scan belly", "abdomen-and-pelvis-ct"),
    ("head mri", "brain-mri"),
    ("back mri", "lower-back-spine-mri"),
    ("lower back MRI", "lower-back-spine-mri"),
    ("upper back mri", "mid-back-spine-mri"),
    ("prostate", "prostate-mri"),
    ("lungs ct", "chest-ct"),
    ("lung cancer screening", "lung-cancer-screening-ct-low-dose"),
    ("liver mri", "abdomen-mri-with-and-without-contrast"),
    ("rotator cuff", "shoulder-mri"),
    ("calcium score", "heart-calcium-score-ct"),
    # As orders write it.
    ("MR BRAIN W/O", "brain-mri"),
    ("MRI brain w/wo contrast", "brain-mri-with-and-without-contrast"),
    ("brain mri without contrast", "brain-mri"),
    ("CT ABD/PELVIS W CONTRAST", "abdomen-and-pelvis-ct-with-contrast"),
    ("CT chest with IV contrast", "chest-ct-with-contrast"),
    ("MRI L-spine", "lower-back-spine-mri"),
    ("mri c spine", "neck-spine-mri"),
    ("XR CHEST 2V", "chest-x-ray-2-views"),
    ("CXR", "chest-x-ray-2-views"),
    ("MRCP", "bile-duct-mri-mrcp"),
    ("mra", "brain-blood-vessels-mri-mra"),
    # Misspelled.
    ("nee mri", "knee-mri"),
    ("sholder mri", "shoulder-mri"),
    ("abdomin ct", "abdomen-and-pelvis-ct"),
    ("brian mri", "brain-mri"),
    ("prostrate mri", "prostate-mri"),
    ("lumbr mri", "lower-back-spine-mri"),
    ("sinis ct", "sinus-ct"),
    ("ankel mri", "ankle-mri"),
    # Typed so far.
    ("shou", "shoulder-mri"),
    # Spanish, with and without accents.
    ("rodilla", "knee-mri"),
    ("resonancia de rodilla", "knee-mri"),
    ("Resonancia magnética de la rodilla izquierda", "knee-mri"),
    ("tac de torax", "chest-ct"),
    ("tomografía de abdomen", "abdomen-and-pelvis-ct"),
    ("rayos x de pie", "foot-x-ray-3-views"),
    ("radiografia de mano derecha", "hand-x-ray-3-views"),
    ("resonancia de espalda", "lower-back-spine-mri"),
    ("radiografía de cadera", "hip-x-ray-2-3-views"),
    ("resonancia de cerebro con contraste", "brain-mri-with-and-without-contrast"),
    ("ombro", "shoulder-mri"),
    ("dolor de espalda", "lower-back-spine-mri"),
    ("me duele la rodilla", "knee-mri"),
    ("knee pain", "knee-mri"),
    ("back pain", "lower-back-spine-mri"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "slug"), SEARCHES)
def test_search_finds_first(everything_offered, text, slug):
    assert catalogue.search_exams(text).choices[0].exam.slug == slug


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        # Not in the catalogue: nothing like it may be offered in its stead.
        "ultrasound",
        "sonogram",
        "mammogram",
        "pet scan",
        "bone scan",
        "dexa",
        "breast mri",
        "wrist mri",
        "elbow x ray",
        "knee ultrasound",
        "knee ct",
        "hand mri",
        "ankle x ray",
        "thyroid",
        # Nothing asked.
        "",
        "   ",
        "scan",
        "the",
        "left",
        "?!% ()-- ''",
        "\x00",
        "\x00\x00knee\x00ultrasound",
        "'; drop table scheduling_exam; --",
        "%_%",
        "qwertzuiop asdfgh",
        "李",
        "\ud800",
        "z" * 1_000_000,
        "mri " * 3 + "zzzz",
    ],
    ids=lambda text: repr(text[:24]),
)
def test_search_finds_nothing(everything_offered, text):
    assert catalogue.search_exams(text).choices == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "modality"),
    [("mri", "MR"), ("ct", "CT"), ("cat scan", "CT"), ("x-ray", "XR"), ("tac", "CT"), ("knee mri", "MR")],
)
def test_modality_word_never_finds_another_modality(everything_offered, text, modality):
    found = catalogue.search_exams(text).choices

    assert {choice.exam.modality for choice in found} == {modality}


@pytest.mark.django_db
def test_right_word_never_drifts_to_a_similar_one(everything_offered):
    found = catalogue.search_exams("head").choices

    assert {choice.exam.body_region for choice in found} == {"head"}


@pytest.mark.django_db
def test_a_kind_of_scan_alone_finds_each_family_once_from_head_to_toe(everything_offered):
    found = [choice.exam.family for choice in catalogue.search_exams("mri").choices]

    assert found == [
        "brain-mri",
        "brain-blood-vessels-mri-mra",
        "neck-spine-mri",
        "shoulder-mri",
        "mid-back-spine-mri",
        "lower-back-spine-mri",
        "abdomen-mri",
        "bile-duct-mri-mrcp",
        "pelvis-mri",
        "prostate-mri",
        "hip-mri",
        "knee-mri",
        "ankle-mri",
    ]


@pytest.mark.django_db
def test_a_kind_of_scan_with_contrast_shows_what_has_contrast_first(everything_offered):
    found = [choice.exam.slug for choice in catalogue.search_exams("MRI with contrast").choices]

    assert found[:3] == [
        "brain-mri-with-and-without-contrast",
        "lower-back-spine-mri-with-and-without-contrast",
        "abdomen-mri-with-and-without-contrast",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "slugs", "left_out"),
    [
        ("knee replacement xray", ["knee-x-ray-3-views"], ("replacement",)),
        ("hip replacement", ["hip-mri", "hip-x-ray-2-3-views"], ("replacement",)),
        ("chest xray covid", ["chest-x-ray-2-views"], ()),
        ("qwertz knee mri asdfgh", ["knee-mri"], ("qwertz", "asdfgh")),
    ],
)
def test_a_word_that_means_nothing_is_left_out_and_named(everything_offered, text, slugs, left_out):
    found = catalogue.search_exams(text)

    assert [choice.exam.slug for choice in found.choices] == slugs
    assert found.left_out == left_out


@pytest.mark.django_db
def test_search_reads_the_beginning_of_a_long_text(everything_offered):
    assert catalogue.search_exams("knee mri" + " " * 1_000_000).choices[0].exam.slug == "knee-mri"


@pytest.mark.django_db
@pytest.mark.parametrize("locations", [1, 3])
def test_search_and_browse_have_a_fixed_number_of_queries(
    everything_offered, django_assert_num_queries, locations
):
    for location in [LocationFactory() for _ in range(locations)]:
        OfferingFactory.create_batch(2, location=location, price=Decimal(100))

    with django_assert_num_queries(2):
        catalogue.search_exams("knee mri")
    with django_assert_num_queries(1):
        catalogue.all_exams()


@pytest.mark.django_db
def test_browse_list_names_every_family_once_by_region(everything_offered):
    exams = [choice.exam for choice in catalogue.all_exams()]

    assert [exam.body_region for exam in exams] == sorted(exam.body_region for exam in exams)
    assert len({exam.family for exam in exams}) == len(exams) == 28
    assert [exam.slug for exam in exams if exam.body_region == "chest"] == [
        "chest-ct",
        "chest-x-ray-2-views",
        "lung-cancer-screening-ct-low-dose",
    ]


@pytest.mark.django_db
def test_family_is_what_differs_by_contrast(everything_offered):
    family = catalogue.family_of(Exam.objects.get(slug="chest-ct-with-contrast"))

    assert [choice.exam.slug for choice in family] == ["chest-ct", "chest-ct-with-contrast"]
