"""What speaks against booked visits where they are: hours, doors, contrast and what their scanner can do.

Asked before and after a change, the difference says whom it touches. Visits, holds and closures do not count.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from scheduling.models import Appointment
from scheduling.queries.machines import Machine, Wish, machines_for
from scheduling.queries.scanner_time import DAY, Timetable, read_timetable
from scheduling.queries.wishes import wish_of_visit
from scheduling.rules.intervals import Interval, covers
from scheduling.rules.opening_hours import local_day


class Misfit(StrEnum):
    UNABLE = "unable"  # the scanner is out of service, or lacks what the exam or the patient needs
    CLOSED = "closed"
    NOT_STAFFED = "not_staffed"  # nobody opens the door when the patient comes
    NO_CONTRAST = "no_contrast"


def misfits_of(visits: Sequence[Appointment]) -> dict[int, frozenset[Misfit]]:
    """By key of the visit. A constant number of queries for each location and each kind of exam."""
    if not visits:
        return {}
    whole = Interval(min(visit.arrive_at for visit in visits), max(visit.occupied_until for visit in visits))
    timetable = read_timetable({visit.scanner.location_id for visit in visits}, whole)
    able: dict[tuple[Wish, int], dict[int, Machine]] = {}
    found = {}
    for visit in visits:
        wish, location_id = wish_of_visit(visit), visit.scanner.location_id
        if (wish, location_id) not in able:
            machines = machines_for(wish, [location_id])
            able[wish, location_id] = {machine.scanner_id: machine for machine in machines}
        machine = able[wish, location_id].get(visit.scanner_id)
        found[visit.pk] = frozenset(_misfits(visit, machine, timetable) if machine else [Misfit.UNABLE])
    return found


def _misfits(visit: Appointment, machine: Machine, timetable: Timetable) -> Iterable[Misfit]:
    zone = machine.zone
    days = (local_day(visit.arrive_at, zone) - DAY, local_day(visit.occupied_until, zone) + DAY)
    end = visit.occupied_until if machine.need.turnover_inside else visit.ends_at
    scan = Interval(visit.starts_at, end)
    if not covers(timetable.open_hours(machine, *days), scan):
        yield Misfit.CLOSED
    if machine.with_contrast and not covers(timetable.contrast_hours(machine, *days), scan):
        yield Misfit.NO_CONTRAST
    if not any(one.start <= visit.arrive_at < one.end for one in timetable.staffed_hours(machine, *days)):
        yield Misfit.NOT_STAFFED
