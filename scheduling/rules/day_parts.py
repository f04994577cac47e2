"""Morning, afternoon and evening, as patients choose them: by the hour of the center's wall clock."""

from enum import StrEnum

NOON = 12
EVENING_BEGINS = 17


class DayPart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


def part_of_hour(hour: int) -> DayPart:
    """`hour` is 0 to 23 on the wall clock."""
    if hour < NOON:
        return DayPart.MORNING
    return DayPart.AFTERNOON if hour < EVENING_BEGINS else DayPart.EVENING
