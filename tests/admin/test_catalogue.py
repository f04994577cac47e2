import pytest
from django.urls import reverse

from locations.models import Assignment
from scheduling.models import Exam
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import ExamFactory, OfferingFactory, PreparationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    return client


def form_of(exam, **synonyms):
    rows = {
        f"synonyms-{number}-{name}": value
        for number, synonym in enumerate(synonyms.get("synonyms", []))
        for name, value in synonym.items()
    }
    return {
        "slug": exam.slug,
        "family": exam.family,
        "name": exam.name,
        "name_es": exam.name_es,
        "modality": exam.modality,
        "body_region": exam.body_region,
        "contrast": exam.contrast,
        "minutes": exam.minutes,
        "order_required": exam.order_required,
        "is_active": "on",
        "synonyms-TOTAL_FORMS": len(synonyms.get("synonyms", [])),
        "synonyms-INITIAL_FORMS": 0,
        **rows,
    }


def test_a_saved_exam_is_found_by_its_new_words(administrator):
    exam = ExamFactory(name="Knee MRI")
    exam.name = "Whole leg scan"
    data = form_of(exam, synonyms=[{"language": "en", "text": "shin picture"}])
    response = administrator.post(reverse("admin:scheduling_exam_change", args=[exam.pk]), data)

    assert response.status_code == 302
    found = Exam.objects.get(pk=exam.pk).search_text
    assert "whole leg" in found
    assert "shin" in found


def test_an_exam_is_found_in_the_admin_by_a_synonym(administrator):
    ExamFactory(name="Chest CT", slug="chest-ct", family="chest")
    wanted = ExamFactory(name="Bile duct MRI", slug="mrcp")
    wanted.synonyms.create(language="en", text="MRCP")
    response = administrator.get(reverse("admin:scheduling_exam_changelist"), {"q": "mrcp"})
    assert list(response.context["cl"].result_list) == [wanted]


def test_an_offering_offers_only_fitting_scanners_of_its_location(administrator):
    offering = OfferingFactory()
    fitting = ScannerFactory(location=offering.location)
    ScannerFactory(location=offering.location, modality="CT")
    ScannerFactory()
    response = administrator.get(reverse("admin:scheduling_offering_change", args=[offering.pk]))
    (formset,) = response.context["inline_admin_formsets"]
    assert list(formset.formset.empty_form.fields["scanner"].queryset) == [fitting]


def test_preparations_are_offered_in_words(administrator):
    PreparationFactory(code="F4", text_en="Do not eat or drink for 4 hours before you arrive.")
    page = administrator.get(reverse("admin:scheduling_exam_add")).content.decode()
    assert "F4: Do not eat or drink for 4 hours before you arrive.</option>" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_row_and_for_three(administrator, rows, django_assert_num_queries):
    OfferingFactory.create_batch(rows)
    path = reverse("admin:scheduling_offering_changelist")
    administrator.get(path)
    with django_assert_num_queries(13):
        administrator.get(path)
