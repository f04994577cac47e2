import pytest

from scheduling.rules.day_parts import DayPart, minutes_of, part_of_hour


@pytest.mark.parametrize(
    ("hours", "part"), [(range(12), "morning"), (range(12, 17), "afternoon"), (range(17, 24), "evening")]
)
def test_each_hour_has_its_part_of_the_day(hours, part):
    assert {part_of_hour(hour) for hour in hours} == {part}


def test_the_parts_fill_the_day():
    begins, ends = zip(*(minutes_of(part) for part in DayPart), strict=True)
    assert (begins[0], *ends) == (*begins, 24 * 60)
