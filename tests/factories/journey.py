"""A bookable world: one center, one MRI scanner, one knee exam; and drafts ready to confirm."""

import datetime as dt

from locations.models import Scanner
from scheduling.models import Draft, Exam
from scheduling.rules.actors import Actor
from tests.factories.locations import ScannerFactory
from tests.factories.scheduling import FullDraftFactory, OfferingFactory, SidedExamFactory

NOW = dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)  # Monday, 9 am in Austin
NINE_FORTY = dt.datetime(2026, 12, 1, 15, 40, tzinfo=dt.UTC)
PATIENT = Actor.patient("draft test")


def bookable(**scanner) -> tuple[Scanner, Exam]:
    """A scanner at an open center that offers a knee MRI of 40 minutes; turnover 5 minutes."""
    machine = ScannerFactory(**scanner)
    exam = SidedExamFactory()
    OfferingFactory(exam=exam, location=machine.location)
    return machine, exam


def ready_draft(machine: Scanner, exam: Exam, **answers) -> Draft:
    """Everything is answered; screening is off at the factory's center."""
    answers = {"starts_at": NINE_FORTY, "laterality": "left", **answers}
    return FullDraftFactory(exam=exam, location=machine.location, **answers)
