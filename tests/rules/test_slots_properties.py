"""Start times against a slow and plain reading of the same rule, on nights when clocks change."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.intervals import Interval, subtract
from scheduling.rules.opening_hours import MINUTE, WeeklySpan, local_day, open_intervals, whole_days
from scheduling.rules.slots import Need, ScannerTime, is_free, spread, start_times
from tests.rules.zones import changes, changing_zones

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Trial:
    zone: ZoneInfo
    day: date  # one on which the clocks change, or the day before or after
    time: ScannerTime
    taken: list[Interval]
    need: Need
    earliest: datetime
    latest: datetime

    def starts(self, **options) -> list[datetime]:
        return start_times(self.time, self.need, **self.window, **options)

    @property
    def window(self) -> dict:
        return {"zone": self.zone, "earliest": self.earliest, "latest": self.latest}


@st.composite
def spans_of(draw) -> list[WeeklySpan]:
    """Any hours of the whole week; many reach midnight, so that nights join."""
    spans = []
    for weekday in range(7):
        edges = draw(st.sets(st.sampled_from(range(0, 1441, 15)) | st.sampled_from([0, 1440]), max_size=4))
        rising = sorted(edges)
        spans += [WeeklySpan(weekday, a, b) for a, b in zip(rising[::2], rising[1::2], strict=False)]
    return spans


@st.composite
def trials(draw) -> Trial:
    zone = ZoneInfo(name := draw(st.sampled_from(changing_zones())))
    change = draw(st.sampled_from(changes(name)))
    day = local_day(change, zone) + draw(st.integers(-1, 1)) * DAY
    around = {"zone": zone, "first": day - DAY, "last": day + DAY}
    always = whole_days(day - DAY, day + DAY, zone)
    beyond = Interval(always.start, always.end + DAY)  # the last turnover may run past the last midnight
    minutes = st.integers(0, (always.end - always.start) // MINUTE - 1)
    pieces = draw(st.lists(st.tuples(minutes, st.integers(1, 180)), max_size=6))
    taken = [
        Interval(always.start + a * MINUTE, always.start + (a + length) * MINUTE) for a, length in pieces
    ]
    return Trial(
        zone=zone,
        day=day,
        taken=taken,
        time=ScannerTime(
            open=open_intervals(draw(spans_of()), **around),
            free=subtract([beyond], taken),
            staffed=open_intervals(draw(spans_of()), **around),
            supervised=open_intervals(draw(spans_of()), **around) if draw(st.booleans()) else None,
        ),
        need=Need(
            minutes=draw(st.integers(1, 150)),
            turnover=draw(st.integers(0, 30)),
            turnover_inside=draw(st.booleans()),
            arrive_before=draw(st.sampled_from([0, 0, 15, 90])),
            shortest=draw(st.integers(0, 60)),
            grid=draw(st.sampled_from([5, 7, 10, 15, 20, 30, 60])),
        ),
        earliest=always.start + draw(minutes) * MINUTE,
        latest=always.end - draw(minutes) * MINUTE,
    )


def inside(hours: list[Interval], start: datetime, end: datetime) -> bool:
    return any(one.start <= start and end <= one.end for one in hours)


def allowed(start: datetime, trial: Trial) -> bool:
    """The rule as a person would read it aloud."""
    need, time = trial.need, trial.time
    end = start + need.minutes * MINUTE
    clear = end + need.turnover * MINUTE
    arrival = start - need.arrive_before * MINUTE
    wall = start.astimezone(trial.zone)
    return (
        trial.earliest <= start < trial.latest
        and wall.fold == 0
        and wall.minute % need.grid == 0
        and inside(time.open, start, clear if need.turnover_inside else end)
        and not any(one.start < clear and start < one.end for one in trial.taken)
        and any(one.contains(arrival) for one in time.staffed)
        and (time.supervised is None or inside(time.supervised, start, end))
    )


@given(trials())
def test_start_times_are_exactly_the_allowed_minutes(trial):
    days = whole_days(trial.day - DAY, trial.day + DAY, trial.zone)
    every_minute = [days.start + n * MINUTE for n in range((days.end - days.start) // MINUTE)]
    assert trial.starts() == [minute for minute in every_minute if allowed(minute, trial)]


@given(trials())
def test_wall_clock_times_rise_and_none_is_shown_twice(trial):
    starts = trial.starts()
    shown = [start.astimezone(trial.zone).replace(tzinfo=None) for start in starts]
    assert all(a < b for a, b in pairwise(starts))
    assert all(a < b for a, b in pairwise(shown))


@given(trials())
def test_the_check_of_one_time_and_the_list_agree(trial):
    starts = set(trial.starts())
    near = {start + shift * MINUTE for start in starts for shift in (0, 1, -trial.need.grid, trial.need.grid)}
    assert {start for start in near if is_free(start, trial.time, trial.need, **trial.window)} == starts


@given(trials())
def test_avoiding_stranded_time_hides_some_but_never_all_times_of_a_free_piece(trial):
    starts, listed = trial.starts(), trial.starts(avoid_stranding=True)
    assert set(listed) <= set(starts)
    assert listed == sorted(set(listed))
    runs = [subtract([hours], trial.taken) for hours in trial.time.open]
    for piece in (piece for pieces in runs for piece in pieces):
        within = [start for start in starts if piece.contains(start)]
        assert not within or any(piece.contains(start) for start in listed)


@given(trials())
def test_nothing_is_hidden_where_nothing_is_too_short(trial):
    need = Need(minutes=trial.need.minutes, grid=trial.need.grid, shortest=0)
    options = {"zone": trial.zone, "earliest": trial.earliest, "latest": trial.latest}
    assert start_times(trial.time, need, **options, avoid_stranding=True) == start_times(
        trial.time, need, **options
    )


@given(trials())
def test_spread_is_a_part_with_no_long_waits(trial):
    starts = trial.starts()
    kept = spread(starts, zone=trial.zone, grid=trial.need.grid)
    assert kept == sorted(set(kept) & set(starts))
    days = {local_day(start, trial.zone): start for start in starts}
    assert set(days.values()) <= set(kept)
    for hidden in set(starts) - set(kept):
        last_kept = max(start for start in kept if start < hidden)
        assert hidden - last_kept < timedelta(minutes=30)
