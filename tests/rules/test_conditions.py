from dataclasses import replace
from datetime import date

import pytest

from scheduling.rules.conditions import ConditionError, Facts, holds, parts_of

FACTS = Facts(
    answers={
        "pos": "yes",
        "sympt": ("cough", "nose"),
        "met_on": date(2026, 11, 25),
        "hidden": None,
        "weight": 320,
    },
    answered_on=date(2026, 12, 1),
    visit_on=date(2026, 12, 4),
    tags=frozenset({"chest_respiratory"}),
    has_order=False,
    parameters={"contact_days": 9, "limit": 320, "youngest": 10},
    by_proxy=True,
    prefers_phone=False,
    age=55,
    reason="Post-COVID follow-up",
    texts={"words": {"en": "flu, covid", "es": "gripe"}, "others": {"en": "flu", "es": "gripe"}},
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"q": "pos", "is": "yes"}, True),
        ({"q": "pos", "is": "no"}, False),
        ({"q": "sympt", "is": "nose"}, True),
        ({"q": "sympt", "in": ["fever", "cough"]}, True),
        ({"q": "sympt", "in": ["fever"]}, False),
        ({"q": "hidden", "in": ["yes"]}, False),
        ({"q": "nowhere", "is": "yes"}, False),
        ({"q": "met_on", "is": "yes"}, False),
        ({"q": "pos", "answered": True}, True),
        ({"q": "hidden", "answered": True}, False),
        ({"q": "hidden", "answered": False}, True),
        ({"q": "met_on", "within_days": 6, "of": "answered_on"}, True),
        ({"q": "met_on", "within_days": 5, "of": "answered_on"}, False),
        ({"q": "met_on", "within_days": 6, "of": "visit_on"}, False),
        ({"q": "met_on", "within_days": "contact_days", "of": "visit_on"}, True),
        ({"q": "pos", "within_days": 6, "of": "visit_on"}, False),
        ({"q": "weight", "over": 319}, True),
        ({"q": "weight", "over": 320}, False),
        ({"q": "weight", "over": "limit"}, False),
        ({"q": "hidden", "over": 1}, False),
        ({"q": "pos", "over": 1}, False),
        ({"q": "weight", "is": "320"}, False),
        ({"tag": "chest_respiratory"}, True),
        ({"tag": "lung-cancer-screening-ct-low-dose"}, False),
        ({"has_order": False}, True),
        ({"has_order": True}, False),
        ({"proxy": True}, True),
        ({"proxy": False}, False),
        ({"prefers_phone": True}, False),
        ({"reason_mentions": "words"}, True),
        ({"reason_mentions": "others"}, False),
        ({"prefers_phone": False}, True),
        ({"age_between": [56, 60]}, False),
        ({"age_between": [55, 60]}, True),
        ({"age_between": ["youngest", 55]}, True),
        ({"age_between": ["youngest", 54]}, False),
        ({"not": {"has_order": True}}, True),
        ({"all": [{"has_order": False}, {"q": "pos", "is": "yes"}]}, True),
        ({"all": [{"has_order": True}, {"q": "pos", "is": "yes"}]}, False),
        ({"any": [{"has_order": True}, {"q": "pos", "is": "yes"}]}, True),
        ({"any": [{"has_order": True}, {"q": "pos", "is": "no"}]}, False),
    ],
)
def test_condition(condition, expected):
    assert holds(condition, FACTS) is expected


@pytest.mark.parametrize(
    "condition",
    [
        {"whenever": True},
        {"q": "pos"},
        {"q": "pos", "equals": "yes"},
        {"q": "met_on", "within_days": 3, "of": "yesterday"},
    ],
)
def test_what_is_not_in_the_language_is_refused(condition):
    with pytest.raises(ConditionError):
        holds(condition, FACTS)


def test_an_unknown_age_is_in_no_range():
    assert holds({"age_between": [0, 200]}, replace(FACTS, age=None)) is False


def test_parts_come_from_any_depth():
    deep = {"all": [{"tag": "a"}, {"not": {"any": [{"q": "b", "is": "yes"}, {"has_order": True}]}}]}

    assert list(parts_of(deep)) == [{"tag": "a"}, {"q": "b", "is": "yes"}, {"has_order": True}]
    assert list(parts_of({})) == []


@pytest.mark.parametrize(
    "condition",
    [
        "yes",
        {"whenever": True},
        {"all": []},
        {"any": {"tag": "a"}},
        {"not": {"q": "pos"}},
        {"age_between": 10},
        {"age_between": [10]},
        {"age_between": [10, None]},
        {"q": "a", "is": 1, "x": 2},
    ],
)
def test_parts_of_another_language_are_refused(condition):
    with pytest.raises(ConditionError):
        list(parts_of(condition))
