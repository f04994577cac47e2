import pytest

from scheduling.rules.screening import QuestionKind, QuestionSpec, visible_questions
from scheduling.rules.screening_pages import first_page, follow_ups, short_page, values_that_show
from tests.factories.screening import A, B, circumstances


def shown(version, answers, tags=frozenset()):
    return visible_questions(version, answers, circumstances(tags=tags))


def keys(questions):
    return [question.key for question in questions]


def test_the_question_about_emergency_signs_comes_first_and_alone():
    assert keys(first_page(shown(A, {}))) == ["emerg"]
    assert keys(first_page(shown(A, {"emerg": "yes"}, frozenset({"chest_respiratory"})))) == ["emerg"]


def test_the_short_page_brings_the_follow_ups_that_can_open_on_it():
    assert keys(short_page(A, shown(A, {}))) == [
        "sympt",
        "sympt_date",
        "fever_24h",
        "better",
        "pos",
        "pos_which",
        "pos_date",
        "isol",
        "isol_end",
        "isol_date",
        "expo",
        "expo_date",
        "compan",
    ]


def test_follow_ups_of_several_answers_join_once_they_are_shown():
    assert "immuno" not in keys(short_page(A, shown(A, {})))
    assert keys(short_page(A, shown(A, {"pos": "yes"})))[7:9] == ["pos_ill", "pos_onset"]
    assert "immuno" in keys(short_page(A, shown(A, {"pos": "yes"})))


@pytest.mark.parametrize("version", [A, B])
def test_no_question_of_the_short_page_stands_alone(version):
    assert not [question for question in short_page(version, shown(version, {})) if question.stands_alone]


def test_follow_ups_are_grouped_by_the_answers_that_show_them():
    page = short_page(A, shown(A, {}))
    symptoms, positive = page[0], page[4]

    assert {values: keys(children) for values, children in follow_ups(symptoms, page).items()} == {
        symptoms.values[1:]: ["sympt_date", "fever_24h", "better"]
    }
    assert {values: keys(children) for values, children in follow_ups(positive, page).items()} == {
        ("yes",): ["pos_which", "pos_date"]
    }


def question(key, show_if=None):
    return QuestionSpec(
        key=key, position=1, kind=QuestionKind.YES_NO, text={"en": key, "es": key}, show_if=show_if or {}
    )


def test_a_follow_up_of_overlapping_answers_waits_for_the_next_page():
    parent = question("parent")
    by_yes, by_both = (
        question("a", {"q": "parent", "is": "yes"}),
        question("b", {"q": "parent", "in": ["yes", "no"]}),
    )

    assert follow_ups(parent, (parent, by_yes, by_both)) == {("yes",): (by_yes,)}


@pytest.mark.parametrize(
    ("show_if", "expected"),
    [
        ({"q": "sympt", "is": "cough"}, ("cough",)),
        ({"q": "sympt", "in": ["cough", "fever"]}, ("fever", "cough")),
        ({"q": "sympt", "in": ["fever", "breath"]}, ()),  # not neighbors: they cannot share one opening
        ({"q": "sympt", "in": ["plague"]}, ()),
        ({"q": "sympt", "answered": True}, ()),
        ({"q": "pos", "is": "yes"}, ()),
        ({"not": {"q": "sympt", "is": "cough"}}, ()),
        ({}, ()),
    ],
)
def test_values_that_show(show_if, expected):
    symptoms = next(q for q in A.questions if q.key == "sympt")

    assert values_that_show(show_if, symptoms) == expected
