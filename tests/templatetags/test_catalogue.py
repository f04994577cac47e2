import pytest
from django.template import Context, Template
from django.urls import reverse

from scheduling.templatetags.catalogue import region_words
from tests.factories.locations import LocationFactory
from tests.factories.scheduling import ExamFactory, OfferingFactory


def shown(location):
    page = Template("{% load catalogue %}{% offered_exams location %}")
    return page.render(Context({"location": location}))


@pytest.mark.django_db
def test_location_shows_each_family_once_under_its_kind_of_scan():
    here = LocationFactory()
    contrast = ExamFactory(family="brain-mri", slug="a", name="Brain MRI, with contrast", contrast="with")
    plain = ExamFactory(family="brain-mri", slug="b", name="Brain MRI")
    for exam in (contrast, plain, ExamFactory(modality="XR", name="Knee X-ray")):
        OfferingFactory(location=here, exam=exam)
    OfferingFactory(exam__name="Elsewhere MRI")

    page = shown(here)

    assert f'<a href="{reverse("portal:exam", args=["b"])}">Brain MRI</a>' in page
    assert "with contrast" not in page
    assert page.index("<h3>MRI</h3>") < page.index("<h3>X-ray</h3>") < page.index("Knee X-ray")
    assert "Elsewhere" not in page


@pytest.mark.django_db
def test_location_without_offerings_shows_nothing():
    assert shown(LocationFactory()).strip() == ""


def test_regions_in_words():
    assert region_words("abdomen") == "Belly (abdomen)"
    assert region_words("left little toe") == "Left little toe"
