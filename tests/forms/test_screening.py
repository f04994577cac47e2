from dataclasses import replace
from datetime import date

import pytest
from django.template import Context, Template

from scheduling.forms.screening import ScreeningForm, Words, days_of
from scheduling.rules.screening import QuestionKind, visible_questions
from scheduling.rules.screening_pages import short_page
from scheduling.templatetags.alliance_forms import error_links
from tests.factories.screening import TODAY, A, B, circumstances

CLEAR = {"sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}


def shown(answers):
    return visible_questions(A, answers, circumstances())


def form(data=None, *, questions=None, language="en", **kwargs):
    return ScreeningForm(
        data,
        version=A,
        questions=questions or short_page(A, shown({})),
        visible=lambda answers: frozenset(question.key for question in shown(answers)),
        language=language,
        today=TODAY,
        **kwargs,
    )


def question(key):
    return next(question for question in A.questions if question.key == key)


def test_clear_answers_need_no_follow_ups():
    filled = form(CLEAR)

    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data == CLEAR


def test_every_visible_question_is_required():
    assert list(form({}).errors) == ["sympt", "pos", "isol", "expo", "compan"]
    assert list(form({**CLEAR, "pos": "yes"}).errors) == ["pos_which", "pos_date"]
    assert list(form({**CLEAR, "isol": "yes", "isol_end": "known"}).errors) == ["isol_date"]


def test_what_was_typed_into_a_hidden_follow_up_is_dropped():
    filled = form({**CLEAR, "pos_which": "plague", "pos_date": "2026-11-30", "better": "worse"})

    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data == CLEAR


def test_none_of_these_stands_alone():
    filled = form(
        {**CLEAR, "sympt": ["nose", "none"], "sympt_date": "2026-11-30", "fever_24h": "no", "better": "same"}
    )

    assert filled.errors == {"sympt": ["Choose what applies, or “None of these”, not both"]}


@pytest.mark.parametrize(
    ("key", "data", "words"),
    [
        (
            "pos",
            {},
            "Choose yes or no",
        ),
        (
            "pos",
            {"pos": "perhaps"},
            "Choose yes or no",
        ),
        (
            "sympt",
            {"sympt": []},
            "Choose at least one answer",
        ),
        (
            "sympt",
            {"sympt": ["plague"]},
            "Choose at least one answer",
        ),
        (
            "pos_date",
            {"pos": "yes", "pos_which": "flu", "pos_date": "2026-12-02"},
            "Choose a day",
        ),
        (
            "pos_which",
            {"pos": "yes", "pos_date": "2026-11-30"},
            "Choose one answer",
        ),
    ],
)
def test_an_error_is_short(key, data, words):
    without = {name: value for name, value in CLEAR.items() if name != key}

    assert form({**without, **data}).errors[key] == [words]


def test_above_the_page_an_error_names_its_question():
    links = error_links(form({"pos": "yes"}))

    assert [(link.target, link.message) for link in links] == [
        ("id_sympt_0", "Symptoms: Choose at least one answer"),
        ("id_pos_which_0", "Which illness: Choose one answer"),
        ("id_pos_date", "Day of the test: Choose a day"),
        ("id_isol_0", "Told to stay home: Choose yes or no"),
        ("id_expo_0", "Close contact: Choose yes or no"),
        ("id_compan_0", "Who comes with you: Choose yes or no"),
    ]


@pytest.mark.parametrize("version", [A, B])
def test_every_question_has_a_short_name_in_both_languages(version):
    for language in ("en", "es"):
        for asked in version.questions:
            assert Words(version, language).page(f"name_{asked.key}"), asked.key


def test_days_are_chosen_not_typed():
    past, ahead = days_of(question("pos_date"), TODAY), days_of(question("isol_date"), TODAY)

    assert past[0] == ("2026-12-01", "Today, Tuesday, December 1")
    assert past[1] == ("2026-11-30", "Yesterday, Monday, November 30")
    assert past[-1] == ("2026-11-03", "Tuesday, November 3 or earlier")
    assert (ahead[0][0], ahead[1], ahead[-1]) == (
        "2026-12-01",
        ("2026-12-02", "Wednesday, December 2"),
        ("2027-01-30", "Saturday, January 30 or later"),
    )


def test_words_follow_the_language():
    assert (
        form(language="es").fields["compan"].label
        == "¿Viene con usted alguien que está enfermo o que dio positivo?"
    )


def rendered(shape):
    page = Template("{% load crispy_forms_tags %}{% crispy form %}")
    return page.render(Context({"form": shape}))


def test_follow_ups_open_below_their_answer():
    html = rendered(form())

    opened = html[html.index('name="isol"') : html.index('name="expo"')]
    assert opened.index('value="yes"') < opened.index('name="isol_end"') < opened.index('name="isol_date"')
    assert opened.index('class="reveal"') < opened.index('name="isol_end"')
    assert html.count('name="isol_date"') == 1


def test_a_question_alone_is_the_heading_of_its_page():
    assert "<h1>Right now, do you have any of these" in rendered(form(questions=(question("emerg"),)))
    assert "<h1" in rendered(form(questions=(question("pos_date"),)))


def test_numbers_and_words_can_be_asked():
    weight = replace(question("compan"), key="weight", kind=QuestionKind.NUMBER)
    name = replace(question("compan"), key="name", kind=QuestionKind.TEXT)
    shape = form({"weight": "180", "name": ""}, questions=(weight, name))
    shape.visible = lambda answers: frozenset({"weight", "name"})

    assert shape.fields["weight"].widget.attrs["inputmode"] == "numeric"
    assert shape.errors == {"name": ["Answer this question. If you do not know, write “not sure”"]}
    assert shape.cleaned_data["weight"] == 180


@pytest.mark.parametrize("typed", ["", "0", "-5", "10000", "250.5", "heavy", "٢٥٠x"])
def test_what_is_no_number_says_what_is(typed):
    weight = replace(question("compan"), key="weight", kind=QuestionKind.NUMBER)
    shape = form({"weight": typed}, questions=(weight,))
    shape.visible = lambda answers: frozenset({"weight"})

    assert shape.errors == {"weight": ["Enter a whole number, without letters"]}


def test_a_question_may_be_left_out():
    girth = replace(question("compan"), key="girth", kind=QuestionKind.NUMBER, optional=True)
    shape = form({"girth": ""}, questions=(girth,))
    shape.visible = lambda answers: frozenset({"girth"})

    assert shape.errors == {}
    assert shape.cleaned_data == {"girth": None}
    assert "(optional)" in rendered(shape)


def test_today_is_the_day_it_is_given():
    assert days_of(question("pos_date"), date(2027, 1, 1))[0] == ("2027-01-01", "Today, Friday, January 1")
