"""Every change of every zone, 2025 to 2030, against the calendar of the zone itself.

What a patient would read off a wall clock is the measure: each clock time that exists is
offered once, each that does not is not, and hours are open as long as the clock says.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.rules.opening_hours import MINUTE, WeeklySpan, local_day, open_intervals, whole_days
from scheduling.rules.slots import Need, ScannerTime, start_times
from tests.rules.zones import changes, changing_zones

ALWAYS = [WeeklySpan(weekday, 0, 1440) for weekday in range(7)]
DAY = timedelta(days=1)
GRID = 15


def clock_times_that_exist(day: date, zone: ZoneInfo) -> list[datetime]:
    walls = [datetime.combine(day, time()) + n * MINUTE for n in range(0, 1440, GRID)]
    instants = [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls]
    pairs = zip(walls, instants, strict=True)
    return [instant for wall, instant in pairs if instant.astimezone(zone).replace(tzinfo=None) == wall]


def offered(day: date, zone: ZoneInfo) -> list[datetime]:
    hours = open_intervals(ALWAYS, zone=zone, first=day - DAY, last=day + DAY)
    window = whole_days(day, day, zone)
    return start_times(
        ScannerTime(open=hours, free=hours, staffed=hours),
        Need(minutes=30, grid=GRID),
        zone=zone,
        earliest=window.start,
        latest=window.end,
    )


def days_of_change() -> list[tuple[str, date]]:
    return [
        (name, local_day(change, ZoneInfo(name)) + shift * DAY)
        for name in changing_zones()
        for change in changes(name)
        for shift in (-1, 0, 1)
    ]


def test_every_clock_time_that_exists_is_offered_once():
    cases = days_of_change()
    wrong = [
        (name, day)
        for name, day in cases
        if offered(day, ZoneInfo(name)) != clock_times_that_exist(day, ZoneInfo(name))
    ]
    print(f"{len(changing_zones())} zones, {len(cases)} days around a change, {len(wrong)} wrong")
    assert len(changing_zones()) > 100
    assert wrong == []


def test_days_join_without_gap_or_overlap():
    cases = days_of_change()
    wrong = []
    for name, day in cases:
        zone = ZoneInfo(name)
        if whole_days(day, day, zone).end != whole_days(day + DAY, day + DAY, zone).start:
            wrong.append((name, day))
        if len(open_intervals(ALWAYS, zone=zone, first=day - DAY, last=day + DAY)) != 1:
            wrong.append((name, day))
    print(f"{len(cases)} midnights, {len(wrong)} wrong")
    assert wrong == []
