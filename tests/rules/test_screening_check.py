from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.rules.screening import DeferSpec, Disposition, Effect, QuestionKind, Stage
from scheduling.rules.screening_check import Problem, ProblemKind, validate_version
from tests.factories.safety import SAFETY
from tests.factories.screening import A, B


def with_question(name, **changes):
    return replace(A, questions=tuple(replace(q, **changes) if q.key == name else q for q in A.questions))


def with_rule(name, **changes):
    return replace(A, rules=tuple(replace(r, **changes) if r.key == name else r for r in A.rules))


@pytest.mark.parametrize("version", [A, B])
def test_the_shipped_rule_sets_can_be_published(version):
    assert validate_version(version) == []


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        (
            with_rule("mild_signs", condition={"q": "gone", "is": "yes"}),
            Problem(kind=ProblemKind.UNKNOWN_QUESTION, where="mild_signs", detail="gone"),
        ),
        (
            with_rule("mild_signs", condition={"q": "sympt", "in": ["nose", "plague"]}),
            Problem(kind=ProblemKind.UNKNOWN_ANSWER, where="mild_signs", detail="sympt: plague"),
        ),
        (
            with_rule("companion_ill", condition={"any": [{"q": "compan", "is": "yes"}, {"q": "sympt"}]}),
            None,
        ),
        (
            with_rule("mild_signs", message={"en": "Wear a mask."}),
            Problem(kind=ProblemKind.MISSING_TRANSLATION, where="mild_signs", detail="es"),
        ),
        (
            with_rule("mild_signs", message={"en": "For {no_days} days.", "es": "Por unos días."}),
            Problem(kind=ProblemKind.UNKNOWN_PARAMETER, where="mild_signs", detail="no_days"),
        ),
        (
            with_rule("mild_signs", condition={"reason_mentions": "no_words"}),
            Problem(kind=ProblemKind.UNKNOWN_TEXT, where="mild_signs", detail="no_words"),
        ),
        (
            with_rule("positive_covid", defer=None),
            Problem(kind=ProblemKind.NO_FIRST_DAY, where="positive_covid"),
        ),
        (
            with_rule("mild_signs", defer=DeferSpec(days=1)),
            Problem(kind=ProblemKind.NO_FIRST_DAY, where="mild_signs"),
        ),
        (
            with_rule("positive_covid", defer=DeferSpec(after=("gone",), days=1)),
            Problem(kind=ProblemKind.UNKNOWN_QUESTION, where="positive_covid", detail="gone"),
        ),
        (
            with_rule("positive_covid", defer=DeferSpec(after=("pos",), days=1)),
            Problem(kind=ProblemKind.NOT_A_DATE, where="positive_covid", detail="pos"),
        ),
        (
            with_rule("positive_covid", defer=DeferSpec(after=("pos_date",), full_days="no_days")),
            Problem(kind=ProblemKind.UNKNOWN_PARAMETER, where="positive_covid", detail="no_days"),
        ),
        (
            with_rule("mild_signs", condition={"q": "sympt", "within_days": "no_days", "of": "visit_on"}),
            Problem(kind=ProblemKind.NOT_A_DATE, where="mild_signs", detail="sympt"),
        ),
        (
            with_question("sympt", show_if={"q": "compan", "is": "yes"}),
            Problem(kind=ProblemKind.UNREACHABLE, where="sympt", detail="compan"),
        ),
        (
            with_question("sympt", show_if={"q": "sympt", "is": "nose"}),
            Problem(kind=ProblemKind.UNREACHABLE, where="sympt", detail="sympt"),
        ),
        (
            with_question("pos_date", show_if={"q": "pos", "is": "perhaps"}),
            Problem(kind=ProblemKind.UNKNOWN_ANSWER, where="pos_date", detail="pos: perhaps"),
        ),
        (
            with_question("sympt", choices=()),
            Problem(kind=ProblemKind.NO_CHOICES, where="sympt"),
        ),
        (
            with_question("compan", text={"en": "Alone?", "es": " "}),
            Problem(kind=ProblemKind.MISSING_TRANSLATION, where="compan", detail="es"),
        ),
        (
            with_question("compan", hint={"en": "Alone?"}),
            Problem(kind=ProblemKind.MISSING_TRANSLATION, where="compan", detail="es"),
        ),
        (
            with_question("emerg_usual", key="usual"),
            Problem(kind=ProblemKind.NOT_USED, where="usual"),
        ),
        (
            with_question("pos_ill", key="pos"),
            Problem(kind=ProblemKind.DOUBLE_KEY, where="pos"),
        ),
        (
            replace(A, texts={**A.texts, "intro": {"es": "Hola"}}),
            Problem(kind=ProblemKind.MISSING_TRANSLATION, where="intro", detail="en"),
        ),
        (replace(A, rules=()), Problem(kind=ProblemKind.NO_RULES, where="")),
        (replace(A, questions=()), Problem(kind=ProblemKind.NOTHING_TO_ASK, where="")),
    ],
)
def test_a_draft_with_a_fault_is_refused(version, problem):
    problems = validate_version(version)

    if problem is None:
        assert [(p.kind, p.where) for p in problems] == [
            (ProblemKind.NOT_USED, "compan"),
            (ProblemKind.BAD_CONDITION, "companion_ill"),
        ]
    else:
        assert problem in problems


