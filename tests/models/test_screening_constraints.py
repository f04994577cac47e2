import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling.models import Publication, Question, Questionnaire, Rule, Screening, Version
from scheduling.models.screening import Disposition
from scheduling.rules import screening as rules
from tests.factories.locations import LocationFactory, UserFactory
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, DraftFactory
from tests.factories.screening import (
    AnswerSheetFactory,
    QuestionFactory,
    QuestionnaireFactory,
    RuleFactory,
    ScreeningFactory,
    VersionFactory,
    publish_preset,
)

pytestmark = pytest.mark.django_db


def broken(write):
    """The name of the constraint or trigger that refuses."""

    @transaction.atomic
    def write_and_check():
        write()
        connection.check_constraints()

    with pytest.raises(IntegrityError) as refusal:
        write_and_check()
    return refusal.value.__cause__.diag.constraint_name


def test_questionnaire_keys_are_unique():
    QuestionnaireFactory(key="mri")

    assert broken(lambda: QuestionnaireFactory(key="mri")) == "questionnaire_key_unique"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"published_at": BOOKED_AT, "approved_by": ""}, "version_published_is_approved"),
        ({"published_at": BOOKED_AT, "reviewed_on": None}, "version_published_is_reviewed"),
        ({"source_url": "https://www.cdc.gov/"}, "version_source_is_dated"),
    ],
)
def test_version(fields, constraint):
    assert broken(lambda: VersionFactory(**fields)) == constraint


def test_version_numbers_are_unique():
    version = VersionFactory()

    assert (
        broken(lambda: VersionFactory(questionnaire=version.questionnaire, number=1))
        == "version_number_unique"
    )


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "choice"}, "question_choices_fit_kind"),
        ({"kind": "yes_no", "choices": [{"value": "a", "en": "A", "es": "A"}]}, "question_choices_fit_kind"),
        ({"hint_en": "Choose one."}, "question_hint_in_both_languages"),
    ],
)
def test_question(fields, constraint):
    assert broken(lambda: QuestionFactory(**fields)) == constraint


@pytest.mark.parametrize("factory", [QuestionFactory, RuleFactory])
@pytest.mark.parametrize("field", ["key", "position"])
def test_keys_and_positions_are_unique_in_a_version(factory, field):
    first = factory()
    name = "question" if factory is QuestionFactory else "rule"

    again = {"version": first.version, field: getattr(first, field)}

    assert broken(lambda: factory(**again)) == f"{name}_{field}_unique"


@pytest.mark.parametrize("fields", [{"disposition": "defer"}, {"disposition": "mask", "defer": {"days": 7}}])
def test_a_rule_names_a_day_only_with_defer(fields):
    assert broken(lambda: RuleFactory(**fields)) == "rule_day_only_with_defer"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"appointment": None}, "screening_of_one_visit_or_draft"),
        ({"disposition": "defer"}, "screening_day_only_with_defer"),
        ({"defer_until": dt.date(2026, 12, 11)}, "screening_day_only_with_defer"),
        ({"answered_by": "staff"}, "screening_staff_is_named"),
    ],
)
def test_screening(fields, constraint):
    assert broken(lambda: ScreeningFactory(**fields)) == constraint


def test_screening_of_both_a_visit_and_a_draft():
    assert broken(lambda: ScreeningFactory(draft=DraftFactory())) == "screening_of_one_visit_or_draft"


def test_screening_by_a_patient_names_no_staff():
    assert broken(lambda: ScreeningFactory(staff=UserFactory())) == "screening_staff_is_named"


def test_screening_replaces_another_one():
    pk = ScreeningFactory().pk + 1

    assert broken(lambda: ScreeningFactory(pk=pk, supersedes_id=pk)) == "screening_replaces_another"


@pytest.mark.parametrize("fields", [{"draft": None}, {"appointment": True}])
def test_a_sheet_is_of_one_draft_or_visit(fields):
    about = {name: value and AppointmentFactory() for name, value in fields.items()}

    assert broken(lambda: AnswerSheetFactory(**about)) == "answersheet_of_one_visit_or_draft"


def test_a_draft_and_a_visit_have_one_sheet_of_each_kind():
    of_draft = AnswerSheetFactory()
    of_visit = AnswerSheetFactory(draft=None, appointment=AppointmentFactory())
    again = {"version": of_draft.version}

    assert broken(lambda: AnswerSheetFactory(draft=of_draft.draft, **again)) == (
        "answersheet_one_per_draft_and_kind"
    )
    assert broken(lambda: AnswerSheetFactory(draft=None, appointment=of_visit.appointment, **again)) == (
        "answersheet_one_per_visit_and_kind"
    )
    AnswerSheetFactory(draft=of_draft.draft, kind="safety")


def test_safety_is_asked_about_one_kind_of_scan():
    assert broken(lambda: QuestionnaireFactory(kind="safety")) == "questionnaire_safety_has_modality"


