"""What holds for every set of answers to the shipped rule sets, and for every order of their questions."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.screening import Circumstances, Outcome, QuestionKind, assess, visible_questions
from tests.factories.screening import CT, MRI, TODAY, XRAY, A, B

WORSE_FIRST_TO_LAST = {  # every question's answers, from the mildest
    "better": ("better", "same", "worse"),
    "why_chest": ("no", "not_sure", "yes"),
    "pos_which": ("flu", "not_sure"),
    "isol_end": ("unknown", "known"),
    "emerg_usual": ("yes", "no"),  # "usual for me" is the milder answer
    "pregnant": ("not_apply", "no", "not_sure", "yes"),
}
SURE_OR_NOT = ("no", "not_sure", "yes")
TAGS = (
    "chest_respiratory",
    "lung-cancer-screening-ct-low-dose",
    "contrast",
    "beam_through_pelvis",
    "other",
)
DATES = st.dates(TODAY - timedelta(days=40), TODAY)


def answer_to(question):
    if question.is_day:
        return DATES.map(date.isoformat)
    if question.kind is QuestionKind.MULTI:
        return st.lists(st.sampled_from(question.values), unique=True)
    if question.kind is QuestionKind.NUMBER:
        return st.integers(0, 1000)
    if question.kind is QuestionKind.TEXT:
        return st.text(max_size=20)
    return st.sampled_from(question.values)


JUNK = st.sampled_from(
    [None, 7, "", "maybe", "2026-02-30", "9999-12-31", "0001-01-01", ["none", 5], [["nose"]], {"yes": "no"}]
)


def answers_to(version, extra=None):
    return st.fixed_dictionaries(
        {},
        optional={
            question.key: answer_to(question) | extra if extra is not None else answer_to(question)
            for question in version.questions
        },
    )


circumstances = st.builds(
    Circumstances,
    answered_on=st.just(TODAY),
    visit_on=st.dates(TODAY, TODAY + timedelta(days=30)),
    tags=st.sets(st.sampled_from(TAGS)).map(frozenset),
    has_order=st.booleans(),
    by_proxy=st.booleans(),
    prefers_phone=st.booleans(),
    age=st.none() | st.integers(0, 110),
)
versions = st.sampled_from([A, B, MRI, CT, XRAY])
versions_with_days = st.sampled_from([A, B])


@given(st.data(), versions, circumstances)
def test_every_set_of_answers_has_one_outcome(data, version, where):
    answers = data.draw(answers_to(version, extra=JUNK))

    result = assess(version, answers, where)

    assert isinstance(result, Outcome)
    assert result == assess(version, answers, where)
    assert (result.defer_until is not None) == (result.disposition == "defer")
    if result.defer_until is not None:
        assert result.defer_until > where.visit_on


@given(st.data(), versions, circumstances)
def test_the_most_serious_reason_wins_and_is_listed_first(data, version, where):
    result = assess(version, data.draw(answers_to(version)), where)

    seriousness = [reason.disposition.seriousness for reason in result.reasons]
    assert seriousness == sorted(seriousness, reverse=True)
    assert result.disposition.seriousness == (seriousness[0] if seriousness else 0)


@given(st.data(), versions, circumstances)
def test_the_order_of_questions_and_answers_does_not_matter(data, version, where):
    answers = data.draw(answers_to(version))
    order = data.draw(st.permutations(version.questions))
    renumbered = tuple(replace(question, position=place) for place, question in enumerate(order))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))

    other = replace(version, questions=renumbered)

    assert assess(other, shuffled, where) == assess(version, answers, where)


@given(st.data(), versions, circumstances)
def test_answers_to_hidden_questions_do_not_matter(data, version, where):
    answers = data.draw(answers_to(version))
    shown = {question.key for question in visible_questions(version, answers, where)}

    visible_only = {key: value for key, value in answers.items() if key in shown}

    assert assess(version, visible_only, where) == assess(version, answers, where)


@given(st.data(), versions, circumstances)
def test_a_worse_answer_is_never_milder(data, version, where):
    answers = data.draw(full_answers(version))
    question = data.draw(st.sampled_from([q for q in version.questions if not q.is_day]))
    worse = {**answers, question.key: data.draw(worse_than(question, answers[question.key]))}

    before, after = assess(version, answers, where), assess(version, worse, where)

    assert after.disposition.seriousness >= before.disposition.seriousness


@given(st.data(), versions, circumstances)
def test_what_is_written_in_words_is_left_to_people(data, version, where):
    answers = data.draw(full_answers(version))
    texts = [question.key for question in version.questions if question.kind is QuestionKind.TEXT]
    other = {**answers, **{key: data.draw(st.text(max_size=20)) for key in texts}}

    assert assess(version, other, where) == assess(version, answers, where)


@given(st.data(), versions_with_days, circumstances)
def test_a_later_test_or_onset_is_never_milder(data, version, where):
    answers = data.draw(full_answers(version))
    question = data.draw(st.sampled_from([q for q in version.questions if q.is_day]))
    later = data.draw(st.dates(date.fromisoformat(answers[question.key]), TODAY)).isoformat()

    before = assess(version, answers, where)
    after = assess(version, {**answers, question.key: later}, where)

    assert after.disposition.seriousness >= before.disposition.seriousness
    if before.defer_until and after.defer_until:
        assert after.defer_until >= before.defer_until


def full_answers(version):
    """Complete and on one day, as day 0 moves to the onset when a symptom is added."""
    days = DATES.map(date.isoformat)
    return days.flatmap(
        lambda day: st.fixed_dictionaries(
            {
                question.key: st.just(day) if question.is_day else any_answer(question)
                for question in version.questions
            }
        )
    )


def scale_of(question):
    given = SURE_OR_NOT if "not_sure" in question.values else ("no", "yes")
    return WORSE_FIRST_TO_LAST.get(question.key, given)


def any_answer(question):
    if question.kind in (QuestionKind.MULTI, QuestionKind.NUMBER, QuestionKind.TEXT):
        return answer_to(question)
    return st.sampled_from(scale_of(question))


def worse_than(question, answer):
    if question.kind is QuestionKind.MULTI:
        return st.sets(st.sampled_from(question.values)).map(lambda more: [*answer, *more])
    if question.kind is QuestionKind.NUMBER:
        return st.integers(answer, 2000)
    if question.kind is QuestionKind.TEXT:
        return st.just(answer)
    scale = scale_of(question)
    return st.sampled_from(scale[scale.index(answer) :])
