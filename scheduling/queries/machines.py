"""Which scanners can do an exam, and how long it takes on each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from scheduling.rules.opening_hours import MINUTES_A_DAY, local_day, wall_instant
from scheduling.rules.slots import Need

WIDE_BORE_CM = 70  # what makers sell as "wide"; X-ray rooms have no bore at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a patient asks for. None or False: nothing to look out for."""

    exam_id: int
    laterality: str = ""
    contrast_unsure: bool = False  # may turn out to need contrast, so plan as if it did
    weight_lb: int | None = None
    girth_in: int | None = None
    wide_bore: bool = False
    extra_minutes: int = 0


class Machine(NamedTuple):
    """One scanner that can do the wish."""

    scanner_id: int
    location_id: int
    zone: ZoneInfo
    notice: timedelta
    horizon_days: int
    with_contrast: bool
    need: Need
    first_day: date | None = None  # nothing before it is asked for

    def last_day(self, now: datetime) -> date:
        return local_day(now, self.zone) + timedelta(days=self.horizon_days)

    def bookable(self, now: datetime) -> tuple[datetime, datetime]:
        """From the shortest notice, or the first day asked for, to the midnight that ends the last day of
        the horizon."""
        earliest = now + self.notice
        if self.first_day:
            earliest = max(earliest, wall_instant(self.first_day, 0, self.zone))
        return earliest, end_of_horizon(self.zone, self.horizon_days, now)


@lru_cache(maxsize=256)
def end_of_horizon(zone: ZoneInfo, horizon_days: int, now: datetime) -> datetime:
    return wall_instant(local_day(now, zone) + timedelta(days=horizon_days), MINUTES_A_DAY, zone)


def machines_for(wish: Wish, location_ids: Collection[int]) -> list[Machine]:
    """The least capable scanner first: those that can do more are kept for who needs them."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MACHINES,
            {
                "exam": wish.exam_id,
                "locations": list(location_ids),
                "both": wish.laterality == "both",
                "unsure": wish.contrast_unsure,
                "weight": wish.weight_lb,
                "girth": wish.girth_in,
                "bore": WIDE_BORE_CM if wish.wide_bore else None,
                "extra": wish.extra_minutes,
            },
        )
        return [_machine(*row) for row in cursor.fetchall()]


def _machine(
    scanner_id: int,
    location_id: int,
    zone: str,
    with_contrast: bool,
    notice: int,
    horizon_days: int,
    *need: int,
) -> Machine:
    minutes, turnover, turnover_inside, arrive_before, shortest, grid = need
    return Machine(
        scanner_id,
        location_id,
        ZoneInfo(zone),
        timedelta(minutes=notice),
        horizon_days,
        with_contrast,
        Need(
            minutes=minutes,
            turnover=turnover,
            turnover_inside=bool(turnover_inside),
            arrive_before=arrive_before,
            shortest=shortest,
            grid=grid,
        ),
    )


# Lengths: the scanner's own, else the location's, else the exam's. Both sides never take less than
# one, and twice one where nobody has said how long they take. The notice covers the preparation:
# whoever must not eat for four hours can't come in three. `shortest` is the shortest exam that the
# scanner can do, at the location's length or faster: too low a figure only hides fewer times.
_MACHINES = """
WITH shortest AS MATERIALIZED (
    SELECT other.location_id, kind.contrast = 'none' AS on_all,
           min(COALESCE(other.minutes, kind.minutes)) AS minutes
    FROM scheduling_offering other
    JOIN scheduling_exam kind ON kind.id = other.exam_id
    WHERE other.location_id = ANY(%(locations)s) AND other.is_active AND kind.is_active
      AND kind.modality = (SELECT modality FROM scheduling_exam WHERE id = %(exam)s)
    GROUP BY 1, 2
)
SELECT s.id, s.location_id, l.time_zone, x.with_contrast,
       GREATEST(l.minimum_notice_minutes, x.lead + x.arrive), l.horizon_days,
       %(extra)s + CASE WHEN %(both)s
           THEN GREATEST(x.minutes, COALESCE(own.minutes_both_sides, o.minutes_both_sides,
                                             e.minutes_both_sides, 2 * x.minutes))
           ELSE x.minutes END,
       s.turnover_minutes, l.turnover_inside_hours::int, x.arrive,
       s.turnover_minutes + LEAST(shortest.minutes, shortest_with_contrast.minutes, fastest.minutes),
       l.start_grid_minutes
FROM scheduling_offering o
JOIN scheduling_exam e ON e.id = o.exam_id
JOIN locations_location l ON l.id = o.location_id
JOIN locations_scanner s ON s.location_id = l.id AND s.modality = e.modality
LEFT JOIN scheduling_scannerlength own ON own.offering_id = o.id AND own.scanner_id = s.id
CROSS JOIN LATERAL (
    SELECT COALESCE(own.minutes, o.minutes, e.minutes) AS minutes,
           e.contrast <> 'none' OR %(unsure)s AS with_contrast,
           preparation.arrive, preparation.lead
    FROM (SELECT COALESCE(max(p.arrive_minutes), 0) AS arrive, COALESCE(max(p.lead_minutes), 0) AS lead
          FROM scheduling_exam_preparations ep
          JOIN scheduling_preparation p ON p.id = ep.preparation_id
          WHERE ep.exam_id = %(exam)s) preparation
) x
LEFT JOIN shortest ON shortest.location_id = l.id AND shortest.on_all
LEFT JOIN shortest shortest_with_contrast
    ON shortest_with_contrast.location_id = l.id AND NOT shortest_with_contrast.on_all AND s.has_contrast
CROSS JOIN LATERAL (
    SELECT min(fast.minutes) AS minutes
    FROM scheduling_scannerlength fast
    JOIN scheduling_offering other ON other.id = fast.offering_id AND other.is_active
    WHERE fast.scanner_id = s.id
) fastest
WHERE o.exam_id = %(exam)s AND o.location_id = ANY(%(locations)s)
  AND o.is_active AND e.is_active AND l.is_active AND s.is_active
  AND (s.has_contrast OR NOT x.with_contrast)
  AND (e.minimum_tesla IS NULL OR s.field_strength_tesla >= e.minimum_tesla)
  AND (%(weight)s::int IS NULL OR s.weight_limit_lb IS NULL OR s.weight_limit_lb >= %(weight)s::int)
  AND (%(girth)s::int IS NULL OR s.girth_limit_in IS NULL OR s.girth_limit_in >= %(girth)s::int)
  AND (%(bore)s::int IS NULL OR s.modality = 'XR' OR s.bore_cm >= %(bore)s::int)
ORDER BY s.has_contrast, s.bore_cm NULLS LAST, s.weight_limit_lb NULLS LAST,
         s.field_strength_tesla NULLS FIRST, s.id
"""
