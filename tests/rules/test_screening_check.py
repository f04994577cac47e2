from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.rules.screening import DeferSpec, QuestionKind
from scheduling.rules.screening_check import Problem, ProblemKind, validate_version
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
