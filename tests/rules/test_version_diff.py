from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.screening import ChoiceSpec
from scheduling.rules.version_diff import (
    Difference,
    LineChange,
    Mark,
    Section,
    Words,
    differences,
    word_by_word,
)
from tests.factories.screening import MRI, A, B


def changed(spec, kind, key, **fields):
    parts = tuple(replace(part, **fields) if part.key == key else part for part in getattr(spec, kind))
    return replace(spec, **{kind: parts})


def test_the_same_version_has_no_differences():
    for version in (A, B, MRI):
        assert differences(version, version) == []


def test_ten_days_become_seven():
    after = replace(A, parameters={**A.parameters, "deferral_days": 7})
    assert differences(A, after) == [
        Difference(Section.PARAMETER, "deferral_days", Mark.CHANGED, (LineChange("value", "10", "7"),))
    ]


def test_each_line_of_a_question_and_a_rule_is_told():
    after = changed(A, "questions", "pos", text={"en": "Positive?", "es": A.questions[7].text["es"]})
    after = changed(after, "rules", "mild_signs", effects=(), condition={"q": "sympt", "in": ["nose"]})
    after = replace(after, texts={key: text for key, text in after.texts.items() if key != "again"})
    found = {
        (each.section, each.key, each.mark): [line.name for line in each.lines]
        for each in differences(A, after)
    }
    assert found == {
        (Section.QUESTION, "pos", Mark.CHANGED): ["text en"],
        (Section.RULE, "mild_signs", Mark.CHANGED): ["condition", "effects"],
        (Section.TEXT, "again", Mark.REMOVED): ["text en", "text es"],
    }


def test_an_answer_that_is_new_or_gone_is_a_line():
    question = next(each for each in A.questions if each.key == "pos_which")
    choices = (*question.choices[1:], ChoiceSpec(value="cold", text={"en": "A cold", "es": "Un resfriado"}))
    (found,) = differences(A, changed(A, "questions", "pos_which", choices=choices))
    assert LineChange("answer cold en", "", "A cold") in found.lines
    assert LineChange("answer covid en", "COVID-19", "") in found.lines


def test_what_changes_places_has_moved_and_nothing_else_has():
    first, second, *rest = A.questions
    assert [
        (each.key, each.mark) for each in differences(A, replace(A, questions=(second, first, *rest)))
    ] in (
        [(first.key, Mark.MOVED)],
        [(second.key, Mark.MOVED)],
    )


def test_words_that_one_side_has_alone_are_told():
    left, right = word_by_word("We wait 10 full days.", "We wait 7 days.")
    assert [words.text for words in left if words.is_own] == ["10 full"]
    assert [words.text for words in right if words.is_own] == ["7"]
    assert right[0] == Words("We wait ", is_own=False)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_word_is_lost(before, after):
    left, right = word_by_word(before, after)
    assert ("".join(each.text for each in left), "".join(each.text for each in right)) == (before, after)
    assert [each.text for each in left if not each.is_own] == [each.text for each in right if not each.is_own]
