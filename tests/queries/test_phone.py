import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.exceptions import NotFound
from scheduling.models import Draft
from scheduling.queries.phone import (
    desk_scanner,
    exams_for,
    patient_with_phone,
    patients_with_phone,
    phone_draft,
    scanners_for,
    soonest_for,
)
from tests.factories.journey import NOW, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    ExamFactory,
    OfferingFactory,
    PatientFactory,
    SidedExamFactory,
)

pytestmark = pytest.mark.django_db
PHONE = "+15125550147"


@pytest.fixture
def place():
    machine, exam = bookable()
    exam.name = "Knee MRI"
    exam.save()
    other = ExamFactory(name="Brain MRI", body_region="head")
    contrast = SidedExamFactory(name="Knee MRI with contrast", contrast="with", family=exam.family)
    chest = ExamFactory(name="Chest CT", modality="CT", body_region="chest")
    for each in (other, contrast, chest):
        OfferingFactory(exam=each, location=machine.location)
    SidedExamFactory(name="Knee X-ray", modality="XR")  # not offered here
    chest.synonyms.create(language="en", text="thorax")
    return machine.location


def staff(location, role=Assignment.Role.FRONT_DESK):
    return AssignmentFactory(location=location, role=role).user


def names(typed, place):
    return [(one.exam.name, one.side, one.needs_side) for one in exams_for(typed, place)]


def test_the_plainest_exam_comes_first(place):
    assert names("k mri l", place) == [("Knee MRI", "left", False), ("Knee MRI with contrast", "left", False)]
    assert names("k mri", place) == [("Knee MRI", "", True), ("Knee MRI with contrast", "", True)]


def test_contrast_narrows_it(place):
    assert names("k mri w r", place) == [("Knee MRI with contrast", "right", False)]
    assert names("k mri wo r", place) == [("Knee MRI", "right", False)]


def test_a_side_is_of_no_exam_without_sides(place):
    assert names("b mri", place) == [("Brain MRI", "", False)]
    assert names("brain mri l", place) == []


def test_other_words_for_it(place):
    assert names("thor", place) == [("Chest CT", "", False)]
    assert names("k x", place) == []
    assert names("", place) == []


def test_six_times_and_the_desk_needs_no_notice(place):
    machine, exam = bookable()
    draft = ready_draft(machine, exam, starts_at=None)
    times = soonest_for(draft, machine.location, now=NOW)
    assert len(times) == 6
    assert times[0].starts_at - NOW < dt.timedelta(minutes=machine.location.minimum_notice_minutes)


def test_known_by_phone_where_the_user_works_only():
    here = AppointmentFactory(phone=PHONE, patient=PatientFactory(given_name="Ana", phone=""))
    own = AppointmentFactory(
        scanner=here.scanner, starts_at=NOW, patient=PatientFactory(given_name="Ben", phone=PHONE)
    )
    AppointmentFactory(phone=PHONE, patient=PatientFactory(given_name="Elsewhere"))
    AppointmentFactory(
        scanner__location=here.location,
        phone="+15125550100",
        patient=PatientFactory(given_name="Other", phone=""),
    )
    user = staff(here.location)
    assert [one.given_name for one in patients_with_phone(user, PHONE)] == ["Ana", "Ben"]
    assert patient_with_phone(user, PHONE, own.patient_id) == own.patient
    with pytest.raises(NotFound):
        patient_with_phone(user, "+15125550100", own.patient_id)
    assert list(patients_with_phone(staff(here.location, Assignment.Role.AUDITOR), PHONE)) == []


def test_drafts_of_patients_and_of_other_desks_are_not_found():
    machine, exam = bookable()
    user = staff(machine.location)
    mine = ready_draft(machine, exam, desk=machine.location, started_by=user)
    assert phone_draft(staff(machine.location), mine.pk) == mine  # a colleague goes on with it
    elsewhere, _exam = bookable()
    for draft in (
        ready_draft(machine, exam),
        ready_draft(elsewhere, exam, desk=elsewhere.location, started_by=user),
    ):
        with pytest.raises(NotFound):
            phone_draft(user, draft.pk)


def test_scanners_where_the_user_books():
    machine, exam = bookable(name="A")
    ScannerFactory(location=machine.location, modality="CT")
    retired = ScannerFactory(location=machine.location, is_active=False)
    foreign, _exam = bookable()
    draft, user = Draft(exam=exam, desk=machine.location), staff(machine.location)
    assert list(scanners_for(draft, user)) == [machine]
    assert desk_scanner(user, retired.pk) == retired
    with pytest.raises(NotFound):
        desk_scanner(user, foreign.pk)
