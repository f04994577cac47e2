from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.rules.intervals import Interval, subtract
from scheduling.rules.opening_hours import WeeklySpan, open_intervals, wall_instant, whole_days
from scheduling.rules.slots import Need, ScannerTime, is_free, start_times

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 1, 5)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def at(clock: str, day: date = MONDAY) -> datetime:
    return wall_instant(day, minute(clock), CHICAGO)


def stretch(clocks: str, day: date = MONDAY) -> Interval:
    start, end = clocks.split("-")
    return Interval(at(start, day), at(end, day))


def clock(instant: datetime) -> str:
    return f"{instant.astimezone(CHICAGO):%H:%M}"


class Case:
    """One scanner in Chicago on one day, written in wall-clock times."""

    def __init__(self, *hours, day=MONDAY, taken=(), staffed=None, supervised=None, every_day=False, **need):
        weekdays = range(7) if every_day else [day.weekday()]
        spans = [WeeklySpan(weekday, *map(minute, one.split("-"))) for weekday in weekdays for one in hours]
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        open_ = open_intervals(spans, zone=CHICAGO, first=before, last=after)
        self.time = ScannerTime(
            open=open_,
            free=subtract([whole_days(before, after, CHICAGO)], [stretch(one, day) for one in taken]),
            staffed=open_ if staffed is None else [stretch(one, day) for one in staffed],
            supervised=None if supervised is None else [stretch(one, day) for one in supervised],
        )
        self.need = Need(**need)
        self.window = whole_days(day, day, CHICAGO)
        self.day = day

    def starts(self, *, earliest=None, latest=None, avoid_stranding=False) -> list[datetime]:
        return start_times(
            self.time,
            self.need,
            zone=CHICAGO,
            earliest=earliest or self.window.start,
            latest=latest or self.window.end,
            avoid_stranding=avoid_stranding,
        )

    def clocks(self, **options) -> list[str]:
        return [clock(start) for start in self.starts(**options)]

    def is_free(self, start: str | datetime) -> bool:
        instant = at(start, self.day) if isinstance(start, str) else start
        window = {"earliest": self.window.start, "latest": self.window.end}
        return is_free(instant, self.time, self.need, zone=CHICAGO, **window)


def test_the_last_start_ends_by_closing():
    case = Case("9:00-16:45", minutes=20, grid=20)
    assert (case.clocks()[0], case.clocks()[-1], len(case.clocks())) == ("09:00", "16:20", 23)
    assert not case.is_free("16:40")


@pytest.mark.parametrize("hours", ["0:00-24:00", "20:00-24:00"])
def test_hours_to_midnight_hold_an_exam_that_ends_there(hours):
    case = Case(hours, minutes=60)
    assert case.clocks()[-1] == "23:00"
    assert case.starts()[-1] + timedelta(minutes=60) == case.window.end
    assert not case.is_free("23:05")


def test_an_exam_spans_midnight_where_the_hours_join():
    assert Case("0:00-24:00", every_day=True, minutes=60).clocks()[-1] == "23:55"


@pytest.mark.parametrize(
    ("start", "free"),
    [
        ("09:20", True),
        ("09:25", False),
        ("10:00", False),
        ("10:30", False),
        ("10:35", False),
        ("10:40", True),
    ],
)
def test_turnover_keeps_its_distance_before_and_after(start, free):
    booked_with_turnover = "10:00-10:40"
    case = Case("8:00-18:00", taken=[booked_with_turnover], minutes=30, turnover=10)
    assert case.is_free(start) is free
    assert (start in case.clocks()) is free


def test_a_long_booking_keeps_its_whole_time_busy():
    case = Case("8:00-18:00", taken=["10:00-11:45"], minutes=30)
    assert [one for one in case.clocks() if "09:30" <= one <= "11:45"] == ["09:30", "11:45"]
    assert not case.is_free("11:00")


def test_turnover_may_run_past_closing_or_not_as_the_location_says():
    assert Case("8:00-12:00", minutes=30, turnover=10).clocks()[-1] == "11:30"
    assert Case("8:00-12:00", minutes=30, turnover=10, turnover_inside=True).clocks()[-1] == "11:20"


def test_turnover_never_runs_into_a_closure():
    assert Case("8:00-12:00", taken=["12:00-13:00"], minutes=30, turnover=10).clocks()[-1] == "11:20"


def test_turnover_over_a_short_break_stops_at_the_next_visit():
    case = Case("8:00-12:00", "12:05-17:00", taken=["12:05-12:45"], minutes=30, turnover=10)
    assert [one for one in case.clocks() if one < "12:50"][-2:] == ["11:25", "12:45"]


@pytest.mark.parametrize("grid", [5, 10, 15, 20, 25, 30, 60])
def test_starts_stand_on_the_grid_of_each_hour(grid):
    every = [f"{hour:02}:{past:02}" for hour in range(8, 12) for past in range(0, 60, grid)]
    expected = [one for one in every if "08:07" <= one <= "11:40"]
    assert Case("8:07-12:00", minutes=20, grid=grid).clocks() == expected


def test_a_time_off_the_grid_is_refused():
    case = Case("8:00-12:00", minutes=20)
    assert case.is_free("9:05")
    assert not case.is_free("9:07")
    assert not case.is_free(at("9:05") + timedelta(seconds=1))


def test_the_grid_stands_on_the_wall_clock_of_odd_zones():
    zone, morning = ZoneInfo("Asia/Kathmandu"), [Interval(at("0:00"), at("3:00"))]
    starts = start_times(
        ScannerTime(open=morning, free=morning, staffed=morning),
        Need(minutes=20, grid=60),
        zone=zone,
        earliest=at("0:00"),
        latest=at("3:00"),
    )
    assert [f"{start.astimezone(zone):%H:%M}" for start in starts] == ["12:00", "13:00", "14:00"]


