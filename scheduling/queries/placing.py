"""What speaks against a time that the desk chooses itself: it may overbook, but knowingly."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from locations.models import Closure, Scanner
from scheduling.models import Appointment
from scheduling.queries.machines import Machine, Wish, machines_for
from scheduling.queries.openings import Opening, opening_on
from scheduling.queries.scanner_time import DAY, read_timetable
from scheduling.rules.authorizations import Approval
from scheduling.rules.clashes import Clash, ClashKind
from scheduling.rules.intervals import Interval, covers
from scheduling.rules.opening_hours import local_day


@dataclass(frozen=True, slots=True)
class Place:
    opening: Opening
    clashes: tuple[Clash, ...]


def place_on(
    *,
    scanner: Scanner,
    wish: Wish,
    starts_at: datetime,
    not_before: date | None = None,
    approval: Approval | None = None,
    ignore: Collection[int] = (),
    now: datetime,
) -> Place | None:
    """A time on a scanner with all that speaks against it; None where it can't do the exam at all.

    Ask again under the scanner's lock. `ignore` are appointments that keep nothing busy.
    """
    machine = machine_on(scanner, wish)
    if machine is None:
        return None
    opening = opening_on(machine, starts_at)
    clashes = [*_taken(opening, ignore, now), *_against_the_hours(machine, opening)]
    if scanner.pk not in {able.scanner_id for able in machines_for(wish, [scanner.location_id])}:
        clashes.append(Clash(ClashKind.LIMITS))
    if not_before and local_day(starts_at, machine.zone) < not_before:
        clashes.append(Clash(ClashKind.EARLY))
    if approval and approval.problem(
        exam_id=approval.exam_id or 0,  # which exam it is has a page of its own
        location_id=scanner.location_id,
        day=local_day(starts_at, machine.zone),
    ):
        clashes.append(Clash(ClashKind.NOT_AUTHORIZED, approval=approval))
    return Place(opening, tuple(clashes))


def machine_on(scanner: Scanner, wish: Wish) -> Machine | None:
    """How the scanner does it, whatever the patient's size: the desk may know better."""
    anybody = replace(wish, weight_lb=None, girth_in=None, wide_bore=False)
    machines = machines_for(anybody, [scanner.location_id])
    return next((machine for machine in machines if machine.scanner_id == scanner.pk), None)


def _taken(opening: Opening, ignore: Collection[int], now: datetime) -> Iterator[Clash]:
    there = Appointment.objects.occupying(now).filter(
        scanner=opening.scanner_id,
        starts_at__lt=opening.occupied_until,
        occupied_until__gt=opening.starts_at,
    )
    for visit in there.exclude(pk__in=ignore).with_place().order_by("starts_at", "pk"):
        yield Clash(
            ClashKind.HOLD if visit.status == Appointment.Status.HELD else ClashKind.OVERLAP,
            visit_id=visit.pk,
            who=str(visit.patient) if visit.patient else "",
            taken=Interval(visit.starts_at, visit.occupied_until),
            is_over=visit.status == Appointment.Status.DONE,
        )


def _against_the_hours(machine: Machine, opening: Opening) -> Iterator[Clash]:
    taken = Interval(opening.starts_at, opening.occupied_until)
    closures = Closure.objects.filter(
        location=machine.location_id, starts_at__lt=taken.end, ends_at__gt=taken.start
    )
    for closure in closures:
        if closure.scanner_id in (None, machine.scanner_id):
            yield Clash(ClashKind.CLOSURE, closed_for=closure.kind, reason=closure.reason)
    timetable = read_timetable([machine.location_id], taken)
    days = (local_day(taken.start, machine.zone), local_day(taken.end, machine.zone) + DAY)
    inside = taken if machine.need.turnover_inside else Interval(opening.starts_at, opening.ends_at)
    if not covers(timetable.open_hours(machine, *days), inside):
        yield Clash(ClashKind.CLOSED)
    elif machine.with_contrast and not covers(timetable.contrast_hours(machine, *days), inside):
        yield Clash(ClashKind.NO_CONTRAST)
