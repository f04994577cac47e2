from decimal import Decimal

import pytest
from phonenumber_field.phonenumber import PhoneNumber

from scheduling.templatetags.words import money, phone, phone_link


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("450.00"), "$450"),
        (Decimal(1250), "$1,250"),
        (Decimal("1250.50"), "$1,250.50"),
        (Decimal(0), "$0"),
        (Decimal("0.05"), "$0.05"),
    ],
)
def test_money_has_cents_only_where_there_are_any(amount, words):
    assert money(amount) == words


def test_phone_reads_as_in_the_us_and_links():
    for number in ("+15125550147", PhoneNumber.from_string("+15125550147")):
        assert phone(number) == "512-555-0147"
        assert phone_link(number) == "tel:+15125550147"


def test_no_phone_shows_nothing():
    assert (phone(""), phone_link("")) == ("", "")
