"""The constraints of catalogue, drafts and questionnaires, each broken by a plain write; and no named
constraint without a test that names it."""

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.db import Error, connection, transaction

from scheduling.actions.holds import broken_constraint
from scheduling.models import (
    ChangePlan,
    Draft,
    Exam,
    Fate,
    GuidancePage,
    Offering,
    Origin,
    Question,
    Release,
    Rule,
    ScannerLength,
    Synonym,
)
from scheduling.models.appointments import IDENTIFIERS
from tests.factories.guidance import GuidancePageFactory
from tests.factories.journey import NINE_FORTY
from tests.factories.locations import LocationFactory, UserFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    DraftFactory,
    ExamFactory,
    OfferingFactory,
    ScannerLengthFactory,
    SidedExamFactory,
)
from tests.factories.screening import load_preset
from tests.factories.tasks import TaskFactory

TESTS = Path(__file__).parents[1]
# The primary key is unique already; this one is there for composite foreign keys to point at.
CANNOT_BE_BROKEN = {"scanner_location_" + "and_id"}
pytestmark = pytest.mark.django_db


def constraint_broken_by(write) -> str | None:
    """Deferred constraints are asked at once, as the end of the transaction would."""

    @transaction.atomic
    def write_and_end() -> None:
        write()
        connection.check_constraints()

    with pytest.raises(Error) as caught:
        write_and_end()
    return broken_constraint(caught.value)


@pytest.mark.parametrize("name", ["title_en", "title_es", "summary_en", "summary_es", "body_en", "body_es"])
def test_guidance_page(name):
    GuidancePageFactory(is_active=False, **{name: ""})
    shown = constraint_broken_by(lambda: GuidancePage.objects.update(is_active=True))
    assert shown == "guidance_page_shown_in_both_languages"


def test_exam():
    ExamFactory(has_sides=False)

    both = constraint_broken_by(lambda: Exam.objects.update(minutes_both_sides=60))
    for wrong in ({"modality": "CT", "minimum_tesla": 1}, {"minimum_tesla": 0}):
        broken = constraint_broken_by(lambda wrong=wrong: Exam.objects.update(**wrong))
        assert broken == "exam_strength_only_of_mri"
    short = constraint_broken_by(lambda: Exam.objects.update(minutes=4))

    assert (both, short) == ("exam_both_sides_only_with_sides", "exam_takes_time")


def test_synonym():
    exam = ExamFactory()

    def add():
        Synonym.objects.create(exam=exam, language="es", text="rodilla")

    add()
    assert constraint_broken_by(add) == "synonym_once_per_exam"


def test_offering():
    offering = OfferingFactory()

    twice = constraint_broken_by(lambda: OfferingFactory(exam=offering.exam, location=offering.location))
    negative = constraint_broken_by(lambda: Offering.objects.update(price=-1))

    assert (twice, negative) == ("offering_once_per_location", "offering_price_not_negative")


def test_scanner_length():
    length = ScannerLengthFactory(offering__exam=SidedExamFactory(), minutes=25)

    twice = constraint_broken_by(
        lambda: ScannerLength.objects.create(offering=length.offering, scanner=length.scanner, minutes=30)
    )
    shorter = constraint_broken_by(lambda: ScannerLength.objects.update(minutes_both_sides=24))

    assert (twice, shorter) == ("scanner_length_once", "scanner_length_both_is_longer")


def test_draft_with_a_time_has_a_location():
    DraftFactory(location=None)

    broken = constraint_broken_by(lambda: Draft.objects.update(starts_at=NINE_FORTY))

    assert broken == "draft_time_needs_location"


def test_a_draft_of_the_desk_says_whose_it_is():
    broken = constraint_broken_by(lambda: DraftFactory(desk=LocationFactory()))
    assert broken == "draft_desk_with_who_began_it"
    assert constraint_broken_by(lambda: DraftFactory(set_up_reason="x")) == "draft_set_up_by_the_desk"


def test_what_a_closure_does_to_a_visit_is_said_once_and_keeping_it_has_a_reason():
    visit, user = AppointmentFactory(), UserFactory()
    about = {"location": visit.location, "made_by": user, "made_at": NINE_FORTY}
    closing = {"kind": "closure", "closure_kind": "downtime"}

    def plan(ends, **kinds):
        return ChangePlan.objects.create(**about, **(kinds or closing), starts_at=NINE_FORTY, ends_at=ends)

    made = plan(NINE_FORTY + dt.timedelta(hours=1))
    fate = {"plan": made, "appointment": visit, "version": 0, "was_at": NINE_FORTY}
    assert constraint_broken_by(lambda: plan(NINE_FORTY)) == "change_plan_in_order"
    assert constraint_broken_by(lambda: plan(None)) == "change_plan_closes_for_a_time"
    assert constraint_broken_by(lambda: plan(None, kind="tides")) == "change_plan_kind_known"
    assert constraint_broken_by(lambda: plan(None, kind="scanner")) == "change_plan_names_its_scanner"
    assert plan(None, kind="hours").ends_at is None
    assert (
        constraint_broken_by(lambda: Fate.objects.create(**fate, choice="keep")) == "fate_keeps_with_a_reason"
    )
    Fate.objects.create(**fate, choice="move")
    assert constraint_broken_by(lambda: Fate.objects.create(**fate, choice="move")) == "fate_once_per_plan"


@pytest.mark.parametrize(
    ("model", "field", "constraint"),
    [
        (Question, "key", "question_key_unique"),
        (Question, "position", "question_position_unique"),
        (Rule, "key", "rule_key_unique"),
        (Rule, "position", "rule_position_unique"),
    ],
)
def test_keys_and_positions_are_unique_in_a_version(model, field, constraint):
    version = load_preset("a")
    first, second = model.objects.filter(version=version).order_by("position")[:2]
    setattr(second, field, getattr(first, field))

    assert constraint_broken_by(second.save) == constraint


def test_an_origin_is_of_one_thing():
    visit, task = AppointmentFactory(), TaskFactory()

    def came(**what):
        return lambda: Origin.objects.create(key="0" * 64, came_at=visit.created_at, **what)

    broken = [constraint_broken_by(came(**what)) for what in ({}, {"appointment": visit, "task": task})]

    assert broken == ["origin_of_one_thing"] * 2


def test_a_release_says_what_was_found_out():
    task = TaskFactory(appointment=AppointmentFactory())

    def release():
        Release.objects.create(
            task=task,
            appointment=task.appointment,
            note="",
            expires_on=task.appointment.starts_at.date(),
            released_by=UserFactory(),
            released_at=task.appointment.created_at,
        )

    assert constraint_broken_by(release) == "release_has_a_note"


def test_every_named_constraint_is_named_by_a_test():
    written = "".join(path.read_text() for path in TESTS.rglob("*.py"))
    by_pattern = {f"appointment_{field}_unique" for field in IDENTIFIERS}
    names = {
        constraint.name
        for app in ("locations", "scheduling")
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }

    assert {name for name in names - by_pattern - CANNOT_BE_BROKEN if name not in written} == set()
