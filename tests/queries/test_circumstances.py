"""Who answers, and how old the patient is when it counts."""

import datetime as dt

import pytest

from scheduling.models import Draft
from scheduling.queries.screening import circumstances_of
from scheduling.rules.screening import FormKind
from tests.factories.locations import OpenLocationFactory
from tests.factories.scheduling import (
    BOOKED_AT,
    AppointmentFactory,
    DraftFactory,
    FullDraftFactory,
    HoldFactory,
)
from tests.factories.screening import AnswerSheetFactory

pytestmark = pytest.mark.django_db
EVE = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 5:30 pm in Austin
SAFETY = FormKind.SAFETY


def of(booking, now=BOOKED_AT):
    return circumstances_of(booking, SAFETY, now=now)


def test_an_age_counts_on_the_day_of_the_visit_at_the_center():
    draft = FullDraftFactory(birth_date=dt.date(1971, 1, 1), starts_at=EVE)

    assert of(draft).age == 55
    draft.starts_at += dt.timedelta(hours=8)  # 1:30 am on New Year's Day
    assert of(draft).age == 56


@pytest.mark.parametrize("at_a_center", [True, False])
def test_without_a_time_the_age_is_that_of_today(at_a_center):
    center = OpenLocationFactory() if at_a_center else None
    draft = FullDraftFactory(birth_date=dt.date(1971, 1, 1), starts_at=None, location=center)

    assert of(draft, now=EVE).age == 55


def test_an_age_may_not_be_known_yet():
    assert of(DraftFactory()).age is None
    assert of(HoldFactory()).age is None


def test_the_patient_of_a_visit_has_an_age():
    assert of(AppointmentFactory(patient__birth_date=dt.date(1980, 5, 17))).age == 46


def test_whoever_books_for_another_answers_for_them():
    assert of(FullDraftFactory()).by_proxy is False
    assert of(FullDraftFactory(booking_for=Draft.BookingFor.OTHER)).by_proxy is True
    assert of(AppointmentFactory()).by_proxy is False
    assert of(AppointmentFactory(booker_name="Luis Núñez")).by_proxy is True


def test_each_kind_of_questions_may_be_left_to_the_phone():
    draft = FullDraftFactory()
    sheet = AnswerSheetFactory(draft=draft, prefers_phone=True)

    assert circumstances_of(draft, FormKind(sheet.kind), now=BOOKED_AT).prefers_phone is True
    assert of(draft).prefers_phone is False
