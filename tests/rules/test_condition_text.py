"""The text of a condition, both ways, and what is said of a text that is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.condition_text import ConditionTextError, Fault, read, write
from scheduling.rules.conditions import ConditionError, parts_of
from scheduling.rules.screening import QuestionKind
from tests.factories.screening import CT, MRI, XRAY, A, B

POS = {"q": "pos", "is": "yes"}
WHICH = {"q": "pos_which", "in": ["flu", "rsv"]}
CHEST = {"tag": "chest_respiratory"}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("always", {}),
        ("pos is yes", POS),
        ("pos is not yes", {"not": POS}),
        ("pos_which is flu or rsv", WHICH),
        ("pos is yes and not (pos_which is flu or rsv)", {"all": [POS, {"not": WHICH}]}),
        ("pos is yes or sympt has fever", {"any": [POS, {"q": "sympt", "in": ["fever"]}]}),
        ("sympt has fever, cough", {"q": "sympt", "in": ["fever", "cough"]}),
        ("(pos is yes or exam is chest_respiratory) and with an order", None),
        ("pos_date is answered", {"q": "pos_date", "answered": True}),
        ("isol_date is not answered", {"q": "isol_date", "answered": False}),
        ("weight_lb over most_weight_lb", {"q": "weight_lb", "over": "most_weight_lb"}),
        ("weight_lb over 300", {"q": "weight_lb", "over": 300}),
        (
            "expo_date within contact_days days of the visit",
            {"q": "expo_date", "within_days": "contact_days", "of": "visit_on"},
        ),
        ("met within 6 days of answering", {"q": "met", "within_days": 6, "of": "answered_on"}),
        ("exam is chest_respiratory", CHEST),
        (
            "exam is not lung-cancer-screening-ct-low-dose",
            {"not": {"tag": "lung-cancer-screening-ct-low-dose"}},
        ),
        ("reason mentions covid_words", {"reason_mentions": "covid_words"}),
        ("age from 10 to last_age", {"age_between": [10, "last_age"]}),
        ("without an order", {"has_order": False}),
        ("someone else answers and prefers the phone", {"all": [{"proxy": True}, {"prefers_phone": True}]}),
        ("the patient answers", {"proxy": False}),
        ("does not prefer the phone", {"prefers_phone": False}),
        ('"exam" is "not"', {"q": "exam", "is": "not"}),
        ('size is "10 in"', {"q": "size", "is": "10 in"}),
    ],
)
def test_both_ways(text, condition):
    found = read(text)
    if condition is not None:
        assert found == condition
    assert write(found, multi={"sympt"}) == text


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("pos_which is flu, rsv", WHICH),
        ("pos is yes\n  and\tpos_which is flu or rsv", {"all": [POS, WHICH]}),
        ("pos is yes and pos is no or pos is yes", {"any": [{"all": [POS, {"q": "pos", "is": "no"}]}, POS]}),
        ("not pos is yes", {"not": POS}),
        ("pos is not flu or rsv", {"not": {"q": "pos", "in": ["flu", "rsv"]}}),
        ("pos is yes or not exam is chest_respiratory", {"any": [POS, {"not": CHEST}]}),
        ("pos is yes or (without an order)", {"any": [POS, {"has_order": False}]}),
        ("pos is yes or with an order", {"any": [POS, {"has_order": True}]}),
        ("met within 1 day of answering", {"q": "met", "within_days": 1, "of": "answered_on"}),
    ],
)
def test_other_ways_to_write_the_same(text, condition):
    assert read(text) == condition


@pytest.mark.parametrize(
    ("text", "fault", "at", "found"),
    [
        ("  ", Fault.EMPTY, 0, ""),
        ("pos", Fault.UNFINISHED, 3, ""),
        ("pos is", Fault.UNFINISHED, 6, ""),
        ("pos is yes and", Fault.UNFINISHED, 14, ""),
        ("(pos is yes", Fault.NOT_CLOSED, 11, ""),
        ("(pos is yes pos is no", Fault.NOT_CLOSED, 12, "pos"),
        ("pos = yes", Fault.EXPECTED, 4, "="),
        ("pos is yes, ", Fault.UNFINISHED, 12, ""),
        ("pos is yes exam is MR", Fault.TOO_MUCH, 11, "exam"),
        ("and pos is yes", Fault.NOT_A_TEST, 0, "and"),
        ("weight over heavy ones", Fault.TOO_MUCH, 18, "ones"),
        ("met within 6 weeks of the visit", Fault.EXPECTED, 13, "weeks"),
        ("with a order", Fault.NOT_A_TEST, 0, "with"),
        ("reason has covid_words", Fault.EXPECTED, 7, "has"),
        ("(" * 60 + "always" + ")" * 60, Fault.TOO_DEEP, 40, "("),
        ("not " * 600 + "always", Fault.TOO_DEEP, 160, "not"),
    ],
)
def test_a_fault_says_where_and_what(text, fault, at, found):
    with pytest.raises(ConditionTextError) as raised:
        read(text)
    assert (raised.value.fault, raised.value.at, raised.value.found) == (fault, at, found)


@pytest.mark.parametrize("version", [A, B, MRI, CT, XRAY], ids=lambda version: version.questionnaire)
def test_all_that_ships_is_read_back(version):
    multi = {question.key for question in version.questions if question.kind is QuestionKind.MULTI}
    conditions = [q.show_if for q in version.questions] + [rule.condition for rule in version.rules]
    for condition in conditions:
        assert read(write(condition, multi=multi)) == condition


def test_what_is_no_condition_is_not_written():
    for wrong in ({"q": "pos"}, {"all": []}, {"q": "pos", "in": []}, {"code": "exit()"}):
        with pytest.raises(ConditionError):
            write(wrong)


names = st.sampled_from(
    ["pos", "is", "or", "chest-x", "a b", 'say "no"', "\\", "", "10", "día", "-", ","]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
amounts = names | st.integers(-99, 9999)
tests = st.one_of(
    st.just({}),
    st.builds(lambda q, v: {"q": q, "is": v}, names, names),
    st.builds(lambda q, v: {"q": q, "in": v}, names, st.lists(names, min_size=1, max_size=3)),
    st.builds(lambda q, v: {"q": q, "answered": v}, names, st.booleans()),
    st.builds(lambda q, v: {"q": q, "over": v}, names, amounts),
    st.builds(
        lambda q, v, of: {"q": q, "within_days": v, "of": of},
        names,
        amounts,
        st.sampled_from(["visit_on", "answered_on"]),
    ),
    st.builds(lambda v: {"tag": v}, names),
    st.builds(
        lambda name, v: {name: v}, st.sampled_from(["has_order", "proxy", "prefers_phone"]), st.booleans()
    ),
    st.builds(lambda v: {"reason_mentions": v}, names),
    st.builds(lambda a, b: {"age_between": [a, b]}, amounts, amounts),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=2, max_size=4)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=2, max_size=4)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=12,
)


@given(conditions, st.sets(names, max_size=3))
def test_every_condition_is_written_and_read_back(condition, multi):
    assert read(write(condition, multi=multi)) == condition


@given(st.text(alphabet=st.sampled_from('ab()",\\ -1é'), max_size=30) | st.text(max_size=30))
def test_every_text_is_read_or_refused(text):
    with suppress(ConditionTextError):
        condition = read(text)
        assert [*parts_of(condition)] == [*parts_of(read(write(condition)))]
        assert read(write(condition)) == condition
