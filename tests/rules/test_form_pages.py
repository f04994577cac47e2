"""How the full safety form spreads over pages: one question each, with what follows from it."""

from scheduling.rules.screening import Stage, visible_questions
from scheduling.rules.screening_pages import form_pages
from tests.factories.screening import MRI, circumstances

EARLIER = [question.key for question in MRI.questions if question.stage is not Stage.VISIT]


def pages(answers, left_out=EARLIER):
    shown = visible_questions(MRI, answers, circumstances())
    return form_pages(MRI, shown, left_out)


def keys(answers, **options):
    return [[question.key for question in page.questions] for page in pages(answers, **options)]


def is_answered(page, answers):
    shown = {question.key for question in visible_questions(MRI, answers, circumstances())}
    return page.is_answered(shown, answers)


def test_a_question_brings_the_follow_ups_that_can_open_below_it():
    assert keys({})[:2] == [
        ["vessel", "vessel_model", "vessel_when", "vessel_where"],
        ["joint", "joint_what"],
    ]


def test_the_follow_ups_of_an_earlier_answer_share_a_page():
    answers = {"device": "yes", "surgery": "not_sure"}

    assert keys(answers)[:3] == [
        ["device_which", "device_model", "device_when", "device_where"],
        ["surgery_what", "surgery_when", "surgery_where"],
        ["vessel", "vessel_model", "vessel_when", "vessel_where"],
    ]


def test_nothing_is_opened_by_a_question_that_is_asked_elsewhere():
    assert "weight_lb" not in [key for page in keys({"fit": ["none"]}) for key in page]


def test_what_was_not_answered_elsewhere_is_asked_here():
    answered = [key for key in EARLIER if key != "metal_eye"]

    assert keys({}, left_out=answered)[0] == ["metal_eye"]
    assert keys({"metal_eye": "yes"}, left_out=answered)[0] == ["metal_eye", "metal_eye_what"]


def test_a_page_has_the_same_number_whatever_is_answered():
    def number_of(answers):
        return next(page.number for page in pages(answers) if page.questions[0].key == "vessel")

    assert number_of({}) == number_of({"device": "yes", "metal_body": "yes", "vessel": "yes"})


def test_a_page_is_answered_when_all_is_that_is_shown_and_may_not_be_left_out():
    vessel = pages({})[0]
    device = pages({"device": "yes"})[0]

    assert not is_answered(vessel, {})
    assert is_answered(vessel, {"vessel": "no"})
    assert is_answered(vessel, {"vessel": "yes"})  # its details may be left out
    assert not is_answered(device, {"device": "yes", "device_model": "Reveal LINQ"})
    assert is_answered(device, {"device": "yes", "device_which": ["loop_recorder"]})
