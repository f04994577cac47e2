"""Fields take any text: what they let through is what its column can hold, and everything else is refused in
our own words. Prints nothing of its own: Hypothesis shows the shortest text that breaks a rule."""

import datetime as dt
import re
import unicodedata

from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.forms.fields import BirthDateField, EmailField, NameField, PhoneField, as_typed
from tests.rules.test_parsers import EXAMPLES, TEXT

TODAY = dt.date(2026, 11, 26)
NAME = NameField(label="First name", empty="Enter the first name")
NAME_WORDS = {"Enter the first name", "That name is too long. Use up to 100 letters"}
EMAIL_WORDS = {"Enter an email like name@example.com"}
PHONE_WORDS = {str(words) for words in PhoneField.default_error_messages.values()}
LIKE_PHONES = st.from_regex(r"[+(]?[0-9 ().x-]{5,25}", fullmatch=True)
LIKE_EMAILS = st.one_of(st.emails(), st.from_regex(r"[\w+.'-]{1,20}@[\w.-]{1,20}", fullmatch=True))
PARTS = st.one_of(TEXT, st.integers(-5, 10_000).map(str))
LONGEST_PHONE = 40  # the column


def cleaned(field, value) -> tuple[object, set[str]]:
    try:
        return field.clean(value), set()
    except ValidationError as refusal:
        return None, set(refusal.messages)


@settings(max_examples=EXAMPLES)
@given(TEXT)
def test_names(text):
    name, refused = cleaned(NAME, text)
    assert refused <= NAME_WORDS
    if name is not None:
        assert 1 <= len(name) <= 100
        assert name == unicodedata.normalize("NFC", name).strip()
        assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cs"}
        assert NAME.clean(name) == name
        name.encode()


@settings(max_examples=EXAMPLES)
@given(st.one_of(TEXT, LIKE_EMAILS))
def test_emails(text):
    email, refused = cleaned(EmailField(), text)
    assert refused <= EMAIL_WORDS
    if email is not None:
        assert len(email) <= 254
        assert not re.search(r"[\s,;<>\0]", email)
        assert EmailField().clean(email) == email
        email.encode()


@settings(max_examples=EXAMPLES)
@given(st.one_of(TEXT, LIKE_PHONES))
def test_phones(text):
    phone, refused = cleaned(PhoneField(), text)
    assert refused <= PHONE_WORDS
    if phone is not None:
        assert re.fullmatch(r"\+[1-9]\d{4,14}", phone)
        assert PhoneField().clean(phone) == phone
        assert len(as_typed(text)) <= LONGEST_PHONE
        assert PhoneField().clean(as_typed(text)) == phone
        as_typed(text).encode()


@settings(max_examples=EXAMPLES)
@given(PARTS, PARTS, PARTS)
def test_birth_dates(month, day, year):
    field = BirthDateField(today=TODAY)
    born, refused = cleaned(field, [month, day, year])
    assert (born is None) == bool(refused)
    if born is not None:
        assert dt.date(1905, 12, 31) < born <= TODAY
        assert (born.month, born.day, born.year) == (int(month), int(day), int(year))
