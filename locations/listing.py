"""Rows of a list of locations, in words, for templates/components/center_row.html."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from locations.geography import Point
from locations.models import Location
from locations.queries import Today, kinds_today, locations_open, nearest_locations, openings_today
from locations.words import kind_words, miles_words, today_words


@dataclass(frozen=True)
class Center:
    location: Location
    today: Today
    miles: float | None = None
    facts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.location.name

    @property
    def url(self) -> str:
        return self.location.get_absolute_url()

    @property
    def address(self) -> str:
        return self.location.full_address

    @property
    def distance(self) -> str:
        return "" if self.miles is None else miles_words(self.miles)

    @property
    def open_now(self) -> bool:
        return self.today.is_open

    @property
    def hours(self) -> str:
        return today_words(self.today)


def every_center(now: dt.datetime) -> list[Center]:
    """A to Z."""
    return _rows([(location, None) for location in locations_open()], now)


def centers_near(
    point: Point, now: dt.datetime, *, limit: int, within_miles: float | None = None
) -> list[Center]:
    near = nearest_locations(point, limit=limit, within_miles=within_miles)
    return _rows([(one.location, one.miles) for one in near], now)


def _rows(found: Iterable[tuple[Location, float | None]], now: dt.datetime) -> list[Center]:
    found = list(found)
    today = openings_today([location for location, _miles in found], now)
    kinds = kinds_today([location for location, _miles in found], now)
    return [
        Center(
            location,
            today[location.pk],
            miles,
            tuple(kind_words(*kind) for kind in kinds.get(location.pk, {}).items()),
        )
        for location, miles in found
    ]
