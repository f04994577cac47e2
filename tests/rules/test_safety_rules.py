"""Stages, effects and needs, and several questionnaires judged together."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.needs import Needs, needs_of
from scheduling.rules.screening import (
    Disposition,
    Effect,
    Outcome,
    Reason,
    Stage,
    asked_questions,
    assess,
    combine,
    unanswered,
)
from tests.factories.safety import FIT, SAFETY
from tests.factories.screening import A, circumstances

FAR = circumstances(visit_on=circumstances().answered_on + timedelta(days=60))
HERE = circumstances()


def outcome(answers, where=HERE):
    return assess(SAFETY, answers, where)


def keys(answers, until):
    return [question.key for question in asked_questions(SAFETY, answers, HERE, until=until)]


def test_each_stage_asks_its_questions_and_those_before():
    assert keys({}, Stage.BEFORE_TIME) == ["fit"]
    assert keys({"fit": ["weight"]}, Stage.BEFORE_TIME) == ["fit", "weight", "girth"]
    assert keys({}, Stage.BOOKING) == ["fit", "kidney"]
    assert keys({}, Stage.VISIT) == ["fit", "kidney", "metal"]


def test_what_was_answered_later_still_counts_as_asked():
    assert keys({"kidney": "no"}, Stage.BEFORE_TIME) == ["fit", "kidney"]


def test_what_may_be_left_out_is_not_missing():
    shown = asked_questions(SAFETY, {"fit": ["weight"]}, HERE, until=Stage.BEFORE_TIME)

    assert [question.key for question in unanswered(shown, {"fit": ["weight"]})] == ["weight"]


def test_an_implant_is_there_however_far_the_visit():
    assert outcome({"fit": ["pacemaker"]}, FAR).disposition == "callback"
    assert assess(A, {"sympt": ["cough"]}, FAR).disposition == "ok"


def test_minutes_add_up_and_words_are_said_once():
    effects = outcome({"fit": ["tight", "flat", "lift"]}).effects

    assert effects == (
        Effect(name="wide_bore"),
        Effect(name="extra_minutes", value=50),
        Effect(name="room_note"),
    )


def test_needs_are_read_from_effects_and_numbers():
    heavy = {"fit": ["weight", "tight"], "weight": 400, "girth": 58}

    assert needs_of(outcome(heavy), heavy) == Needs(
        weight_lb=400, girth_in=58, wide_bore=True, extra_minutes=15
    )
    assert needs_of(outcome({"fit": ["none"]}), {"fit": ["none"]}) == Needs()


def test_a_number_that_is_left_out_asks_for_nothing():
    heavy = {"fit": ["weight"], "weight": 400}

    assert needs_of(outcome(heavy), heavy) == Needs(weight_lb=400)


def test_a_weight_within_every_limit_asks_for_nothing():
    light = {"fit": ["weight"], "weight": 350, "girth": 58}

    assert needs_of(outcome(light), light) == Needs()


def test_nothing_combined_is_no_outcome():
    assert combine([]) is None


def test_a_day_counts_only_while_nothing_is_more_serious():
    where = replace(HERE, tags=frozenset())
    ill = assess(A, {"pos": "yes", "pos_which": "covid", "pos_date": "2026-11-30"}, where)
    device = outcome({"fit": ["pacemaker"]})
    assert ill.disposition == "defer"

    both, alone = combine([ill, device]), combine([ill, outcome({})])

    assert (both.disposition, both.defer_until) == ("callback", None)
    assert both.rule_keys == ("device", "positive_covid")
    assert (alone.disposition, alone.defer_until) == ("defer", ill.defer_until)


reasons = st.builds(
    Reason,
    rule=st.sampled_from(["a", "b", "c"]),
    disposition=st.sampled_from(Disposition),
    message=st.just({"en": "x", "es": "x"}),
)
effects = st.sampled_from(
    [Effect(name="wide_bore"), Effect(name="mask"), Effect(name="extra_minutes", value=15)]
)


@st.composite
def outcomes(draw):
    found = draw(st.lists(reasons, max_size=3))
    worst = max((r.disposition for r in found), key=lambda d: d.seriousness, default=Disposition.OK)
    days = st.dates(HERE.visit_on, HERE.visit_on + timedelta(days=30))
    return Outcome(
        disposition=worst,
        defer_until=draw(days) if worst is Disposition.DEFER else None,
        reasons=tuple(sorted(found, key=lambda r: -r.disposition.seriousness)),
        effects=tuple(dict.fromkeys(draw(st.lists(effects, max_size=3)))),
    )


@given(st.lists(outcomes(), min_size=1, max_size=3))
def test_together_is_as_serious_as_the_most_serious(parts):
    whole = combine(parts)

    assert whole.disposition.seriousness == max(part.disposition.seriousness for part in parts)
    assert (whole.defer_until is not None) == (whole.disposition is Disposition.DEFER)
    assert sorted(map(repr, whole.reasons)) == sorted(repr(r) for part in parts for r in part.reasons)
    assert {effect.name for effect in whole.effects} == {e.name for part in parts for e in part.effects}
    extra = [e.value for part in parts for e in part.effects if e.name == "extra_minutes"]
    assert [e.value for e in whole.effects if e.name == "extra_minutes"] == ([sum(extra)] if extra else [])


@given(outcomes())
def test_one_alone_stays_as_it_is(part):
    assert combine([part]) == part


fits = st.lists(st.sampled_from(FIT), unique=True)
numbers = st.none() | st.integers(-5, 9999) | st.just("400")


@given(fits, numbers, numbers)
def test_every_answer_has_needs(fit, weight, girth):
    answers = {"fit": fit, "weight": weight, "girth": girth}

    needs = needs_of(outcome(answers), answers)

    assert needs.extra_minutes >= 0
    assert needs.weight_lb is None or needs.weight_lb > 350
    assert needs.wide_bore is ("tight" in fit)


@given(fits, fits, st.integers(0, 9999), st.integers(0, 9999))
def test_more_ticked_or_a_higher_weight_never_asks_for_less(fit, more, weight, heavier):
    low, high = sorted((weight, heavier))
    before = {"fit": fit, "weight": low}
    after = {"fit": [*fit, *more], "weight": high}

    less, most = needs_of(outcome(before), before), needs_of(outcome(after), after)

    assert most.extra_minutes >= less.extra_minutes
    assert most.wide_bore or not less.wide_bore
    assert (most.weight_lb or 0) >= (less.weight_lb or 0)
    assert outcome(after).disposition.seriousness >= outcome(before).disposition.seriousness
