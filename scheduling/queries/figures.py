"""How a location does, week by week and by kind of scan. Shares are of visits that were to start in the week.

Each figure is a part and a whole, so that weeks can be added and small numbers seen for what they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, QuerySet

from locations.models import Assignment, Location, Scanner, User
from scheduling.models import Exam, WalkIn
from scheduling.queries.machines import Wish
from scheduling.queries.openings import first_openings
from scheduling.queries.overview import DAYS, calendar_of, minutes_of
from scheduling.rules.intervals import Interval
from scheduling.rules.opening_hours import local_day, whole_days

MANAGING = (Assignment.Role.ADMINISTRATOR,)
WEEK = timedelta(days=7)
MOST_WEEKS = 26
THIRD = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one kind of scan in one week. Walk-ins, who can't cancel or stay away, are counted apart."""

    booked: int = 0  # all that were to start in it, canceled ones too
    canceled: int = 0
    canceled_by_patient: int = 0
    canceled_by_office: int = 0
    canceled_by_center: int = 0
    came: int = 0
    missed: int = 0
    self_booked: int = 0
    freed: int = 0  # times given up before they began
    refilled: int = 0  # of those, with another visit on at least half of it
    table_minutes: int = 0  # from the actual start to the actual end
    timed: int = 0  # scans with both
    open_minutes: int = 0
    walk_ins: int = 0  # taken in
    left: int = 0  # without being seen

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)))


@dataclass(frozen=True, slots=True)
class Week:
    first: date
    by_modality: dict[str, Counts]

    @property
    def total(self) -> Counts:
        return sum(self.by_modality.values(), Counts())


def figure_locations(user: User) -> QuerySet[Location]:
    """Whose figures the user may see: a manager's."""
    return user.locations_for(*MANAGING).order_by("name", "pk")


def weeks_of(location: Location, *, weeks: int, now: datetime) -> list[Week]:
    """The last whole weeks, from Monday to Sunday on the location's calendar, the oldest first; five queries,
    however many weeks."""
    today = local_day(now, location.zone)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - number * WEEK for number in range(weeks, 0, -1)]
    found: dict[date, dict[str, Counts]] = {first: {} for first in mondays}
    for parts in (_visits(location, mondays), _left_unseen(location, mondays), _open(location, mondays)):
        for first, modality, counts in parts:
            found[first][modality] = found[first].get(modality, Counts()) + counts
    return [
        Week(first, {key: kinds[key] for key in Scanner.Modality.values if key in kinds})
        for first, kinds in found.items()
    ]


def third_next_available(location: Location, *, now: datetime) -> dict[str, int | None]:
    """Days until the third opening of the exam that is booked most, by kind of scan: one opening may be a
    cancellation, three are capacity (the measure of open-access scheduling)."""
    found: dict[str, int | None] = {}
    for modality in location.scanners.filter(is_active=True).values_list("modality", flat=True).distinct():
        exam = _usual_exam(location, modality)
        if exam is not None:
            found[modality] = _days_to_third(location, exam, now)
    return found


def _usual_exam(location: Location, modality: str) -> Exam | None:
    booked = Exam.objects.filter(
        modality=modality, offerings__location=location, offerings__is_active=True, is_active=True
    )
    return booked.annotate(visits=Count("appointments")).order_by("-visits", "pk").first()


def _days_to_third(location: Location, exam: Exam, now: datetime) -> int | None:
    wish = Wish(exam_id=exam.pk, laterality="left" if exam.has_sides else "")
    openings = first_openings(wish=wish, location_ids=[location.pk], limit=THIRD, now=now)
    if len(openings) < THIRD:
        return None
    return (local_day(openings[-1].starts_at, location.zone) - local_day(now, location.zone)).days


# What one kind of scan adds to the week of a Monday.
Part = tuple[date, str, Counts]


def _whole(mondays: Sequence[date], location: Location) -> Interval:
    return whole_days(mondays[0], mondays[-1] + WEEK - timedelta(days=1), location.zone)


