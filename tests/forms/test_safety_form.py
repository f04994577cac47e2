"""The screening form as the safety pages use it."""

import pytest
from crispy_forms.utils import render_crispy_form
from django.utils import translation

from scheduling.forms.layout import SecondButton
from scheduling.forms.screening import ScreeningForm
from tests.factories.screening import MRI, TODAY


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def form(*keys, data=None, **options):
    questions = tuple(question for question in MRI.questions if question.key in keys)
    return ScreeningForm(
        data,
        version=MRI,
        questions=questions,
        visible=lambda answers: frozenset(keys),
        language="en",
        today=TODAY,
        **options,
    )


def test_yes_no_or_not_sure_is_asked_for_by_the_name_of_the_question():
    asked = form("metal_eye", "surgery", data={"surgery": "maybe"})

    assert asked.errors == {
        "metal_eye": ["Answer Yes, No or Not sure: Metal in an eye"],
        "surgery": ["Answer Yes, No or Not sure: Recent surgery"],
    }
    html = render_crispy_form(asked)
    assert html.count("Answer Yes, No or Not sure: Metal in an eye") == 1  # beside the question


def test_other_questions_are_named_where_their_words_do_not():
    assert form("metal_eye", "wear").short_names == {"wear": "What you wear"}


def test_nothing_is_chosen_beforehand():
    assert "checked" not in render_crispy_form(form("metal_eye", "pregnant"))


def test_why_we_ask_is_closed_and_told_apart_for_who_cannot_see_the_page():
    html = render_crispy_form(form("metal_eye", "surgery"))

    assert html.count("<details") == html.count("Why we ask") == 2
    assert "<details open" not in html
    assert '<span class="hidden-text">: Metal in an eye</span>' in html
    assert "An X-ray can show if there is one." in html


def test_help_with_what_to_write_is_open():
    html = render_crispy_form(form("device_model"))

    assert "<details" not in html
    assert "They are on the card you got with the device." in html
    assert "(optional)" in html


def test_a_page_about_one_question_has_it_as_its_heading_and_the_rest_below():
    html = render_crispy_form(form("vessel", "vessel_model", is_one=True))

    assert html.count("<h1") == 1
    assert html.index("<h1") < html.index("Do you have a heart valve") < html.index('name="vessel_model"')
    assert html.index('class="reveal"') < html.index('name="vessel_model"')


def test_a_page_may_begin_with_words_to_write():
    html = render_crispy_form(form("surgery_what", "surgery_when", is_one=True))

    assert html.count("<h1") == 1
    assert "<textarea" in html
    assert html.index("What was done, and was anything put in?") < html.index("<textarea")


def test_short_answers_stand_side_by_side_where_there_are_several_questions():
    assert "options-row" in render_crispy_form(form("metal_eye", "surgery"))
    assert "options-row" not in render_crispy_form(form("metal_eye"))
    assert "options-row" not in render_crispy_form(form("pregnant", "wear"))  # has a long answer


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Answer this question. If you do not know, write “not sure”"),
        ("x" * 501, "That is too long. Use up to 500 letters"),
    ],
)
def test_what_is_written_says_what_is_wrong(text, error):
    assert form("surgery_what", data={"surgery_what": text}).errors == {"surgery_what": [error]}


def test_another_button_stands_beside_the_main_one():
    html = render_crispy_form(form("metal_eye", others=(SecondButton("Call me", name="prefers_phone"),)))

    assert html.index("Continue") < html.index('name="prefers_phone"')


def test_none_of_these_stands_apart_wherever_it_stands():
    worn = render_crispy_form(form("wear"))

    assert worn.count('class="option-or"') == 1
    assert worn.index('value="dentures"') < worn.index('class="option-or"') < worn.index('value="none"')
