"""Some weeks of visits around today: full for the coming days, thinning out after them."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from locations.models import Location
from scheduling.management.demo.people import make_patients
from scheduling.models import Appointment, AuditEvent, Exam, Message, Offering, Patient
from scheduling.queries.machines import Machine, Wish, machines_for
from scheduling.queries.scanner_time import DAY, Timetable, read_timetable
from scheduling.rules import codes
from scheduling.rules.actors import Actor
from scheduling.rules.intervals import Interval, covers, subtract
from scheduling.rules.opening_hours import MINUTE, local_day

DAYS_BEFORE, DAYS_AFTER = 21, 28
PATIENTS = 1500
FULLNESS = 0.72
FULL_DAYS, THINNING_DAYS = 3, 10
SHARE = {"MR": 1.0, "CT": 0.8, "XR": 0.4}  # of FULLNESS; people also walk in for an X-ray
NIGHT = (22, 6)
NIGHT_SHARE = 0.1
CANCELED = 0.05
NO_SHOW = 0.05
PAYING = ("insurance", "insurance", "later", "insurance", "", "insurance", "accident")
BATCH = 1000
Status = Appointment.Status
BY = Actor.process("make_demo")


@dataclass(frozen=True)
class Choice:
    """An exam on one scanner."""

    exam: Exam
    machine: Machine
    price: Decimal | None


def make_visits(*, rng: random.Random, now: datetime) -> list[Appointment]:
    choices = _choices()
    first, last = now - timedelta(days=DAYS_BEFORE), now + timedelta(days=DAYS_AFTER)
    timetable = read_timetable(
        {rows[0].machine.location_id for rows in choices.values()}, Interval(first, last)
    )
    visits = [
        visit for rows in choices.values() for visit in _visits_of_scanner(rows, timetable, rng=rng, now=now)
    ]
    visits.sort(key=lambda visit: visit.starts_at)
    _give_patients(visits, make_patients(PATIENTS, rng=rng, now=first), rng)
    Appointment.objects.bulk_create(visits, batch_size=BATCH)
    _record(visits, now)
    return visits


def _choices() -> dict[int, list[Choice]]:
    """By scanner."""
    location_ids = list(Location.objects.values_list("pk", flat=True))
    prices = {
        (exam_id, location_id): price
        for exam_id, location_id, price in Offering.objects.values_list("exam_id", "location_id", "price")
    }
    found: dict[int, list[Choice]] = {}
    for exam in Exam.objects.filter(is_active=True):
        for machine in machines_for(Wish(exam_id=exam.pk), location_ids):
            choice = Choice(exam, machine, prices[exam.pk, machine.location_id])
            found.setdefault(machine.scanner_id, []).append(choice)
    return found


def _visits_of_scanner(
    choices: list[Choice], timetable: Timetable, *, rng: random.Random, now: datetime
) -> Iterator[Appointment]:
    machine = choices[0].machine
    today = local_day(now, machine.zone)
    for ahead in range(-DAYS_BEFORE, DAYS_AFTER + 1):
        day = today + timedelta(days=ahead)
        chance = _fullness(ahead) * SHARE[choices[0].exam.modality]
        hours = _Day(choices, timetable, day)
        for start, choice in hours.walk(rng, chance):
            yield _visit(choice, start, rng=rng, now=now)


class _Day:
    """One scanner's day, filled from its first open minute to its last."""

    def __init__(self, choices: list[Choice], timetable: Timetable, day: date) -> None:
        self.choices = choices
        self.zone = choices[0].machine.zone
        machine = next((one.machine for one in choices if one.machine.with_contrast), choices[0].machine)
        self.open = subtract(timetable.open_hours(machine, day, day), timetable.closed(machine))
        self.staffed = timetable.staffed_hours(machine, day - DAY, day)
        self.supervised = timetable.contrast_hours(machine, day, day)

    def walk(self, rng: random.Random, chance: float) -> Iterator[tuple[datetime, Choice]]:
        for hours in self.open:
            start = hours.start
            while start < hours.end:
                choice = rng.choice(self.choices)
                need = choice.machine.need
                if self._fits(choice, start, hours) and rng.random() < chance * self._share_at(start):
                    yield start, choice
                start = _on_grid(start + need.taken * MINUTE, need.grid)

    def _fits(self, choice: Choice, start: datetime, hours: Interval) -> bool:
        need = choice.machine.need
        exam = Interval(start, start + need.minutes * MINUTE)
        arrive_at = start - need.arrive_before * MINUTE
        return (
            start + need.taken * MINUTE <= hours.end
            and any(span.contains(arrive_at) for span in self.staffed)
            and (not choice.machine.with_contrast or covers(self.supervised, exam))
        )

    def _share_at(self, start: datetime) -> float:
        hour = start.astimezone(self.zone).hour
        return NIGHT_SHARE if hour >= NIGHT[0] or hour < NIGHT[1] else 1.0


