import datetime as dt
from dataclasses import replace

import pytest

from scheduling.actions.questionnaires import publish, switch_off
from scheduling.models import Questionnaire
from scheduling.queries.questionnaires import limits_of, spec_of, version_for, with_limits
from scheduling.queries.screening import (
    asks_at_booking,
    circumstances_of,
    outcome_of,
    outcome_of_draft,
    outcomes_of,
    shown_to,
    still_to_answer,
    tags_of,
    version_of,
)
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind, Stage
from tests.factories.locations import LocationFactory, ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import (
    BOOKED_AT,
    AppointmentFactory,
    DraftFactory,
    ExamFactory,
    FullDraftFactory,
)
from tests.factories.screening import A, AnswerSheetFactory, load_preset, publish_preset

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
LATER = NOW + dt.timedelta(hours=1)
BY = Actor.process("test")
NEAR = dt.datetime(2026, 11, 26, 15, 40, tzinfo=dt.UTC)  # two days after NOW


def off(**scope):
    switch_off(questionnaire=Questionnaire.objects.get(), starts=LATER, now=NOW, by=BY, **scope)


def number_for(location, modality="MR", now=LATER):
    spec = version_for(FormKind.RESPIRATORY, location, modality, now)
    return spec and spec.number


def test_a_stored_version_reads_as_it_was_written():
    version = load_preset("a")

    assert replace(spec_of(version), pk=None, number=0, reviewed_on=A.reviewed_on) == A


def test_nothing_is_asked_before_something_is_published():
    load_preset("a")

    assert version_for(FormKind.RESPIRATORY, LocationFactory(), "MR", NOW) is None


def test_the_general_version_is_asked_everywhere():
    version = publish_preset("a")

    assert number_for(None) == version.number
    assert number_for(LocationFactory()) == version.number
    assert number_for(LocationFactory(), now=NOW - dt.timedelta(seconds=1)) is None


def test_the_narrowest_scope_wins():
    here, elsewhere = LocationFactory(), LocationFactory()
    general = publish_preset("a")
    for_ct = publish_preset("b", modality="CT")
    at_here = publish_preset("b", location=here)
    for_ct_here = publish_preset("a", location=here, modality="CT")

    assert number_for(elsewhere, "MR") == general.number
    assert number_for(elsewhere, "CT") == for_ct.number
    assert number_for(here, "MR") == at_here.number
    assert number_for(here, "CT") == for_ct_here.number


def test_a_location_without_screening_is_asked_nothing():
    publish_preset("a")

    assert version_for(FormKind.RESPIRATORY, LocationFactory(screening_on=False), "MR", NOW) is None


def test_the_form_is_switched_off_for_a_scope():
    here, elsewhere = LocationFactory(), LocationFactory()
    publish_preset("a")
    off(location=here)

    assert number_for(here) is None
    assert number_for(here, now=NOW) == 1
    assert number_for(elsewhere) == 1


def test_a_version_in_force_is_read_once(django_assert_num_queries):
    publish_preset("a")
    location = LocationFactory()

    with django_assert_num_queries(4):  # publication, version, questions, rules
        first = version_for(FormKind.RESPIRATORY, location, "MR", NOW)
    with django_assert_num_queries(1):
        assert version_for(FormKind.RESPIRATORY, location, "MR", NOW) is first
    publish_preset("b", location=location)
    with django_assert_num_queries(4):
        assert version_for(FormKind.RESPIRATORY, location, "MR", NOW).number == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, True), ({"screening_on": False}, False), ({"asks_screening_at_booking": False}, False)],
)
def test_a_location_decides_whether_to_ask_at_booking(fields, expected):
    publish_preset("a")
    draft = DraftFactory(location=LocationFactory(**fields))

    assert asks_at_booking(draft, now=NOW) is expected
    assert (version_of(draft, FormKind.RESPIRATORY, now=NOW) is not None) is expected


def test_without_a_location_or_a_publication_nothing_is_asked_at_booking():
    assert asks_at_booking(DraftFactory(location=LocationFactory()), now=NOW) is False
    publish_preset("a")
    assert asks_at_booking(DraftFactory(), now=NOW) is False


def test_a_draft_keeps_the_version_it_began():
    first = publish_preset("a")
    draft = AnswerSheetFactory(version=first).draft
    publish(version=load_preset("b"), starts=LATER, now=NOW, by=BY)

    assert number_for(draft.location) == 2
    assert version_of(draft, FormKind.RESPIRATORY, now=LATER).number == 1


