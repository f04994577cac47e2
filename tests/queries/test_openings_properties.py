"""Openings of two scanners on the real database, with rows laid out at random around both clock changes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from locations.models import Closure, OpeningHours, Scanner
from scheduling.models import Appointment
from scheduling.queries.openings import Wish, find_openings, openings_at
from scheduling.rules.intervals import Interval, covers
from scheduling.rules.opening_hours import DAY, MINUTE, WeeklySpan, open_intervals, wall_instant
from tests.factories.locations import LocationFactory, ScannerFactory
from tests.factories.scheduling import ExamFactory, OfferingFactory

AUSTIN = ZoneInfo("America/Chicago")
WEEK = range(7)

spans = st.tuples(st.integers(0, 90), st.integers(1, 96)).map(
    lambda it: (it[0] * 15, min(1440, sum(it) * 15))
)
rows = st.lists(
    st.tuples(
        st.integers(0, 1),  # which scanner
        st.integers(0, 3 * 1440),  # minutes from the midnight before the day before the change
        st.integers(1, 300),
        st.sampled_from(["held", "dead", "overbooked", "closed", "all closed"]),
    ),
    max_size=8,
)


class Scene:
    """What is written to the database, and what of it keeps a scanner busy."""

    def __init__(self, change: date, hours: tuple[int, int], own: tuple[int, int] | None):
        self.first, self.last = change - DAY, change + DAY
        self.now = wall_instant(self.first, 0, AUSTIN) - DAY
        self.exam = ExamFactory()
        self.location = LocationFactory(minimum_notice_minutes=0)
        OfferingFactory(exam=self.exam, location=self.location)
        self.scanners: list[Scanner] = [ScannerFactory(location=self.location) for _ in range(2)]
        self.open = [self.write_hours(hours, None)] * 2
        if own:
            self.open[1] = self.write_hours(own, self.scanners[1])
        self.busy: list[list[Interval]] = [[], []]

    def write_hours(self, span: tuple[int, int], scanner: Scanner | None) -> list[Interval]:
        OpeningHours.objects.bulk_create(
            OpeningHours(location=self.location, scanner=scanner, weekday=day, opens=span[0], closes=span[1])
            for day in WEEK
        )
        week = [WeeklySpan(day, *span) for day in WEEK]
        return open_intervals(week, zone=AUSTIN, first=self.first - DAY, last=self.last + DAY)

    def add(self, number: int, minute: int, length: int, kind: str) -> None:
        start = wall_instant(self.first, 0, AUSTIN) + minute * MINUTE
        time = Interval(start, start + length * MINUTE)
        if kind == "all closed":
            self.close(None, time)
            self.busy = [[*busy, time] for busy in self.busy]
        elif kind == "closed":
            self.close(self.scanners[number], time)
            self.busy[number].append(time)
        elif kind == "overbooked" or not self.taken(number, time):
            self.hold(self.scanners[number], time, kind)
            self.busy[number] += [] if kind == "dead" else [time]

    def close(self, scanner: Scanner | None, time: Interval) -> None:
        Closure.objects.create(
            location=self.location, scanner=scanner, kind="block", starts_at=time.start, ends_at=time.end
        )

    def hold(self, scanner: Scanner, time: Interval, kind: str) -> None:
        Appointment.objects.create(
            status="held",
            scanner=scanner,
            exam=self.exam,
            starts_at=time.start,
            ends_at=time.end,
            occupied_until=time.end,
            arrive_at=time.start,
            held_until=self.now + (0 if kind == "dead" else 1) * MINUTE,
            overbooked=kind == "overbooked",
            overbook_reason="in pain" if kind == "overbooked" else "",
            source="online",
            created_at=self.now - DAY,
        )

    def taken(self, number: int, time: Interval) -> bool:
        """Dead holds count here too: PostgreSQL lets nothing stand on them before they are swept."""
        return (
            any(one.start < time.end and time.start < one.end for one in self.busy[number])
            or Appointment.objects.filter(
                scanner=self.scanners[number], starts_at__lt=time.end, occupied_until__gt=time.start
            ).exists()
        )

    def is_open(self, number: int, start: datetime) -> bool:
        end = start + self.exam.minutes * MINUTE
        wall = start.astimezone(AUSTIN)
        with_turnover = Interval(start, end + self.scanners[number].turnover_minutes * MINUTE)
        return (
            wall.fold == 0
            and wall.minute % 5 == 0
            and covers(self.open[number], Interval(start, end))
            and not any(one.start < with_turnover.end and start < one.end for one in self.busy[number])
        )


class OpeningsTest(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        change=st.sampled_from([date(2026, 3, 8), date(2026, 11, 1)]),
        hours=spans,
        own=st.none() | spans,
        added=rows,
    )
    def test_openings_are_exactly_what_hours_closures_and_visits_leave(self, change, hours, own, added):
        scene = Scene(change, hours, own)
        for row in added:
            scene.add(*row)
        here = {"wish": Wish(exam_id=scene.exam.pk), "location_id": scene.location.pk, "now": scene.now}
        days = {"first": scene.first, "last": scene.last}

        every = find_openings(**here, **days, avoid_stranding=False)
        listed = find_openings(**here, **days)

        start, end = (wall_instant(day, 0, AUSTIN) for day in (scene.first, scene.last + DAY))
        moments = [start + n * MINUTE for n in range(0, (end - start) // MINUTE, 5)]
        open_on = {one: [n for n in (0, 1) if scene.is_open(n, one)] for one in moments}
        assert {opening.starts_at for opening in every} == {one for one in moments if open_on[one]}
        assert [one.starts_at for one in every] == sorted({one.starts_at for one in every})
        assert {one.starts_at for one in listed} <= {one.starts_at for one in every}
        assert bool(listed) is bool(every)
        for opening in listed[:: max(1, len(listed) // 4)]:
            found = openings_at(**here, starts_at=opening.starts_at)
            assert found[0] == opening
            scanners = {scene.scanners[n].pk for n in open_on[opening.starts_at]}
            assert {one.scanner_id for one in found} == scanners