def test_each_kind_of_scan_has_one_questionnaire_about_its_safety():
    QuestionnaireFactory(kind="safety", modality="MR")
    QuestionnaireFactory(kind="safety", modality="CT")
    QuestionnaireFactory(modality="MR")

    assert broken(lambda: QuestionnaireFactory(kind="safety", modality="MR")) == (
        "questionnaire_one_safety_per_modality"
    )


def test_a_draft_version_cannot_be_answered():
    assert broken(lambda: ScreeningFactory(version=VersionFactory())) == "screening_of_published_version"


def test_screenings_are_append_only():
    screening = ScreeningFactory()
    mine = Screening.objects.filter(pk=screening.pk)

    assert broken(lambda: mine.update(disposition="mask")) == "screening_append_only"
    assert broken(mine.delete) == "screening_append_only"


def test_a_published_version_is_frozen():
    version = publish_preset("a")
    mine = Version.objects.filter(pk=version.pk)

    assert broken(lambda: mine.update(change_note="typo")) == "version_frozen_once_published"
    assert broken(lambda: mine.update(published_at=None)) == "version_frozen_once_published"
    assert broken(lambda: Question.objects.filter(version=version).update(text_en="Hm?")) == (
        "question_frozen_once_published"
    )
    assert broken(lambda: Question.objects.filter(version=version).delete()) == (
        "question_frozen_once_published"
    )
    assert broken(lambda: QuestionFactory(version=version, position=999)) == "question_frozen_once_published"
    assert broken(lambda: Rule.objects.filter(version=version).update(disposition="ok")) == (
        "rule_frozen_once_published"
    )
    assert broken(lambda: Rule.objects.filter(version=version).delete()) == "rule_frozen_once_published"
    assert broken(lambda: RuleFactory(version=version, position=999)) == "rule_frozen_once_published"


def test_a_published_version_cannot_be_deleted():
    version = VersionFactory(published_at=BOOKED_AT)

    assert broken(lambda: Version.objects.filter(pk=version.pk).delete()) == "version_frozen_once_published"


def test_nothing_moves_out_of_or_into_a_published_version():
    published = VersionFactory(published_at=BOOKED_AT)
    question = QuestionFactory()

    mine = Question.objects.filter(pk=question.pk)

    assert broken(lambda: mine.update(version=published)) == "question_frozen_once_published"


def test_a_draft_may_be_changed_and_deleted():
    question = QuestionFactory()
    Question.objects.filter(pk=question.pk).update(text_en="Do you cough?")
    Version.objects.filter(pk=question.version_id).update(change_note="plainer words")

    question.version.delete()

    assert list(Question.objects.all()) == []


def put_in_force(version, starts, ends, **scope):
    return Publication.objects.create(
        questionnaire=version.questionnaire,
        version=version,
        active_during=DateTimeTZRange(starts, ends),
        **scope,
    )


def test_one_publication_per_scope_and_time():
    version = VersionFactory(published_at=BOOKED_AT)
    later = BOOKED_AT + dt.timedelta(days=1)
    location = LocationFactory()
    put_in_force(version, BOOKED_AT, later)

    put_in_force(version, later, None)
    put_in_force(version, BOOKED_AT, None, location=location)
    put_in_force(version, BOOKED_AT, None, modality="MR")

    overlapping = [
        lambda: put_in_force(version, BOOKED_AT, later),
        lambda: put_in_force(version, later, None, location=location),
        lambda: put_in_force(version, later, None, modality="MR"),
    ]
    assert [broken(write) for write in overlapping] == ["publication_one_per_scope"] * 3


@pytest.mark.parametrize(("starts", "ends"), [(None, BOOKED_AT), (BOOKED_AT, BOOKED_AT)])
def test_a_publication_has_a_start(starts, ends):
    version = VersionFactory(published_at=BOOKED_AT)

    assert broken(lambda: put_in_force(version, starts, ends)) == "publication_has_a_start"


def test_only_a_published_version_of_the_questionnaire_is_put_in_force():
    draft, published = VersionFactory(), VersionFactory(published_at=BOOKED_AT)

    put_in_force(published, BOOKED_AT, None)
    assert broken(lambda: put_in_force(draft, BOOKED_AT, None)) == "publication_of_published_version"
    assert (
        broken(
            lambda: Publication.objects.create(
                questionnaire=draft.questionnaire,
                version=published,
                active_during=DateTimeTZRange(BOOKED_AT, None),
            )
        )
        == "publication_of_published_version"
    )


def test_stored_words_are_the_rules_words():
    assert Disposition.values == [str(disposition) for disposition in rules.Disposition]
    assert Question.Kind.values == [str(kind) for kind in rules.QuestionKind]
    assert Question.Stage.values == [str(stage) for stage in rules.Stage]
    assert Questionnaire.Kind.values == [str(kind) for kind in rules.FormKind]
    assert Rule.ActsWhen.values == [str(when) for when in rules.ActsWhen]


def test_a_visit_with_a_screening_is_kept():
    screening = ScreeningFactory(appointment=AppointmentFactory())

    with pytest.raises(IntegrityError):
        screening.appointment.delete()
