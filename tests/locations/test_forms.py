import pytest
from django.core.exceptions import ValidationError

from locations.forms import ClockField, NearForm, PositionForm


@pytest.mark.parametrize(
    ("text", "minute"), [("0:00", 0), ("07:30", 450), ("7:30", 450), ("19:00", 1140), (" 24:00 ", 1440)]
)
def test_clock_field_reads_minutes(text, minute):
    assert ClockField().clean(text) == minute


@pytest.mark.parametrize(
    "text", ["", "7", "7:5", "24:01", "25:00", "7:60", "-1:00", "7:3O", "٧:٣٠", "007:30"]
)
def test_clock_field_refuses(text):
    with pytest.raises(ValidationError):
        ClockField().clean(text)


def test_clock_field_shows_what_it_reads():
    field = ClockField()
    assert [field.prepare_value(minute) for minute in (450, 1440, "7:5", None)] == [
        "07:30",
        "24:00",
        "7:5",
        None,
    ]
    assert not field.has_changed(450, "07:30")
    assert field.has_changed(450, "07:35")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Enter a ZIP code or city"),
        ("   ", "Enter a ZIP code or city"),
        ("00000", "We don’t know that place. Try a 5-digit ZIP code"),
        ("78\x00704", "We don’t know that place. Try a 5-digit ZIP code"),
        ("7" * 1_000_000, "We don’t know that place. Try a 5-digit ZIP code"),
    ],
)
def test_near_form_says_what_is_wrong(text, error):
    assert NearForm({"near": text}).errors == {"near": [error]}


@pytest.mark.parametrize(
    "data",
    [{}, {"lat": "30"}, {"lat": "nan", "lon": "0"}, {"lat": "1e999", "lon": "0"}, {"lat": "91", "lon": "0"}],
)
def test_position_form_refuses_what_is_no_position(data):
    assert not PositionForm(data).is_valid()