def _on_grid(at: datetime, grid: int) -> datetime:
    """Zones here are whole hours from UTC, so that both clocks share their minutes."""
    return at + (-at.minute % grid) * MINUTE


def _fullness(days_ahead: int) -> float:
    if days_ahead <= FULL_DAYS:
        return FULLNESS
    return FULLNESS * math.exp(-(days_ahead - FULL_DAYS) / THINNING_DAYS)


def _visit(choice: Choice, start: datetime, *, rng: random.Random, now: datetime) -> Appointment:
    need, day = choice.machine.need, local_day(start, choice.machine.zone)
    booked_at = min(start, now) - timedelta(minutes=rng.randint(120, 20 * 24 * 60))
    end = start + need.minutes * MINUTE
    status = _status(start, end, start - need.arrive_before * MINUTE, rng=rng, now=now)
    canceled = status == Status.CANCELED
    return Appointment(
        status=status,
        scanner_id=choice.machine.scanner_id,
        exam=choice.exam,
        laterality=rng.choice(("left", "right")) if choice.exam.has_sides else "",
        starts_at=start,
        ends_at=end,
        occupied_until=end + need.turnover * MINUTE,
        arrive_at=start - need.arrive_before * MINUTE,
        code=codes.new_code(),
        accession=codes.new_accession(day),
        requested_procedure_id=codes.new_procedure_id(day),
        sps_id=codes.new_step_id(day),
        study_uid=codes.new_study_uid(),
        ical_uid=codes.new_ical_uid(),
        link_key=codes.new_link_key(),
        source=rng.choices(("online", "phone", "walk_in"), (60, 35, _walk_ins(choice, start, now)))[0],
        order_status=rng.choices(("have_it", "office_sends", "received"), (45, 20, 35))[0],
        price_shown=choice.price,
        created_at=booked_at,
        booked_at=booked_at,
        canceled_at=booked_at + timedelta(minutes=90) if canceled else None,
        canceled_by=str(BY) if canceled else "",
        cancel_asked_by=rng.choices(("patient", "office", "center"), (70, 19, 11))[0] if canceled else "",
        version=1,
        **_what_happened(status, start, end, rng),
    )


def _walk_ins(choice: Choice, start: datetime, now: datetime) -> int:
    """Their share: of X-rays, and of nothing that is still to come."""
    return 40 if choice.exam.modality == "XR" and start <= now else 0


def _what_happened(status: str, start: datetime, end: datetime, rng: random.Random) -> dict[str, datetime]:
    """Never quite as planned."""
    begun = start + rng.randint(-3, 9) * MINUTE
    times = {
        "arrived_at": start - rng.randint(5, 25) * MINUTE,
        "exam_started_at": begun,
        "exam_ended_at": begun + max(end - start + rng.randint(-6, 6) * MINUTE, 4 * MINUTE),
    }
    known = {Status.ARRIVED: 1, Status.IN_EXAM: 2, Status.DONE: 3}.get(Status(status), 0)
    return dict(list(times.items())[:known])


def _status(start: datetime, end: datetime, arrive_at: datetime, *, rng: random.Random, now: datetime) -> str:
    if rng.random() < CANCELED:
        return Status.CANCELED
    if end <= now:
        return Status.NO_SHOW if rng.random() < NO_SHOW else Status.DONE
    if start <= now:
        return Status.IN_EXAM
    return Status.ARRIVED if arrive_at <= now else Status.BOOKED


def _give_patients(visits: list[Appointment], patients: list[Patient], rng: random.Random) -> None:
    """In turn, by time: nobody comes again before everybody else has been here once."""
    rng.shuffle(patients)
    for number, visit in enumerate(visits):
        patient = patients[number % len(patients)]
        visit.patient, visit.language = patient, patient.language
        visit.email, visit.by_email = patient.email, True
        visit.phone, visit.by_text = patient.phone, rng.random() < 0.5
        visit.paying = PAYING[number % len(PAYING)]


def _record(visits: list[Appointment], now: datetime) -> None:
    """What the coming visits would have left behind: an audit row and a sent confirmation each."""
    ahead = [visit for visit in visits if visit.status == Status.BOOKED]
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                at=visit.created_at,
                event=AuditEvent.Event.BOOKED,
                actor_kind=BY.kind,
                actor_name=BY.name,
                object_kind="appointment",
                object_id=str(visit.pk),
                after={"starts_at": visit.starts_at.isoformat(), "scanner": visit.scanner_id},
            )
            for visit in ahead
        ),
        batch_size=BATCH,
    )
    Message.objects.bulk_create(
        (
            Message(
                appointment=visit,
                kind=Message.Kind.CONFIRMATION,
                ical_sequence=0,
                language=visit.language,
                status=Message.Status.SENT,
                due_at=visit.created_at,
                sent_at=visit.created_at,
                drop_after=visit.starts_at,
                attempts=1,
                created_at=visit.created_at,
            )
            for visit in ahead
        ),
        batch_size=BATCH,
    )
