from decimal import Decimal

import pytest

from scheduling.queries import catalogue
from tests.factories.locations import LocationFactory
from tests.factories.scheduling import ExamFactory, OfferingFactory


@pytest.mark.django_db
def test_nothing_asked_needs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert catalogue.search_exams("scan").choices == []


@pytest.mark.django_db
def test_exam_is_found_only_where_an_open_location_offers_it():
    offered = OfferingFactory()
    OfferingFactory(is_active=False)
    OfferingFactory(location__is_active=False)
    OfferingFactory(exam__is_active=False)
    ExamFactory()

    assert [choice.exam for choice in catalogue.search_exams("knee").choices] == [offered.exam]
    assert [choice.exam for choice in catalogue.all_exams()] == [offered.exam]


@pytest.mark.django_db
def test_exam_by_slug():
    exam = OfferingFactory().exam
    hidden = ExamFactory()

    assert catalogue.exam_by_slug(exam.slug) == exam
    assert catalogue.exam_by_slug(hidden.slug) is None
    assert catalogue.exam_by_slug("no-such-exam") is None


@pytest.mark.django_db
def test_lowest_price_is_that_of_an_open_offering():
    exam = ExamFactory()
    OfferingFactory(exam=exam, price=Decimal(400), price_is_example=True)
    OfferingFactory(exam=exam, price=Decimal(450))
    OfferingFactory(exam=exam, price=None)
    OfferingFactory(exam=exam, price=Decimal(10), is_active=False)
    OfferingFactory(exam=exam, price=Decimal(20), location__is_active=False)

    expected = catalogue.Price(Decimal("400.00"), is_example=True)
    assert catalogue.lowest_price(exam) == expected
    assert catalogue.search_exams("knee").choices[0].price == expected


@pytest.mark.django_db
def test_exam_without_prices_has_no_price():
    exam = OfferingFactory(price=None).exam

    assert catalogue.lowest_price(exam) is None
    assert catalogue.search_exams("knee").choices[0].price is None


@pytest.mark.django_db
def test_free_exam_has_a_price():
    exam = OfferingFactory(price=Decimal(0)).exam

    assert catalogue.lowest_price(exam) == catalogue.Price(Decimal("0.00"), is_example=False)


@pytest.mark.django_db
def test_offerings_of_location_are_the_active_ones_in_order(django_assert_num_queries):
    here = LocationFactory()
    knee = OfferingFactory(location=here)
    head = OfferingFactory(location=here, exam__modality="CT", exam__name="Head CT", exam__body_region="head")
    OfferingFactory(location=here, is_active=False)
    OfferingFactory(location=here, exam__is_active=False)
    OfferingFactory()

    with django_assert_num_queries(1):
        assert [offering.exam for offering in catalogue.offerings_of_location(here)] == [head.exam, knee.exam]


@pytest.mark.django_db
def test_locations_offering_are_the_open_ones():
    offering = OfferingFactory()
    OfferingFactory(exam=offering.exam, is_active=False)
    OfferingFactory(exam=offering.exam, location__is_active=False)
    OfferingFactory()

    assert list(catalogue.locations_offering(offering.exam)) == [offering.location]


@pytest.mark.django_db
def test_lowest_price_by_modality(django_assert_num_queries):
    OfferingFactory(price=Decimal(400), price_is_example=True)
    OfferingFactory(price=Decimal(500))
    OfferingFactory(price=Decimal(60), exam__modality="XR")
    OfferingFactory(price=Decimal(10), exam__modality="XR", exam__is_active=False)
    OfferingFactory(price=None, exam__modality="CT")

    with django_assert_num_queries(1):
        assert catalogue.lowest_price_by_modality() == {
            "MR": catalogue.Price(Decimal("400.00"), is_example=True),
            "XR": catalogue.Price(Decimal("60.00"), is_example=False),
        }


@pytest.mark.django_db
def test_minimum_age_is_the_lowest_of_the_family_where_it_can_be_booked():
    one, two = OfferingFactory(minimum_age=12), OfferingFactory(minimum_age=6)
    OfferingFactory(exam=one.exam, minimum_age=3, is_active=False)

    assert catalogue.minimum_age([one.exam]) == 12
    assert catalogue.minimum_age([one.exam, two.exam]) == 6
    assert catalogue.minimum_age([]) == 0
