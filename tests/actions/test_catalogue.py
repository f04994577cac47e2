import pytest
from django.core.management import call_command

from scheduling.actions.catalogue import Loaded, load_catalogue, refresh_search_texts
from scheduling.models import Exam, Preparation, Synonym
from tests.factories.scheduling import ExamFactory

pytestmark = pytest.mark.django_db


def test_load_adds_every_exam_with_its_preparations_and_words():
    loaded = load_catalogue()

    assert (loaded.exams, loaded.preparations) == (32, 14)
    assert loaded.synonyms == Synonym.objects.count()
    exam = Exam.objects.get(slug="abdomen-and-pelvis-ct-with-contrast")
    assert exam.family == "abdomen-and-pelvis-ct"
    assert (exam.modality, exam.contrast, exam.minutes) == ("CT", Exam.Contrast.WITH, 30)
    assert exam.minutes_both_sides is None
    assert exam.loinc == "36813-4"
    assert [preparation.code for preparation in exam.preparations.all()] == ["F2", "X", "I", "oral", "P"]
    assert exam.beam_through_pelvis
    assert not exam.has_sides
    assert set(exam.search_text.split()) >= {"belly", "vientre", "tac", "cat", "pelvis"}


def test_every_shipped_exam_is_complete():
    load_catalogue()

    for exam in Exam.objects.all():
        exam.full_clean()
        assert exam.name_es
        assert exam.preparations.exists()
    assert set(Exam.objects.filter(chest_respiratory=True).values_list("slug", flat=True)) == {
        "chest-ct",
        "chest-ct-with-contrast",
        "chest-x-ray-2-views",
    }
    for preparation in Preparation.objects.all():
        preparation.full_clean()
        assert preparation.text_es


def test_preparation_takes_the_time_it_needs():
    load_catalogue()

    assert dict(Preparation.objects.exclude(lead_minutes=0).values_list("code", "lead_minutes")) == {
        "F4": 240,
        "F2": 120,
        "caf": 360,
    }
    assert dict(Preparation.objects.exclude(arrive_minutes=0).values_list("code", "arrive_minutes")) == {
        "M": 30,
        "X": 15,
        "R": 15,
        "oral": 90,
    }


def test_load_again_changes_nothing():
    load_catalogue()
    before = list(Exam.objects.values()), list(Preparation.objects.values()), list(Synonym.objects.values())

    assert load_catalogue() == Loaded(0, 0, 0)

    after = list(Exam.objects.values()), list(Preparation.objects.values()), list(Synonym.objects.values())
    assert after == before


def test_load_again_keeps_an_administrators_edits_and_adds_what_is_missing():
    load_catalogue()
    Exam.objects.filter(slug="knee-mri").update(minutes=35, name="MRI of the knee")
    Synonym.objects.filter(exam__slug="knee-mri").delete()
    Preparation.objects.filter(code="M").update(text_en="No metal, please.")
    Exam.objects.filter(slug="hip-mri").delete()

    assert load_catalogue().exams == 1

    knee = Exam.objects.get(slug="knee-mri")
    assert (knee.minutes, knee.name) == (35, "MRI of the knee")
    assert not knee.synonyms.exists()
    assert Preparation.objects.get(code="M").text_en == "No metal, please."
    assert Exam.objects.get(slug="hip-mri").preparations.count() == 4


def test_overwrite_puts_the_shipped_values_back_and_keeps_added_synonyms():
    load_catalogue()
    knee = Exam.objects.get(slug="knee-mri")
    Exam.objects.filter(pk=knee.pk).update(minutes=35, is_active=False)
    Preparation.objects.filter(code="M").update(text_en="No metal, please.")
    Synonym.objects.create(exam=knee, language="en", text="kneecap picture")

    assert load_catalogue(overwrite=True) == Loaded(0, 0, 0)

    knee.refresh_from_db()
    assert knee.minutes == 40
    assert not knee.is_active
    assert Preparation.objects.get(code="M").text_en.startswith("Leave metal")
    assert knee.synonyms.filter(text="kneecap picture").exists()


def test_refresh_finds_an_exam_by_its_new_synonym():
    exam = ExamFactory(search_text="")
    other = ExamFactory(search_text="")
    Synonym.objects.create(exam=exam, language="en", text="Runner’s scan")

    refresh_search_texts(Exam.objects.filter(pk=exam.pk))

    exam.refresh_from_db()
    other.refresh_from_db()
    assert "runners" in exam.search_text.split()
    assert other.search_text == ""


def test_command_says_what_it_added(capsys):
    call_command("load_catalogue")
    call_command("load_catalogue")

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Added 32 exams, 14 preparations, ")
    assert second == "Added 0 exams, 0 preparations, 0 synonyms."


def test_an_mri_with_fasting_is_not_told_to_eat_as_usual():
    load_catalogue()

    def codes(slug):
        return [line.code for line in Exam.objects.get(slug=slug).preparations.all()]

    assert codes("knee-mri") == ["M", "card", "eat", "med"]
    assert codes("bile-duct-mri-mrcp") == ["F4", "M", "card", "med"]
