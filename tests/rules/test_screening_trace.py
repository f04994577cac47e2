from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.screening import assess
from scheduling.rules.screening_trace import Decisive, Idle, trace
from tests.factories.screening import TODAY, A, circumstances
from tests.rules.test_screening_properties import answers_to, versions
from tests.rules.test_screening_properties import circumstances as any_circumstances

ILL = {
    "pos": "yes",
    "pos_which": "covid",
    "pos_date": (TODAY - timedelta(days=3)).isoformat(),
    "pos_ill": "no",
}


def test_the_tests_that_decided_are_told():
    (fired,) = (each for each in trace(A, ILL, circumstances()) if each.rule.key == "positive_covid")
    assert (fired.idle, fired.first_day) == (None, TODAY + timedelta(days=8))
    assert Decisive({"q": "pos", "is": "yes"}, is_held=True) in fired.because
    assert Decisive({"q": "pos_which", "in": ["flu", "rsv"]}, is_held=False) in fired.because
    assert Decisive({"tag": "chest_respiratory"}, is_held=False) in fired.because


def test_a_rule_that_holds_and_does_nothing_says_why():
    far = circumstances(visit_on=TODAY + timedelta(days=20))
    later = replace(far, answered_on=TODAY + timedelta(days=18))
    assert [each.idle for each in trace(A, ILL, far) if each.rule.key == "positive_covid"] == [Idle.TOO_FAR]
    assert [each.idle for each in trace(A, ILL, later) if each.rule.key == "positive_covid"] == [
        Idle.DAY_HAS_COME
    ]


@given(st.data(), versions, any_circumstances)
def test_what_acts_is_what_is_decided(data, version, where):
    answers = data.draw(answers_to(version))
    fired = trace(version, answers, where)
    outcome = assess(version, answers, where)
    assert sorted(each.rule.key for each in fired if each.idle is None) == sorted(outcome.rule_keys)
    assert all(each.because or not each.rule.condition for each in fired)