def test_patients_arrive_when_somebody_opens_the_door():
    exam = {"minutes": 30, "arrive_before": 30}
    assert Case("7:00-9:00", **exam).clocks()[0] == "07:30"
    assert Case("7:00-9:00", staffed=["6:30-9:00"], **exam).clocks()[0] == "07:00"
    assert Case("7:00-9:00", staffed=["6:30-7:30"], **exam).clocks()[-1] == "07:55"
    assert Case("7:00-9:00", staffed=[], **exam).clocks() == []


def test_contrast_needs_its_whole_exam_inside_supervised_hours():
    case = Case("8:00-18:00", supervised=["10:00-12:00"], minutes=30, turnover=10)
    assert (case.clocks()[0], case.clocks()[-1]) == ("10:00", "11:30")
    assert Case("8:00-18:00", supervised=[], minutes=30).clocks() == []
    assert Case("8:00-18:00", supervised=["10:00-10:20"], minutes=30).clocks() == []


def test_not_before_earliest_and_not_at_latest():
    case = Case("8:00-18:00", minutes=30, grid=15)
    assert case.clocks(earliest=at("9:01"), latest=at("9:45")) == ["09:15", "09:30"]
    assert case.clocks(earliest=at("9:15") + timedelta(seconds=1), latest=at("9:45")) == ["09:30"]
    assert case.clocks(earliest=at("9:15"), latest=at("9:15")) == []


def test_is_free_obeys_earliest_and_latest():
    case = Case("8:00-18:00", minutes=30)
    nine = (at("9:00"), case.time, case.need)
    assert is_free(*nine, zone=CHICAGO, earliest=at("9:00"), latest=at("9:05"))
    assert not is_free(*nine, zone=CHICAGO, earliest=at("9:05"), latest=at("10:00"))
    assert not is_free(*nine, zone=CHICAGO, earliest=at("8:00"), latest=at("9:00"))


def test_occupied_seconds_round_to_the_careful_side():
    case = Case("8:00-18:00", minutes=30)
    taken = Interval(at("9:00") - timedelta(seconds=1), at("10:00") + timedelta(seconds=1))
    time = ScannerTime(open=case.time.open, free=subtract(case.time.free, [taken]), staffed=case.time.staffed)
    starts = start_times(time, case.need, zone=CHICAGO, earliest=at("8:00"), latest=at("11:00"))
    assert [clock(start) for start in starts][5:7] == ["08:25", "10:05"]


def test_the_skipped_hour_is_never_offered():
    clocks = Case("0:00-6:00", day=SPRING, minutes=20, grid=30).clocks()
    assert clocks[:5] == ["00:00", "00:30", "01:00", "01:30", "03:00"]


def test_an_exam_runs_through_the_skipped_hour_in_real_minutes():
    case = Case("0:00-3:30", day=SPRING, minutes=60, grid=30)
    assert case.clocks() == ["00:00", "00:30", "01:00", "01:30"]


def test_the_repeated_hour_is_offered_once():
    case = Case("0:00-6:00", day=AUTUMN, minutes=20, grid=30)
    first_showing = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert case.clocks()[:5] == ["00:00", "00:30", "01:00", "01:30", "02:00"]
    assert case.starts()[3] == first_showing
    assert case.is_free(first_showing)
    assert not case.is_free(first_showing + timedelta(hours=1))


def test_exams_last_real_minutes_through_the_repeated_hour():
    case = Case("0:00-2:00", day=AUTUMN, minutes=90, grid=30)  # three hours long that night
    assert case.clocks() == ["00:00", "00:30", "01:00", "01:30"]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (60, ["08:00", "08:30", "09:00"]),  # 8:15 would strand 15 minutes before it
        (90, ["08:00", "08:30"]),
        (120, ["08:00"]),
        (100, ["08:00", "08:20"]),  # every start strands something: the two at the edges stay
        (30, ["08:00", "08:30", "08:35", "08:40", "08:45", "08:50", "08:55", "09:00", "09:30"]),
    ],
)
def test_starts_that_strand_time_are_hidden(minutes, expected):
    case = Case("8:00-10:00", minutes=minutes, shortest=30)
    assert case.clocks(avoid_stranding=True) == expected
    assert set(expected) <= set(case.clocks())


def test_what_is_hidden_is_still_free():
    case = Case("8:00-10:00", minutes=60, shortest=30)
    assert "08:15" not in case.clocks(avoid_stranding=True)
    assert case.is_free("8:15")


def test_stranding_is_judged_between_the_neighbors():
    case = Case("8:00-18:00", taken=["8:00-9:00", "11:00-18:00"], minutes=45, turnover=15, shortest=30)
    assert case.clocks(avoid_stranding=True) == ["09:00", "09:30", "10:00"]


def test_stranding_counts_the_turnover_that_may_run_past_closing():
    case = Case("8:00-10:00", minutes=20, turnover=10, shortest=30)
    assert case.clocks(avoid_stranding=True)[-3:] == ["09:05", "09:10", "09:40"]


def test_time_already_too_near_is_not_saved_up():
    case = Case("8:00-10:00", minutes=60, shortest=30)
    assert case.clocks(earliest=at("8:18"), avoid_stranding=True) == ["08:20", "08:30", "09:00"]


@pytest.mark.parametrize(
    "values",
    [
        {"minutes": 0},
        {"minutes": 20, "turnover": -1},
        {"minutes": 20, "grid": 4},
        {"minutes": 20, "grid": 61},
    ],
)
def test_an_impossible_need_is_refused(values):
    with pytest.raises(ValueError, match=r"exam|grid"):
        Need(**values)
