import unicodedata

import pytest
from django import forms
from django.core.exceptions import ValidationError

from scheduling.forms.fields import EmailField, NameField, PhoneField


def refusal(field: forms.Field, text: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        field.clean(text)
    return caught.value.messages


NAME = NameField(label="First name", empty="Enter the first name")


@pytest.mark.parametrize(
    "name",
    [
        "O'Connor", "D’Arcy", "Guðmundsdóttir", "Nguyễn", "李", "O", "Sukarno", "de la Cruz", "Smith-Jones",
        "Núñez Ortega", "María José", "van 't Hoff", "X Æ A-12", "McDONALD", "ʻAkaka", "Zoë", "a" * 100,
    ],
)  # fmt: skip
def test_names_are_kept_as_typed(name):
    assert NAME.clean(name) == name


def test_names_are_trimmed_and_composed():
    assert NAME.clean("  Jose\u0301 ") == "José"
    assert NAME.clean(unicodedata.normalize("NFD", "Nguyễn")) == "Nguyễn"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "-", "\x00", "A\x00na", "Ana\nRuiz", "123"])
def test_what_is_no_name_is_refused(name):
    assert refusal(NAME, name) == ["Enter the first name"]


def test_names_over_100_letters_are_refused_not_cut():
    assert refusal(NAME, "a" * 101) == ["That name is too long. Use up to 100 letters"]
    assert "maxlength" not in NAME.widget.attrs


LONGEST = "a" * 60 + "@" + ".".join(["b" * 60] * 3) + ".example"


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("ana+mri@x.homes", "ana+mri@x.homes"),
        ("o'neil@x.ie", "o'neil@x.ie"),
        ("Ana.Ruiz@Example.COM", "Ana.Ruiz@Example.COM"),
        (" ana@example.com ", "ana@example.com"),
        (LONGEST, LONGEST),
    ],
)
def test_real_emails_are_taken(typed, email):
    assert EmailField().clean(typed) == email


@pytest.mark.parametrize(
    "typed",
    ["", " ", "a@b", "ana", "ana@", "@x.ie", "a@x.ie, b@x.ie", "a@x.ie;b@x.ie", "a@x.ie b@x.ie", "a\x00@x.ie",
     "ana@x.ie\nbcc: b@x.ie", "ana@@x.ie", "a" * 244 + "@example.com"],
)  # fmt: skip
def test_other_emails_are_refused(typed):
    assert refusal(EmailField(), typed)[0] == "Enter an email like name@example.com"
    assert set(refusal(EmailField(), typed)) == {"Enter an email like name@example.com"}


@pytest.mark.parametrize(
    "typed",
    ["512-555-0147", "(512) 555-0147", "512.555.0147", "512 555 0147", "5125550147", "+1 512 555 0147",
     "1-512-555-0147", "+1 (512) 555-0147", " 512-555-0147 ", "512-555-0147 x12", "512-555-0147 ext. 12",
     "512/555/0147", "５１２-555-0147"],
)  # fmt: skip
def test_any_way_of_writing_a_phone_is_taken(typed):
    assert PhoneField().clean(typed) == "+15125550147"


def test_phone_from_abroad_is_taken():
    assert PhoneField().clean("+52 55 5555 1234") == "+525555551234"


SHORT = "That number is too short. Enter 10 numbers, like 512-555-0147"
LONG = "That number is too long. Enter 10 numbers, like 512-555-0147"
WRONG = "Check the phone number. Enter 10 numbers, like 512-555-0147"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a phone number"),
        ("555-0147", SHORT),
        ("512 555", SHORT),
        ("5", SHORT),
        ("512-555-01477", LONG),
        ("1" * 50, LONG),
        ("112-555-0147", WRONG),
        ("call me", WRONG),
        ("+999 1234567", WRONG),
        ("512-555\x00-0147", WRONG),
    ],
)
def test_other_phones_are_refused(typed, words):
    assert refusal(PhoneField(), typed) == [words]


def test_optional_fields_may_stay_empty():
    assert PhoneField(required=False).clean("") == ""
    assert EmailField(required=False).clean("") == ""
    assert NameField(label="x", empty="x", required=False).clean("") == ""


def test_refused_phone_is_shown_as_typed():
    class Ask(forms.Form):
        phone = PhoneField()

    form = Ask({"phone": "512.555"})
    assert form.errors == {"phone": [SHORT]}
    assert 'value="512.555"' in str(form["phone"])
