import datetime as dt

import pytest
from django import forms

from scheduling.forms.fields import BirthDateField

TODAY = dt.date(2026, 11, 26)


class BornForm(forms.Form):
    born = BirthDateField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["born"].today = TODAY


def typed(month: str, day: str, year: str) -> BornForm:
    return BornForm({"born_month": month, "born_day": day, "born_year": year})


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("3", "27", "1952"), dt.date(1952, 3, 27)),
        (("11", "26", "2026"), TODAY),  # born today
        (("2", "29", "2000"), dt.date(2000, 2, 29)),
        (("6", "1", "1921"), dt.date(1921, 6, 1)),  # 105 years
        (("1", "1", "1906"), dt.date(1906, 1, 1)),  # 120 years
        (("12", "05", " 1999 "), dt.date(1999, 12, 5)),
    ],
)
def test_real_dates_are_taken(parts, date):
    form = typed(*parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("", "", ""), ["Enter the date of birth"]),
        (("3", "27", ""), ["Add the year, with 4 numbers, like 1952"]),
        (("3", "27", "52"), ["Add the year, with 4 numbers, like 1952"]),
        (("3", "", "1952"), ["Add the day, like 27"]),
        (("", "27", "1952"), ["Choose the month"]),
        (("13", "27", "1952"), ["Choose the month"]),
        (
            ("x", "y", "z"),
            ["Choose the month", "Add the day, like 27", "Add the year, with 4 numbers, like 1952"],
        ),
        (("3", "27", "19²5"), ["Add the year, with 4 numbers, like 1952"]),
        (("2", "30", "1952"), ["February has no day 30"]),
        (("2", "31", "2001"), ["February has no day 31"]),
        (("4", "31", "2001"), ["April has no day 31"]),
        (("4", "0", "2001"), ["April has no day 0"]),
        (("2", "29", "1999"), ["February 1999 has no day 29"]),
        (("11", "27", "2026"), ["The date of birth must be in the past"]),
        (("1", "1", "1800"), ["Check the year"]),
        (("12", "31", "1905"), ["Check the year"]),
        (("1", "1", "0000"), ["Check the year"]),
    ],
)
def test_other_dates_are_refused_with_words_that_help(parts, words):
    assert typed(*parts).errors == {"born": words}


def test_refused_date_is_shown_as_typed_and_marks_the_wrong_part():
    html = str(typed("3", "27", "52")["born"])
    assert 'value="52"' in html
    assert '<option value="3" selected>March</option>' in html
    assert html.count('aria-invalid="true"') == 1
    year = html[html.index('name="born_year"') :]
    assert 'aria-invalid="true"' in year
    assert 'aria-describedby="id_born_error"' in year


def test_months_have_names_and_parts_have_labels():
    html = str(BornForm()["born"])
    for part in ("month", "day", "year"):
        assert f'<label for="id_born_{part}">{part.title()}</label>' in html
        assert f'autocomplete="bday-{part}"' in html
    assert '<option value="2">February</option>' in html


def test_saved_date_is_shown_in_its_parts():
    html = str(BornForm(initial={"born": dt.date(1952, 3, 27)})["born"])
    assert '<option value="3" selected>March</option>' in html
    assert 'value="27"' in html
    assert 'value="1952"' in html


def test_form_must_say_what_day_it_is():
    field = BirthDateField()
    with pytest.raises(TypeError):
        field.clean(["3", "27", "1952"])
