"""Searching for openings. What needs the whole server, over HTTP, is a suite of its own."""

from collections.abc import Iterator
from datetime import timedelta

from benchmarks.dataset import NOW, TODAY, exam_of
from benchmarks.report import Row, measured
from locations.models import Location
from scheduling.queries.openings import (
    Opening,
    Wish,
    find_openings,
    first_opening_of_each,
    first_openings,
    openings_at,
)


def measure(size: int) -> Iterator[Row]:
    wish = Wish(exam_id=exam_of(40).pk)
    ids = list(Location.objects.filter(slug__startswith="bench-").order_by("pk").values_list("pk", flat=True))
    here, month = {"wish": wish, "location_id": ids[0], "now": NOW}, TODAY + timedelta(days=29)

    def one_location() -> list[Opening]:
        return find_openings(**here, first=TODAY, last=month)

    last = one_location()[-1].starts_at
    yield measured("openings of one location, 30 days", size, one_location, goal="15 ms")
    yield measured("the check on write", size, lambda: openings_at(**here, starts_at=last), goal="15 ms")
    yield measured(
        "first 20 anywhere, 200 locations",
        size,
        lambda: first_openings(wish=wish, location_ids=ids, limit=20, now=NOW),
        goal="60 ms",
    )
    yield measured(
        "first of each of 200 locations",
        size,
        lambda: first_opening_of_each(wish=wish, location_ids=ids, now=NOW),
        goal="60 ms",
    )
