"""assess() on the shipped rule sets, case by case. Answered on Tuesday, December 1, 2026."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduling.rules.screening import (
    Disposition,
    Effect,
    QuestionKind,
    assess,
    clean_answer,
    fill,
    visible_questions,
)
from tests.factories.screening import TODAY, A, B, circumstances

CHEST = frozenset({"chest_respiratory"})
LUNG_SCREENING = CHEST | {"lung-cancer-screening-ct-low-dose"}
ILL = {"sympt_date": "2026-11-29", "fever_24h": "no", "better": "same"}


def outcome(answers, *, version=A, days=1, tags=frozenset(), has_order=True, reason=""):
    where = circumstances(
        visit_on=TODAY + timedelta(days=days), tags=tags, has_order=has_order, reason=reason
    )
    return assess(version, answers, where)


def led_to(answers, **circumstances):
    result = outcome(answers, **circumstances)
    return (str(result.disposition), result.rule_keys)


@pytest.mark.parametrize("version", [A, B])
@pytest.mark.parametrize(
    ("answers", "disposition", "rules"),
    [
        ({}, "ok", ()),
        ({"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no"}, "ok", ()),
        ({"compan": "yes"}, "ok", ("companion_ill",)),
        ({"sympt": ["nose"], **ILL}, "mask", ("mild_signs",)),
        ({"sympt": ["throat", "tired", "nose"], **ILL}, "mask", ("mild_signs",)),
        ({"sympt": ["fever"], **ILL}, "review", ("symptoms",)),
        ({"sympt": ["nose"], **ILL, "fever_24h": "yes"}, "review", ("symptoms", "mild_signs")),
        ({"sympt": ["breath"], **ILL}, "review", ("short_of_breath_or_worse",)),
        (
            {"sympt": ["nose"], **ILL, "better": "worse"},
            "review",
            ("short_of_breath_or_worse", "mild_signs"),
        ),
        ({"expo": "yes", "expo_date": "2026-11-30"}, "mask", ("close_contact",)),
        ({"isol": "yes", "isol_end": "unknown"}, "review", ("told_to_isolate_no_end",)),
        ({"emerg": "yes"}, "emergency", ("emergency",)),
        ({"emerg": "yes", "emerg_usual": "no"}, "emergency", ("emergency",)),
        ({"emerg": "yes", "emerg_usual": "yes"}, "review", ("emergency_usual",)),
        (
            {"emerg": "yes", "pos": "yes", "pos_date": "2026-11-30", "sympt": ["cough"], **ILL},
            "emergency",
            None,
        ),
    ],
)
def test_near_the_visit_answers_lead_to(version, answers, disposition, rules):
    result = outcome(answers, version=version)

    assert result.disposition == disposition
    if rules is not None:
        assert result.rule_keys == rules


@pytest.mark.parametrize(
    ("test_day", "visit_day", "expected"),
    [
        ("2026-11-30", "2026-12-02", date(2026, 12, 11)),
        ("2026-11-22", "2026-12-02", date(2026, 12, 3)),  # the visit would be on day 10
        ("2026-11-21", "2026-12-02", None),  # the visit is on day 11
        ("2026-12-01", "2026-12-01", date(2026, 12, 12)),
    ],
)
def test_after_a_positive_test_day_11_is_the_first_counted_to_the_visit(test_day, visit_day, expected):
    result = assess(
        A,
        {"pos": "yes", "pos_which": "covid", "pos_date": test_day},
        circumstances(visit_on=date.fromisoformat(visit_day)),
    )

    assert result.defer_until == expected
    assert result.disposition == ("ok" if expected is None else "defer")


def test_the_onset_is_day_0_when_there_was_one():
    without_symptoms = outcome({"pos": "yes", "pos_date": "2026-11-30", "pos_ill": "no"})
    ill_before = outcome(
        {"pos": "yes", "pos_date": "2026-11-30", "pos_ill": "yes", "pos_onset": "2026-11-27"}
    )
    ill_now = outcome({"pos": "yes", "pos_date": "2026-11-30", "sympt": ["cough"], **ILL})

    assert without_symptoms.defer_until == date(2026, 12, 11)
    assert ill_before.defer_until == date(2026, 12, 8)
    assert ill_now.defer_until == date(2026, 12, 10)


def test_a_positive_test_without_a_date_counts_from_today():
    assert outcome({"pos": "yes"}).defer_until == date(2026, 12, 12)


def test_an_unsure_illness_defers_and_flu_is_looked_at():
    assert outcome({"pos": "yes", "pos_which": "not_sure", "pos_date": "2026-11-30"}).disposition == "defer"
    assert led_to({"pos": "yes", "pos_which": "flu", "pos_date": "2026-11-30"}) == (
        "review",
        ("positive_flu_or_rsv",),
    )


def test_the_days_are_a_parameter():
    short = replace(A, parameters={**A.parameters, "deferral_days": 5})

    assert outcome({"pos": "yes", "pos_date": "2026-11-30"}, version=short).defer_until == date(2026, 12, 6)


def test_isolation_ends_the_day_before_the_first_day():
    answers = {"isol": "yes", "isol_end": "known", "isol_date": "2026-12-04"}

    assert outcome(answers).defer_until == date(2026, 12, 5)
    assert led_to(answers, days=3) == ("defer", ("told_to_isolate",))


def test_the_latest_first_day_wins():
    answers = {
        "pos": "yes",
        "pos_date": "2026-11-30",
        "isol": "yes",
        "isol_end": "known",
        "isol_date": "2026-12-20",
    }

    assert outcome(answers).defer_until == date(2026, 12, 21)


@pytest.mark.parametrize("days", [4, 21])
def test_far_from_the_visit_only_emergency_and_the_chest_rule_act(days):
    assert led_to({"pos": "yes", "pos_date": "2026-12-01", "sympt": ["fever"], **ILL}, days=days) == (
        "ok",
        (),
    )
    assert led_to({"emerg": "yes"}, days=days) == ("emergency", ("emergency",))
    assert led_to({"why_chest": "yes"}, days=days, tags=CHEST, has_order=False) == (
        "callback",
        ("chest_without_order",),
    )


def test_the_asking_window_is_a_parameter():
    wide = replace(A, parameters={**A.parameters, "window_days": 5})
    unnamed = replace(A, parameters={k: v for k, v in A.parameters.items() if k != "window_days"})

    assert led_to({"sympt": ["fever"], **ILL}, days=5, version=wide) == ("review", ("symptoms",))
    assert led_to({"sympt": ["fever"], **ILL}, days=6, version=wide) == ("ok", ())
    assert led_to({"sympt": ["fever"], **ILL}, days=3, version=unnamed) == ("review", ("symptoms",))
    assert led_to({"sympt": ["fever"], **ILL}, days=4, version=unnamed) == ("ok", ())


@pytest.mark.parametrize("version", [A, B])
@pytest.mark.parametrize("why", ["yes", "not_sure"])
def test_a_chest_scan_to_find_covid_is_explained_and_diverted(version, why):
    with_order = outcome({"why_chest": why}, version=version, tags=CHEST)
    without = outcome({"why_chest": why}, version=version, tags=CHEST, has_order=False)

    assert (with_order.disposition, with_order.effects) == ("review", (Effect(name="explain_chest"),))
    assert (without.disposition, without.effects) == ("callback", (Effect(name="explain_chest"),))


@pytest.mark.parametrize("version", [A, B])
@pytest.mark.parametrize("answers", [{}, {"why_chest": "no"}])
def test_a_reason_that_speaks_of_covid_is_explained_and_diverted_too(version, answers):
    typed = {"version": version, "tags": CHEST, "reason": "Cough, r/o COVID-19"}
    with_order, without = outcome(answers, **typed), outcome(answers, **typed, has_order=False)

    assert (with_order.rule_keys, with_order.explains_chest) == (("chest_with_order",), True)
    assert (without.rule_keys, without.explains_chest) == (("chest_without_order",), True)
    assert not outcome(answers, **(typed | {"tags": frozenset()})).explains_chest


def test_which_words_of_a_reason_count_is_data():
    other = replace(A, texts={**A.texts, "covid_words": {"en": "plague", "es": "peste"}})

    def explained(reason):
        return outcome({"why_chest": "no"}, version=other, tags=CHEST, reason=reason).explains_chest

    assert [explained(reason) for reason in ("Plague?", "¿La peste?", "covid")] == [True, True, False]


@pytest.mark.parametrize("version", [A, B])
def test_a_chest_scan_for_another_reason_goes_on(version):
    assert led_to({"why_chest": "no"}, version=version, tags=CHEST, has_order=False) == ("ok", ())


@pytest.mark.parametrize("version", [A, B])
def test_the_chest_question_means_nothing_for_a_knee(version):
    assert led_to({"why_chest": "yes"}, version=version, has_order=False) == ("ok", ())


@pytest.mark.parametrize("version", [A, B])
def test_a_cough_is_the_reason_for_an_ordered_chest_exam(version):
    answers = {"sympt": ["cough", "fever"], **ILL, "why_chest": "no"}

    workup = outcome(answers, version=version, tags=CHEST)

    assert (workup.disposition, workup.rule_keys) == ("mask", ("chest_workup",))
    assert workup.effects == (Effect(name="mask"), Effect(name="room_note"), Effect(name="alert_desk"))
    assert led_to(answers, version=version, tags=CHEST, has_order=False) == ("review", ("symptoms",))


WORSE_AND_POSITIVE = {
    "sympt": ["cough", "fever"],
    "sympt_date": "2026-11-29",
    "fever_24h": "yes",
    "better": "worse",
    "pos": "yes",
    "pos_which": "covid",
    "pos_date": "2026-11-30",
}


@pytest.mark.parametrize("version", [A, B])
def test_an_ordered_chest_exam_is_not_put_off_by_a_positive_test(version):
    workup = outcome(WORSE_AND_POSITIVE, version=version, tags=CHEST)

    assert (workup.disposition, workup.defer_until) == ("review", None)
    assert workup.rule_keys[:2] == ("chest_workup_positive", "short_of_breath_or_worse")
    assert workup.effects == (Effect(name="mask"), Effect(name="room_note"), Effect(name="alert_desk"))


@pytest.mark.parametrize("version", [A, B])
def test_the_same_answers_put_off_other_exams_and_keep_the_worse_sign_as_a_reason(version):
    for where in ({}, {"tags": CHEST, "has_order": False}, {"tags": LUNG_SCREENING}):
        result = outcome(WORSE_AND_POSITIVE, version=version, **where)

        assert result.disposition == "defer"
        assert "short_of_breath_or_worse" in result.rule_keys


@pytest.mark.parametrize("version", [A, B])
def test_an_ordered_chest_exam_is_not_put_off_by_having_to_stay_home(version):
    until = {"isol": "yes", "isol_end": "known", "isol_date": "2026-12-02"}

    assert led_to(until, version=version, tags=CHEST) == ("review", ("told_to_isolate_no_end",))
    assert led_to(until, version=version, tags=CHEST, days=2) == ("ok", ())
    assert led_to(until, version=version, tags=LUNG_SCREENING) == ("defer", ("told_to_isolate",))


@pytest.mark.parametrize("version", [A, B])
def test_lung_screening_waits_until_the_cough_is_over(version):
    result = outcome(
        {"sympt": ["cough"], **ILL},
        version=version,
        tags=frozenset({"chest_respiratory", "lung-cancer-screening-ct-low-dose"}),
    )

    assert (result.disposition, result.defer_until) == ("defer", date(2026, 12, 8))


def test_a_weak_immune_system_matters_only_when_ill():
    assert led_to({"immuno": "yes"}) == ("ok", ())
    assert led_to({"immuno": "yes", "sympt": ["nose"], **ILL}) == ("review", ("weak_defenses", "mild_signs"))


def test_old_contact_asks_for_no_mask():
    answers = {"expo": "yes", "expo_date": "2026-11-22"}

    assert led_to(answers, days=1) == ("mask", ("close_contact",))
    assert led_to(answers, days=2) == ("ok", ())


def test_community_rules_name_no_calendar_day_but_a_week():
    ill = outcome({"pos": "yes", "sympt": ["nose"], **ILL}, version=B)
    recovering = outcome({"pos": "yes", "sympt": ["fever"], **ILL, "better": "better"}, version=B)

    assert (ill.disposition, ill.defer_until) == ("defer", date(2026, 12, 8))
    assert (recovering.disposition, recovering.rule_keys) == (
        "mask",
        ("positive_recovering", "getting_better"),
    )


def test_community_rules_clear_symptoms_after_a_day_without_fever():
    better = {"sympt": ["cough"], "fever_24h": "no", "better": "better"}

    assert led_to(better, version=B) == ("mask", ("getting_better",))
    assert led_to({**better, "fever_24h": "yes"}, version=B) == ("review", ("symptoms",))
    assert led_to({**better, "better": "same"}, version=B) == ("review", ("symptoms",))


def test_an_answer_to_a_hidden_question_is_ignored():
    assert led_to({"sympt": ["none"], "better": "worse", "fever_24h": "yes"}) == ("ok", ())
    assert led_to({"pos": "no", "pos_ill": "yes", "pos_onset": "2026-11-30", "immuno": "yes"}) == ("ok", ())


def keys_shown(answers, *, tags=frozenset()):
    shown = visible_questions(A, answers, circumstances(tags=tags))
    return [question.key for question in shown]


def test_the_short_page_shows_no_follow_up():
    assert keys_shown({}) == ["emerg", "sympt", "pos", "isol", "expo", "compan"]
    assert keys_shown({}, tags=CHEST) == ["emerg", "why_chest", "sympt", "pos", "isol", "expo", "compan"]


def test_follow_ups_appear_with_their_answer():
    assert keys_shown({"sympt": ["nose"]})[1:6] == ["sympt", "sympt_date", "fever_24h", "better", "pos"]
    assert keys_shown({"pos": "yes", "pos_ill": "yes"})[2:7] == [
        "pos",
        "pos_which",
        "pos_date",
        "pos_ill",
        "pos_onset",
    ]


def test_follow_ups_of_follow_ups_hide_with_the_first():
    assert "isol_date" in keys_shown({"isol": "yes", "isol_end": "known"})
    assert "isol_date" not in keys_shown({"isol": "no", "isol_end": "known"})


@pytest.mark.parametrize(
    ("key", "raw", "expected"),
    [
        ("emerg", "yes", "yes"),
        ("emerg", "maybe", None),
        ("emerg", ["yes"], None),
        ("sympt", ["nose", "cough", "nonsense"], ("cough", "nose")),
        ("sympt", [], None),
        ("sympt", "nose", None),
        ("sympt_date", "2026-11-30", date(2026, 11, 30)),
        ("sympt_date", date(2026, 11, 30), date(2026, 11, 30)),
        ("sympt_date", "yesterday", None),
        ("sympt_date", "9999-12-31", None),
        ("sympt_date", 20261130, None),
    ],
)
def test_an_answer_of_another_shape_counts_as_none(key, raw, expected):
    question = next(question for question in A.questions if question.key == key)

    assert clean_answer(question, raw) == expected


@pytest.mark.parametrize(("raw", "expected"), [(" 180 ", "180"), ("  ", None), (180, None), (None, None)])
def test_typed_answers_are_trimmed(raw, expected):
    question = replace(A.questions[0], kind=QuestionKind.TEXT)

    assert clean_answer(question, raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"), [(180, 180), (0, 0), (-1, None), (True, None), ("180", None), (1.5, None)]
)
def test_numbers_are_whole(raw, expected):
    question = replace(A.questions[0], kind=QuestionKind.NUMBER)

    assert clean_answer(question, raw) == expected


def test_a_version_that_asks_nothing_leads_to_ok():
    assert led_to({"emerg": "yes"}, version=replace(A, questions=())) == ("ok", ())


def test_numbers_in_texts_come_from_the_parameters():
    assert (
        fill("{deferral_days} full days, not {unknown}", {"deferral_days": 10})
        == "10 full days, not {unknown}"
    )


def test_dispositions_are_ordered():
    assert sorted(Disposition, key=lambda disposition: disposition.seriousness) == [
        "ok",
        "mask",
        "review",
        "defer",
        "callback",
        "emergency",
    ]
