"""Morning, afternoon and evening, as patients choose them: by the hour of the center's wall clock."""

from enum import StrEnum


class DayPart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


_HOURS = {DayPart.MORNING: (0, 12), DayPart.AFTERNOON: (12, 17), DayPart.EVENING: (17, 24)}


def part_of_hour(hour: int) -> DayPart:
    """`hour` is 0 to 23 on the wall clock."""
    return next(part for part, (first, end) in _HOURS.items() if first <= hour < end)


def minutes_of(part: DayPart) -> tuple[int, int]:
    """From and to which minute of the wall clock's day it lasts."""
    first, end = _HOURS[part]
    return first * 60, end * 60
