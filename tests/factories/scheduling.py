"""Unsurprising exams, patients and visits.

`ExamFactory` is a knee MRI of 40 minutes. `AppointmentFactory` is a booked visit of it on a Tuesday at
9:40 am in Austin, with all its identifiers; `HoldFactory` is the same time, held for ten minutes.
Give `scanner__location=` or `scanner=` to put it elsewhere; lengths follow `exam` and `scanner`.
"""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Appointment, Draft, Exam, Offering, Patient, Preparation, ScannerLength
from scheduling.rules import codes, names
from tests.factories.locations import OpenLocationFactory, ScannerFactory

BOOKED_AT = dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC)
STARTS_AT = dt.datetime(2026, 12, 1, 15, 40, tzinfo=dt.UTC)  # 9:40 am in Austin
_DAY = dt.date(2026, 12, 1)


class PreparationFactory(DjangoModelFactory):
    class Meta:
        model = Preparation

    code = factory.Sequence(lambda n: f"P{n}")
    text_en = "Leave metal at home."
    text_es = "Deje los objetos de metal en casa."


class ExamFactory(DjangoModelFactory):
    class Meta:
        model = Exam

    slug = factory.Sequence(lambda n: f"knee-mri-{n}")
    family = factory.SelfAttribute("slug")
    name = "Knee MRI"
    name_es = "Resonancia magnética de rodilla"
    modality = "MR"
    body_region = "knee"
    minutes = 40
    search_text = factory.LazyAttribute(lambda exam: names.fold(f"{exam.name} {exam.name_es}"))


class SidedExamFactory(ExamFactory):
    has_sides = True
    minutes_both_sides = 75


class OfferingFactory(DjangoModelFactory):
    class Meta:
        model = Offering

    exam = factory.SubFactory(ExamFactory)
    location = factory.SubFactory(OpenLocationFactory)


class ScannerLengthFactory(DjangoModelFactory):
    class Meta:
        model = ScannerLength

    offering = factory.SubFactory(OfferingFactory)
    scanner = factory.SubFactory(ScannerFactory, location=factory.SelfAttribute("..offering.location"))
    minutes = 25


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = Patient

    given_name = "Ana"
    family_name = "Núñez"
    folded_name = factory.LazyAttribute(lambda p: names.fold_name(p.given_name, p.family_name))
    birth_date = dt.date(1980, 5, 17)
    email = "ana@example.com"
    phone = "+15125550147"
    created_at = BOOKED_AT


class DraftFactory(DjangoModelFactory):
    """Only the exam is answered; see `FullDraftFactory`."""

    class Meta:
        model = Draft

    visitor = factory.Sequence(lambda n: f"visitor-{n}")
    exam = factory.SubFactory(ExamFactory)
    order_status = Appointment.OrderStatus.HAVE_IT
    created_at = BOOKED_AT
    updated_at = BOOKED_AT


class FullDraftFactory(DraftFactory):
    """Everything but the screening is answered."""

    location = factory.SubFactory(OpenLocationFactory)
    place = "78701"
    starts_at = STARTS_AT
    booking_for = Draft.BookingFor.SELF
    given_name = "Ana"
    family_name = "Núñez"
    birth_date = dt.date(1980, 5, 17)
    by_email = True
    email = "ana@example.com"


class HoldFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    status = Appointment.Status.HELD
    scanner = factory.SubFactory(ScannerFactory)
    exam = factory.SubFactory(ExamFactory)
    starts_at = STARTS_AT
    ends_at = factory.LazyAttribute(lambda visit: visit.starts_at + dt.timedelta(minutes=visit.exam.minutes))
    occupied_until = factory.LazyAttribute(
        lambda visit: visit.ends_at + dt.timedelta(minutes=visit.scanner.turnover_minutes)
    )
    arrive_at = factory.LazyAttribute(lambda visit: visit.starts_at - dt.timedelta(minutes=30))
    held_until = factory.LazyAttribute(lambda visit: visit.created_at + dt.timedelta(minutes=10))
    source = Appointment.Source.ONLINE
    order_status = Appointment.OrderStatus.HAVE_IT
    created_at = BOOKED_AT


class AppointmentFactory(HoldFactory):
    status = Appointment.Status.BOOKED
    held_until = None
    patient = factory.SubFactory(PatientFactory)
    booked_at = factory.SelfAttribute("created_at")
    code = factory.LazyFunction(codes.new_code)
    accession = factory.LazyFunction(lambda: codes.new_accession(_DAY))
    requested_procedure_id = factory.LazyFunction(lambda: codes.new_procedure_id(_DAY))
    sps_id = factory.LazyFunction(lambda: codes.new_step_id(_DAY))
    study_uid = factory.LazyFunction(codes.new_study_uid)
    ical_uid = factory.LazyAttribute(lambda visit: f"{visit.code}@alliance.example")
    link_key = factory.LazyFunction(codes.new_link_key)
    email = "ana@example.com"
    by_email = True