def _visits(location: Location, mondays: Sequence[date]) -> Iterator[Part]:
    weeks = [_whole([monday], location) for monday in mondays]
    with connection.cursor() as cursor:
        starts, ends = [week.start for week in weeks], [week.end for week in weeks]
        cursor.execute(_COUNTS, {"location": location.pk, "starts": starts, "ends": ends})
        for number, modality, *counts in cursor.fetchall():
            yield mondays[number - 1], modality, Counts(*counts)


def _left_unseen(location: Location, mondays: Sequence[date]) -> Iterator[Part]:
    whole = _whole(mondays, location)
    gone = WalkIn.objects.filter(
        location=location, status=WalkIn.Status.LEFT, ended_at__gte=whole.start, ended_at__lt=whole.end
    ).exclude(left_because=WalkIn.LeftBecause.MISTAKE)
    for ended_at in gone.values_list("ended_at", flat=True):
        assert ended_at is not None
        day = local_day(ended_at, location.zone)
        yield day - timedelta(days=day.weekday()), Scanner.Modality.XR, Counts(left=1)


def _open(location: Location, mondays: Sequence[date]) -> Iterator[Part]:
    calendar = calendar_of(location, _whole(mondays, location))
    for monday in mondays:
        days = [monday + timedelta(days=number) for number in range(DAYS)]
        for scanner in calendar.scanners:
            minutes = sum(minutes_of(calendar.unclosed(scanner, day)) for day in days)
            yield monday, scanner.modality, Counts(open_minutes=minutes)


def total_of(weeks: Iterable[Week]) -> Counts:
    return sum((week.total for week in weeks), Counts())


# A freed time counts as refilled where visits that were booked after it was freed cover at least half of it.
_COUNTS = """
SELECT week.number, s.modality, count(*) FILTER (WHERE a.source <> 'walk_in'),
       count(*) FILTER (WHERE a.source <> 'walk_in' AND a.status = 'canceled'),
       count(*) FILTER (WHERE a.source <> 'walk_in' AND a.status = 'canceled'
                              AND a.cancel_asked_by = 'patient'),
       count(*) FILTER (WHERE a.source <> 'walk_in' AND a.status = 'canceled'
                              AND a.cancel_asked_by = 'office'),
       count(*) FILTER (WHERE a.source <> 'walk_in' AND a.status = 'canceled'
                              AND a.cancel_asked_by = 'center'),
       count(*) FILTER (WHERE a.source <> 'walk_in' AND a.status IN ('arrived', 'in_exam', 'done')),
       count(*) FILTER (WHERE a.source <> 'walk_in' AND a.status = 'no_show'),
       count(*) FILTER (WHERE a.source = 'online'),
       count(*) FILTER (WHERE a.status = 'canceled' AND a.canceled_at < a.starts_at),
       count(*) FILTER (WHERE a.status = 'canceled' AND a.canceled_at < a.starts_at AND filled.minutes * 2
                              >= extract(epoch FROM a.ends_at - a.starts_at) / 60),
       COALESCE(sum(extract(epoch FROM a.exam_ended_at - a.exam_started_at) / 60), 0)::int,
       count(a.exam_ended_at), 0,
       count(*) FILTER (WHERE a.source = 'walk_in' AND a.status IN ('arrived', 'in_exam', 'done')), 0
FROM scheduling_appointment a
JOIN locations_scanner s ON s.id = a.scanner_id
JOIN unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY
     AS week (starts_at, ends_at, number) ON a.starts_at >= week.starts_at AND a.starts_at < week.ends_at
LEFT JOIN LATERAL (
    SELECT COALESCE(sum(extract(epoch FROM LEAST(b.ends_at, a.ends_at)
                                         - GREATEST(b.starts_at, a.starts_at)) / 60), 0) AS minutes
    FROM scheduling_appointment b
    WHERE a.status = 'canceled' AND b.scanner_id = a.scanner_id AND b.booked_at > a.canceled_at
      AND b.status IN ('booked', 'arrived', 'in_exam', 'done')
      AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
) filled ON true
WHERE s.location_id = %(location)s AND a.status NOT IN ('held', 'expired')
GROUP BY week.number, s.modality
"""