def test_answers_are_judged_on_the_day_of_the_visit_in_its_zone():
    late_evening = dt.datetime(2026, 11, 25, 5, tzinfo=dt.UTC)  # still November 24 in Austin
    draft = FullDraftFactory(
        starts_at=dt.datetime(2026, 11, 27, 15, tzinfo=dt.UTC),
    )
    AnswerSheetFactory(
        draft=draft,
        version=publish_preset("a"),
        answers={"pos": "yes", "pos_which": "covid", "pos_ill": "no", "pos_date": "2026-11-24"},
        answered_at=late_evening,
    )

    outcome = outcome_of_draft(draft, now=late_evening)

    assert (outcome.disposition, outcome.defer_until) == ("defer", dt.date(2026, 12, 5))


def test_a_draft_that_was_asked_nothing_has_no_outcome():
    publish_preset("a")

    assert outcome_of_draft(FullDraftFactory(), now=NOW) is None


@pytest.mark.parametrize(
    ("order", "disposition"), [("have_it", "review"), ("office_sends", "review"), ("none", "callback")]
)
@pytest.mark.parametrize("location_fields", [None, {}, {"screening_on": False}])
def test_the_chest_question_counts_before_a_time_and_with_the_form_off(order, disposition, location_fields):
    publish_preset("a")
    draft = DraftFactory(
        exam=ExamFactory(chest_respiratory=True, modality="CT"),
        order_status=order,
        why_chest="not_sure",
        location=None if location_fields is None else LocationFactory(**location_fields),
    )

    assert outcome_of_draft(draft, now=NOW).disposition == disposition


def test_a_draft_is_shown_the_follow_ups_of_its_answers():
    version = publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)
    AnswerSheetFactory(draft=draft, version=version, answers={"isol": "yes", "isol_end": "known"})

    keys = [question.key for question in shown_to(spec_of(version), draft, now=NOW)]

    assert keys == ["emerg", "sympt", "pos", "isol", "isol_end", "isol_date", "expo", "compan"]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ([], {}),
        ([None], {}),
        ([350, None, 550], {"ask_weight_over_lb": 350, "most_weight_lb": 550}),
    ],
)
def test_limits_of_scanners_stand_in_for_the_versions_numbers(limits, expected):
    for limit in limits:
        ScannerFactory(weight_limit_lb=limit)
    ScannerFactory(weight_limit_lb=900, is_active=False)
    parameters = {"ask_weight_over_lb": 300, "most_weight_lb": 500, "window_days": 3}

    version = replace(A, parameters=parameters)

    assert limits_of(version, "MR") == expected
    assert with_limits(version, expected).parameters == {**parameters, **expected}
    assert limits_of(A, "MR") == {}


def test_kinds_do_not_mix():
    publish_preset("a")
    version = publish_safety()
    location = LocationFactory(screening_on=False)

    assert version_for(FormKind.SAFETY, location, "MR", NOW).pk == version.pk
    assert version_for(FormKind.SAFETY, location, "CT", NOW) is None
    assert version_for(FormKind.RESPIRATORY, location, "MR", NOW) is None


def test_all_sheets_are_judged_together():
    draft = FullDraftFactory(starts_at=NEAR)
    assert outcomes_of(draft, now=NOW) == {}
    AnswerSheetFactory(draft=draft, version=publish_preset("a"), answers={"sympt": ["nose"]})
    AnswerSheetFactory(draft=draft, version=publish_safety(), answers={"fit": ["pacemaker"]})

    apart = {kind: outcome.disposition for kind, outcome in outcomes_of(draft, now=NOW).items()}
    together = outcome_of_draft(draft, now=NOW)

    assert apart == {"respiratory": "mask", "safety": "callback"}
    assert (together.disposition, together.rule_keys) == ("callback", ("device", "mild_signs"))


def test_a_visit_is_asked_and_judged_like_a_draft():
    version = publish_safety()
    visit = AppointmentFactory(order_status="none")
    assert version_of(visit, FormKind.SAFETY, now=NOW).pk == version.pk
    AnswerSheetFactory(draft=None, appointment=visit, version=version, answers={"kidney": "yes"})

    spec = version_of(visit, FormKind.SAFETY, now=NOW)
    missing = still_to_answer(spec, visit, until=Stage.VISIT, now=NOW)

    assert circumstances_of(visit, FormKind.SAFETY, now=NOW).has_order is False
    assert outcome_of(visit, FormKind.SAFETY, now=NOW).rule_keys == ("kidney",)
    assert [question.key for question in missing] == ["fit", "metal"]


def test_respiratory_questions_of_a_visit_are_those_in_force():
    publish_preset("a")
    visit = AppointmentFactory(scanner__location=LocationFactory(asks_screening_at_booking=False))

    assert version_of(visit, FormKind.RESPIRATORY, now=NOW).number == 1
    assert outcome_of(visit, FormKind.RESPIRATORY, now=NOW) is None


def test_rules_may_name_a_family_of_exams():
    exam = ExamFactory(
        chest_respiratory=True, modality="CT", slug="chest-ct-with-contrast", family="chest-ct"
    )

    assert tags_of(exam) == {"CT", "chest_respiratory", "chest-ct"}