def safe_with(**changes):
    """The rule about tight spaces with something else."""
    return replace(
        SAFETY, rules=tuple(replace(r, **changes) if r.key == "tight" else r for r in SAFETY.rules)
    )


def asked(name, **changes):
    questions = tuple(replace(q, **changes) if q.key == name else q for q in SAFETY.questions)
    return replace(SAFETY, questions=questions)


def effect(name, value=None):
    return (Effect(name=name, value=value),)


def test_a_questionnaire_about_safety_can_be_published():
    assert validate_version(SAFETY) == []


@pytest.mark.parametrize(
    ("version", "kind", "where", "detail"),
    [
        (with_question("pos", stage=Stage.VISIT), ProblemKind.WRONG_STAGE, "pos", "visit"),
        (asked("fit", stage=Stage.BOOKING), ProblemKind.UNREACHABLE, "weight", "fit"),
        (safe_with(effects=effect("wide_bor")), ProblemKind.UNKNOWN_EFFECT, "tight", "wide_bor"),
        (safe_with(effects=effect("explain_chest")), ProblemKind.UNKNOWN_EFFECT, "tight", "explain_chest"),
        (
            with_rule("mild_signs", effects=effect("wide_bore")),
            ProblemKind.UNKNOWN_EFFECT,
            "mild_signs",
            "wide_bore",
        ),
        (safe_with(effects=effect("weight_lb")), ProblemKind.NOT_A_NUMBER, "tight", "None"),
        (safe_with(effects=effect("weight_lb", "gone")), ProblemKind.NOT_A_NUMBER, "tight", "gone"),
        (safe_with(effects=effect("girth_in", "fit")), ProblemKind.NOT_A_NUMBER, "tight", "fit"),
        (
            safe_with(effects=effect("extra_minutes")),
            ProblemKind.WRONG_AMOUNT,
            "tight",
            "extra_minutes: None",
        ),
        (
            safe_with(effects=effect("extra_minutes", 0)),
            ProblemKind.WRONG_AMOUNT,
            "tight",
            "extra_minutes: 0",
        ),
        (
            safe_with(effects=effect("extra_minutes", -5)),
            ProblemKind.WRONG_AMOUNT,
            "tight",
            "extra_minutes: -5",
        ),
        (safe_with(disposition=Disposition.MASK), ProblemKind.WRONG_OUTCOME, "tight", "mask"),
        (safe_with(disposition=Disposition.EMERGENCY), ProblemKind.WRONG_OUTCOME, "tight", "emergency"),
        (
            safe_with(condition={"age_between": ["no_age", 55]}),
            ProblemKind.UNKNOWN_PARAMETER,
            "tight",
            "no_age",
        ),
        (safe_with(effects=effect("wide_bore", 70)), ProblemKind.WRONG_AMOUNT, "tight", "wide_bore: 70"),
        (safe_with(condition={"q": "fit", "over": 3}), ProblemKind.NOT_A_NUMBER, "tight", "fit"),
        (safe_with(condition={"q": "weight", "over": "no"}), ProblemKind.UNKNOWN_PARAMETER, "tight", "no"),
    ],
)
def test_a_fault_about_safety_is_refused(version, kind, where, detail):
    assert Problem(kind=kind, where=where, detail=detail) in validate_version(version)


def test_a_date_is_not_compared_with_choices():
    version = with_question("expo_date", kind=QuestionKind.TEXT)

    assert Problem(
        kind=ProblemKind.NOT_A_DATE, where="close_contact", detail="expo_date"
    ) in validate_version(version)


def test_a_review_in_the_future_is_refused():
    assert A.reviewed_on is not None
    before = A.reviewed_on - timedelta(days=1)

    (problem,) = validate_version(A, today=before)

    assert (problem.kind, problem.where) == (ProblemKind.REVIEWED_LATER, "reviewed_on")
    assert validate_version(A, today=A.reviewed_on) == []


def test_what_is_written_in_words_needs_no_rule():
    words = replace(A.questions[0], key="notes", kind=QuestionKind.TEXT, position=99)

    assert validate_version(replace(A, questions=(*A.questions, words))) == []
