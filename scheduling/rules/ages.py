"""How old people are on a day."""

from datetime import date
from typing import Final

ADULT_AGE: Final = 18  # below it a parent or guardian is named, and attends


def years_between(birth_date: date, day: date) -> int:
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday
