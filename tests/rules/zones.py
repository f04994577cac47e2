"""Zones and the hours in which their clocks change, found by asking the zones themselves."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
NOT_PLACES = ("posix/", "right/", "localtime", "Factory")


@cache
def changes(name: str) -> list[datetime]:
    """The UTC hours by which the offset of the zone has changed, 2025 to 2030."""
    zone, found = ZoneInfo(name), []
    for week in range((LAST - FIRST).days // 7):
        before = FIRST + timedelta(days=7 * week)
        if offset(before, zone) != offset(before + timedelta(days=7), zone):
            hours = [before + timedelta(hours=hour) for hour in range(7 * 24 + 1)]
            found += [b for a, b in pairwise(hours) if offset(a, zone) != offset(b, zone)]
    return found


@cache
def changing_zones() -> list[str]:
    names = sorted(name for name in available_timezones() if not name.startswith(NOT_PLACES))
    return [name for name in names if changes(name)]


def offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found
