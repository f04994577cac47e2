"""Days as staff type them."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# As in the addresses of days. The ends of the calendar have no midnight before or after them.
FIRST_YEAR, LAST_YEAR = 2000, 2099


def is_of_this_century(day: date | datetime) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


class DayField(forms.DateField):
    """Of this century: what a visit, a paper or a closure may have."""

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not is_of_this_century(day):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day
